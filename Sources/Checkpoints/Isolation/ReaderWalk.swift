/// A walk over all that an HDF5 file holds, which makes its transcript.
struct ReaderWalk: ~Copyable {
  private let file: HDF5File
  private let wanted: ArraySelection
  private var writer: ReaderMessageEncoder
  /// What was met; an object of two names could make a walk without end.
  private var seen: Set<UInt64> = []

  /// Writes what a file holds, or why it is refused.
  ///
  /// - Parameter memory: zeros, as many as the file has bytes and ``ReaderMessage/spare`` more.
  static func run(
    _ descriptor: consuming Descriptor, _ wanted: ArraySelection,
    into memory: UnsafeMutableRawBufferPointer
  ) {
    let path = "checkpoint"
    do {
      let file = try HDF5File(descriptor, called: path)
      var walk = ReaderWalk(file: file, wanted: wanted, writer: ReaderMessageEncoder(memory))
      try walk.writer.put(ReaderMessage.Outcome.contents.rawValue)
      try walk.group("/", depth: 0)
      walk.writer.finish()
    } catch {
      var writer = ReaderMessageEncoder(memory)
      let problem = "holds more than the file has bytes for"
      writer.refuse(
        error as? CheckpointError ?? CheckpointError(path, .unfit(name: "/", problem: problem)))
      writer.finish()
    }
  }

  private init(
    file: consuming HDF5File, wanted: ArraySelection, writer: consuming ReaderMessageEncoder
  ) {
    self.wanted = wanted
    self.file = file
    self.writer = writer
  }

  private mutating func group(_ group: String, depth: Int) throws {
    if depth > ReaderMessage.deepest {
      throw file.unfit(group, "lies in more than \(ReaderMessage.deepest) groups")
    }
    try meet(group)
    let attributes = try file.attributeNames(on: group)
    try writer.put(UInt32(attributes.count))
    for name in attributes {
      try writer.put(name)
      try writer.put(try file.attribute(name, on: group))
    }
    let names = try file.names(in: group)
    try writer.put(UInt32(names.count))
    for name in names {
      let path = group == "/" ? name : "\(group)/\(name)"
      try writer.put(name)
      if try file.isGroup(path) {
        try writer.put(ReaderMessage.MemberKind.group.rawValue)
        try self.group(path, depth: depth + 1)
      } else {
        try array(path)
      }
    }
  }

  private mutating func array(_ path: String) throws {
    try meet(path)
    let dataset = try file.dataset(path)
    try writer.put(dataset.outline)
    guard wanted.includes(path), dataset.outline.kind.width != nil else { return }
    guard let bytes = dataset.outline.bytes else { throw ReaderMessageEncoder.Full() }
    try file.read(dataset, into: try writer.next(bytes))
  }

  private mutating func meet(_ name: String) throws(CheckpointError) {
    guard seen.insert(try file.address(of: name)).inserted else {
      throw file.unfit(name, "is a second name of what was listed before")
    }
  }
}
