/// All that is wrong or odd in a folder of splits.
public struct CorpusCheck: Sendable {
  /// The splits in the order of ``CorpusFolder``.
  public let splits: [CheckedSplit]
  /// What was found, subject by subject.
  public private(set) var sections: [FindingSection]

  /// Reads a folder, or one split, and looks for faults and oddities.
  ///
  /// - Parameters:
  ///   - longest: the tokens of the longest sentence that is trained on.
  ///   - writesNames: whether the model writes names, so that the tokens need not hold them.
  /// - Throws: `CorpusError` where nothing is at `path`, or a folder without a split.
  public init(
    _ path: String, longest: Int, writesNames: Bool = false
  ) throws(CorpusError) {
    let files = try CorpusFolder.splits(path)
    // Of a split's two files training reads the plain one.
    let read = files.sorted { !$0.path.hasSuffix(".gz") && $1.path.hasSuffix(".gz") }
      .distinct(by: \.name)
    splits = files.filter { file in read.contains { $0.path == file.path } }
      .map { CheckedSplit($0.name, $0.path) }
    let passedOver = files.map(\.path).filter { path in !read.contains { $0.path == path } }
    let isFolder = files.map(\.path) != [path]
    sections = [
      FaultCheck.section(
        splits, passedOver: passedOver, folder: isFolder ? path : nil, writesNames: writesNames),
      LeakCheck.section(splits), RelationCheck.section(splits),
      TripleCheck.section(splits, writesNames: writesNames),
      EntityCheck.section(splits), LengthCheck.section(splits, longest: longest),
      WordCheck.section(splits), CharacterCheck.section(splits),
    ]
  }

  /// Adds findings about another subject.
  public mutating func add(_ section: FindingSection) { sections.append(section) }

  /// The split of a name, where the folder has one with sentences.
  public subscript(name: String) -> CheckedSplit? {
    splits.first { $0.name == name && !$0.sentences.isEmpty }
  }

  /// Whether training or evaluation would refuse the data.
  public var hasFaults: Bool {
    sections.contains { $0.findings.contains { $0.kind == .fault } }
  }
}

extension [CheckedSplit] {
  /// The training split, where it has sentences.
  var training: CheckedSplit? { first { $0.name == "train" && !$0.sentences.isEmpty } }
  /// The other splits that have sentences.
  var others: [CheckedSplit] { filter { $0.name != "train" && !$0.sentences.isEmpty } }
}
