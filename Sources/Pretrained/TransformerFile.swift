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
  /// - Throws: `CheckpointError` or `CorpusError` naming `path`.
  public init(_ path: String) throws {
    var file = try CheckpointFile.openForeign(path, reading: .none)
    try Self.checkFormat(of: file)
    let (shape, pieces) = (try Self.shape(of: file), try file.integer("vocab"))
    let (casing, sourceName) = (try file.casing(), try file.text("source_name"))
    try file.read(.groups(["vocab"]))
    let texts = PieceVocabulary.withoutRepeats(try file.strings("vocab"))
    let vocabulary = try PieceVocabulary(texts, file: path)
    guard vocabulary.count == pieces else {
      throw file.refusal("vocab", "has \(vocabulary.count) pieces, '/config' says \(pieces)")
    }
    (self.path, self.shape, self.vocabulary) = (path, shape, vocabulary)
    (self.casing, self.sourceName) = (casing, sourceName)
    self.file = file
  }

  private static func checkFormat(of file: borrowing Checkpoint) throws {
    guard file.contains("format"), case .string(format) = try file.attribute("name", on: "format"),
      case .integer(let found) = try file.attribute("version", on: "format")
    else {
      throw file.refusal(
        "format", "is not that of '\(format)'; make the file by tercet import transformer")
    }
    guard found == version else {
      throw file.refusal("format", "has version \(found), this tercet reads \(version)")
    }
  }

  private static func shape(of file: borrowing Checkpoint) throws -> TransformerShape {
    let (hidden, heads) = (try file.integer("hidden"), try file.integer("heads"))
    guard hidden % heads == 0 else {
      throw file.refusal("config", "has \(heads) heads, which do not divide \(hidden) columns")
    }
    guard case .real(let epsilon) = try file.attribute("ln_eps", on: "config"), epsilon > 0 else {
      throw file.refusal("config@ln_eps", "is no number above 0")
    }
    return TransformerShape(
      layers: try file.integer("layers"), hidden: hidden, heads: heads,
      inner: try file.integer("inner"), vocabulary: try file.integer("vocab"),
      positions: try file.integer("max_position"), segments: try file.integer("segments"),
      epsilon: Float(epsilon))
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
    var coverage = Coverage()
    coverage.missing = Self.optional.filter { part in
      layout.parameters.contains { $0.name.hasPrefix("\(part).") }
        && !file.contains(part.arrayName)
    }
    let wanted = layout.parameters.filter { parameter in
      !coverage.missing.contains { parameter.name.hasPrefix("\($0).") }
    }
    for parameter in wanted {
      let found = try file.shape(of: parameter.name.arrayName)
      guard found == parameter.shape else {
        throw file.refusal(
          parameter.name.arrayName, "has shape \(found); \(parameter.shape) is expected")
      }
    }
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
    let known = Set(layout.parameters.map(\.name.arrayName))
    coverage.unused = try Self.arrays(of: file).filter { name in
      !known.contains(name) && name != "vocab" && !name.hasPrefix("reference/")
    }
    return coverage
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
