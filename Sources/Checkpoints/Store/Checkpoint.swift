import Glibc

/// The attributes and members of a group, each sorted by the bytes of its name.
struct StoredGroup: Sendable {
  var attributes: [(name: String, value: AttributeValue)] = []
  var members: [(name: String, member: StoredMember)] = []

  subscript(_ name: some StringProtocol) -> StoredMember? {
    members.first { $0.name.utf8.elementsEqual(name.utf8) }?.member
  }
}

/// A group or array in a group.
enum StoredMember: Sendable {
  case group(StoredGroup)
  /// - elements: their bytes' position in the message; nil where the array was not wanted or its kind is not read.
  case array(ArrayOutline, elements: Range<Int>?)
}

/// The contents of a checkpoint, read by another process: names, kinds and shapes of all arrays, attributes, and
/// the elements of the wanted arrays. ``CheckpointFile`` pictures how they get here.
///
/// Slashes in a name separate groups; `/` is the file itself.
public struct Checkpoint: ~Copyable, ArrayFile {
  /// The file's name in errors, as the caller gave it.
  public let path: String
  /// The length of the file in bytes.
  public let length: Int
  private let file: Descriptor
  private let program: String
  private let patience: Int
  private var root = StoredGroup()
  private var memory: Mapping?

  /// A checkpoint of which nothing is read yet.
  ///
  /// - Parameters:
  ///   - file: a file that matches its checksum.
  ///   - path: its name in errors.
  ///   - length: its length in bytes.
  ///   - program: the program that reads it.
  ///   - patience: the program's time in seconds.
  init(
    _ file: consuming Descriptor, of path: String, length: Int, by program: String, patience: Int
  ) {
    (self.path, self.length, self.program, self.patience) = (path, length, program, patience)
    self.file = file
  }

  /// Reads the elements of some arrays; those read before leave memory first.
  ///
  /// - Parameter wanted: the arrays to read.
  /// - Throws: `CheckpointError` where the contents are refused.
  public mutating func read(_ wanted: ArraySelection) throws(CheckpointError) {
    memory = nil
    let message = try ReaderProcess.message(
      of: file.number, length: length, path, wanted, by: program, patience: patience)
    let outcome: ReaderMessageDecoder.Outcome
    do throws(ReaderMessageDecoder.Unsound) {
      outcome = try ReaderMessageDecoder.outcome(of: message.bytes, wanted: wanted)
    } catch {
      throw CheckpointError(path, .damaged(ReaderProcess.unsound))
    }
    switch outcome {
    case .refusal(let reason): throw CheckpointError(path, reason)
    case .contents(let root):
      self.root = root
      memory = consume message
    }
  }

  /// Whether a group or array has this name.
  public borrowing func contains(_ name: String) -> Bool { member(name) != nil }

  /// The names in a group, sorted by their bytes.
  public borrowing func names(in group: String = "/") throws(CheckpointError) -> [String] {
    try self.group(group).members.map(\.name)
  }

  /// Whether a name leads to a group, not to an array.
  public borrowing func isGroup(_ name: String) throws(CheckpointError) -> Bool {
    if case .group = try found(name) { true } else { false }
  }

  /// The value of an attribute.
  ///
  /// - Parameters:
  ///   - name: the attribute's name.
  ///   - group: the attribute's group; `/` is the file itself.
  /// - Throws: `CheckpointError` where group or attribute is missing.
  public borrowing func attribute(
    _ name: String, on group: String = "/"
  ) throws(CheckpointError) -> AttributeValue {
    let attributes = try self.group(group).attributes
    guard let found = attributes.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      throw unfit(group == "/" ? name : "\(group)@\(name)", "is missing")
    }
    return found.value
  }

  /// The names of a group's attributes, sorted by their bytes.
  public borrowing func attributeNames(
    on group: String = "/"
  ) throws(CheckpointError) -> [String] {
    try self.group(group).attributes.map(\.name)
  }

  package borrowing func outline(of name: String) throws(CheckpointError) -> ArrayOutline {
    guard case .array(let outline, _) = try found(name) else {
      throw unfit(name, "is not a dataset")
    }
    return outline
  }

  package borrowing func copy(
    _ name: String, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    guard case .array(_, let elements?) = try found(name), elements.count == buffer.count else {
      preconditionFailure("\(name): \(buffer.count) bytes of what was not asked for")
    }
    switch memory {
    case .some(let memory):
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory.bytes[elements]))
    case .none: preconditionFailure("\(name): nothing was read")
    }
  }

  private borrowing func group(_ name: String) throws(CheckpointError) -> StoredGroup {
    guard case .group(let group) = try found(name) else { throw unfit(name, "is not a group") }
    return group
  }

  private borrowing func found(_ name: String) throws(CheckpointError) -> StoredMember {
    guard let member = member(name) else { throw unfit(name, "is missing") }
    return member
  }

  private borrowing func member(_ name: String) -> StoredMember? {
    var member = StoredMember.group(root)
    for part in name.split(separator: "/") {
      guard case .group(let group) = member, let next = group[part] else { return nil }
      member = next
    }
    return member
  }
}
