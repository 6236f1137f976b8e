import Autodiff
import Checkpoints
import Corpora
import Layers
import Tensors

/// A file of a transformer's pretrained weights (Models/Generative/README.md 7.8), which any program can make.
///
/// The sizes and the pieces are read when it is opened, the weights when they are loaded, part after part.
public struct TransformerFile: ~Copyable {
  /// The file's name in errors, as the caller gave it.
  public let path: String
  /// The sizes of the encoder.
  public let shape: TransformerShape
  /// The letters that the pieces were made for.
  public let casing: Casing
  /// What the weights were made of.
  public let sourceName: String
  /// The vocabulary.
  public let vocabulary: PieceVocabulary
  private var file: Checkpoint

  /// The name and the version of the format.
  static let (format, version) = ("tercet-transformer", 1)

  /// Opens a file, and checks its sizes and its pieces.
  ///
  /// - Throws: `ImportError`, `CheckpointError` or `CorpusError` naming `path`.
  public init(_ path: String) throws {
    var file = try Self.opened(path)
    try Self.checkFormat(of: file)
    let (shape, pieces) = (try Self.shape(of: file), try file.integer("vocab"))
    let (casing, sourceName) = (try file.casing(), try file.text("source_name"))
    try file.read(.groups(["vocab"]))
    let texts = PieceVocabulary.withoutRepeats(try file.strings("vocab"))
    let vocabulary = try PieceVocabulary(texts, file: path)
    guard vocabulary.count == pieces else {
      throw file.refusal(
        "vocab", "has \(vocabulary.count) pieces, but 'config@vocab' is \(pieces); expected as many"
      )
    }
    (self.path, self.shape, self.vocabulary) = (path, shape, vocabulary)
    (self.casing, self.sourceName) = (casing, sourceName)
    self.file = file
  }

  /// What makes a file that can be read.
  private static let remedy = "make the file by tercet import transformer DIR --out FILE"

  /// Opens a file; an error about what stands under its name says how a file is made.
  private static func opened(_ path: String) throws -> Checkpoint {
    do throws(CheckpointError) {
      return try CheckpointFile.openForeign(path, reading: .none)
    } catch {
      let finding: String
      switch error.reason {
      case .folder: finding = "\(path): is a folder, not a file of pretrained weights"
      case .foreign: finding = "\(path): is no HDF5 file of pretrained weights"
      case .missing, .empty, .truncated, .overlong, .damaged, .unfit, .hdf5:
        finding = error.finding
      default: throw error
      }
      throw ImportError(description: "\(finding); \(remedy)")
    }
  }

  private static func checkFormat(of file: borrowing Checkpoint) throws {
    guard file.contains("format"), case .string(format) = try file.attribute("name", on: "format"),
      case .integer(let found) = try file.attribute("version", on: "format")
    else {
      throw file.refusal("format", "is not that of '\(format)'; \(remedy)")
    }
    guard found == version else {
      throw file.refusal("format", "has version \(found), this tercet reads \(version); \(remedy)")
    }
  }

  private static func shape(of file: borrowing Checkpoint) throws -> TransformerShape {
    let (hidden, heads) = (try file.integer("hidden"), try file.integer("heads"))
    guard hidden % heads == 0 else {
      throw file.refusal("config@heads", "is \(heads), which does not divide 'hidden', \(hidden)")
    }
    let shape = TransformerShape(
      layers: try file.integer("layers"), hidden: hidden, heads: heads,
      inner: try file.integer("inner"), vocabulary: try file.integer("vocab"),
      positions: try file.integer("max_position"), segments: try file.integer("segments"),
      epsilon: Float(try file.epsilon()))
    guard shape.segments == 2 else {
      throw file.refusal(
        "config@segments",
        "is \(shape.segments); expected 2, with \(segments) [2, \(hidden)]: \(segmentAdvice)")
    }
    try checkBlocks(of: file, shape.layers)
    return shape
  }

  /// The array of the segments' vectors, and what is said of one with other rows than a model has.
  private static let (segments, segmentAdvice) = (
    "embed/segment",
    "conversion stores the rows of source and target alone, of UniLM's six the fifth and sixth"
  )

  /// Refuses blocks beyond those of `/config`, and what is no block beside them.
  private static func checkBlocks(
    of file: borrowing Checkpoint, _ count: Int
  ) throws(CheckpointError) {
    for name in try file.names(in: "layer") {
      if let number = Int(name), 0..<count ~= number, name == BERTNames.twoDigits(number) {
        continue
      }
      throw file.refusal(
        "layer/\(name)",
        "is there, but 'config@layers' is \(count), and blocks count from 00; write there how many "
          + "blocks the weights have, or leave this one out")
    }
  }
}

extension TransformerFile {
  /// What a file lacks and holds beside what a model reads.
  public struct Coverage: Equatable, Sendable {
    /// The number of values that were read.
    public var values = 0
    /// The parts of the model that the file lacks, such as `head/token`; they start as without a file.
    public var missing: [String] = []
    /// The arrays that the model has no use for.
    public var unused: [String] = []
  }

  /// The parts of a model that a file may lack.
  private static let optional = ["head.token", "head.bio"]

  /// Reads a model's parameters, whose names are those of the file's arrays with dots for slashes.
  ///
  /// - Parameters:
  ///   - layout: parameters of an encoder of ``shape``, and of heads.
  ///   - parameters: their values; those of missing parts are left.
  /// - Throws: `CheckpointError` where an array is missing, has another shape, or holds what is no finite number.
  public mutating func load(_ layout: ParameterLayout, into parameters: Slab) throws -> Coverage {
    var coverage = try coverage(of: layout)
    let wanted = layout.parameters.filter { parameter in
      !coverage.missing.contains { parameter.name.hasPrefix("\($0).") }
    }
    for parameter in wanted { try check(parameter) }
    let groups = Dictionary(grouping: wanted, by: \.name.groupName)
    for (group, members) in groups.sorted(by: { $0.key < $1.key }) {
      try file.read(.groups([group]))
      for parameter in members {
        let values = UnsafeMutableBufferPointer(rebasing: parameters.buffer[parameter.values])
        try file.floats(parameter.name.arrayName, into: values, shape: parameter.shape)
        guard values.allSatisfy(\.isFinite) else {
          throw file.refusal(parameter.name.arrayName, "holds a value that is no finite number")
        }
        coverage.values += values.count
      }
    }
    return coverage
  }

  /// What the file lacks and holds beside the arrays of a model, of which no value is counted yet.
  ///
  /// - Throws: `CheckpointError` naming an array of the encoder that the model has not.
  private func coverage(of layout: ParameterLayout) throws -> Coverage {
    var coverage = Coverage()
    coverage.missing = Self.optional.filter { part in
      layout.parameters.contains { $0.name.hasPrefix("\(part).") }
        && !file.contains(part.arrayName)
    }
    let known = Set(layout.parameters.map(\.name.arrayName))
    coverage.unused = try Self.arrays(of: file).filter { name in
      !known.contains(name) && name != "vocab" && !name.hasPrefix("reference/")
    }
    if let other = coverage.unused.first(where: { $0.hasPrefix("embed/") || $0.hasPrefix("layer/") }
    ) {
      throw file.refusal(
        other,
        "is no parameter of a BERT, whose other weights may not work without it; leave it out, or "
          + "take the weights of a BERT")
    }
    return coverage
  }

  /// Refuses an array that is missing or of another shape than a parameter.
  private func check(_ parameter: Parameter) throws(CheckpointError) {
    let name = parameter.name.arrayName
    let found = try file.shape(of: name)
    guard found != parameter.shape else { return }
    let advice = name == Self.segments ? "; \(Self.segmentAdvice)" : ""
    throw file.refusal(name, "has shape \(found); \(parameter.shape) is expected\(advice)")
  }

  /// The names of all arrays.
  private static func arrays(
    of file: borrowing Checkpoint, in group: String = "/"
  ) throws -> [String] {
    var arrays: [String] = []
    for name in try file.names(in: group) {
      let path = group == "/" ? name : "\(group)/\(name)"
      if try file.isGroup(path) {
        arrays += try Self.arrays(of: file, in: path)
      } else {
        arrays.append(path)
      }
    }
    return arrays
  }

  /// The file's record of what an encoder must give; `nil` where it has none.
  public mutating func reference() throws -> ReferenceRecord? {
    guard file.contains("reference") else { return nil }
    try file.read(.groups(["reference"]))
    return try ReferenceRecord(
      ids: try file.integers("reference/ids").values.map { Int(clamping: $0) },
      segments: try file.integers("reference/segments").values.map { Int(clamping: $0) },
      hidden: try file.floats("reference/hidden"), of: shape, in: path)
  }
}

extension String {
  /// The name of a parameter's array.
  fileprivate var arrayName: String { replacing(".", with: "/") }

  /// The group that is read at once with a parameter: a block, or what lies outside.
  fileprivate var groupName: String {
    let parts = split(separator: ".")
    return parts.prefix(parts[0] == "layer" ? 2 : 1).joined(separator: "/")
  }
}

extension Checkpoint {
  /// An error about one object of this file.
  fileprivate borrowing func refusal(_ name: String, _ problem: String) -> CheckpointError {
    CheckpointError(path, name: name, problem: problem)
  }

  fileprivate borrowing func integer(_ name: String) throws -> Int {
    guard case .integer(let value) = try attribute(name, on: "config"), value > 0,
      value <= Int32.max
    else { throw refusal("config@\(name)", "is no whole number above 0") }
    return Int(value)
  }

  /// `ε` of every layer normalisation; a whole number is read as any other.
  fileprivate borrowing func epsilon() throws(CheckpointError) -> Double {
    let name = "ln_eps"
    let epsilon: Double
    switch try attribute(name, on: "config") {
    case .real(let value): epsilon = value
    case .integer(let value): epsilon = Double(value)
    case .string, .truth:
      throw refusal("config@\(name)", "is no number; expected above 0, below 1")
    }
    if let fault = NormEpsilon.fault(of: epsilon) { throw refusal("config@\(name)", fault) }
    return epsilon
  }

  fileprivate borrowing func truth(_ name: String) throws -> Bool {
    switch try attribute(name, on: "config") {
    case .truth(let value): value
    case .integer(let value) where value == 0 || value == 1: value == 1
    default: throw refusal("config@\(name)", "is no truth value")
    }
  }

  /// What the pieces' letters are: without `strip_accents`, accents are off where there are no capitals.
  fileprivate borrowing func casing() throws -> Casing {
    let name = "strip_accents"
    let isCased = try truth("cased")
    let stripsAccents = try attributeNames(on: "config").contains(name) ? truth(name) : !isCased
    switch (isCased, stripsAccents) {
    case (true, false): return .cased
    case (false, true): return .uncased
    case (false, false): return .lowercase
    case (true, true):
      throw refusal(
        "config@\(name)", "is true beside 'cased'; accents come off in lower case alone")
    }
  }

  fileprivate borrowing func text(_ name: String) throws -> String {
    guard case .string(let value) = try attribute(name, on: "config") else {
      throw refusal("config@\(name)", "is no text")
    }
    return value
  }
}
