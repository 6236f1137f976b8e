/// Lists everything in an HDF5 file, depth first, into a message. It runs in the reader's process.
struct ReaderWalk: ~Copyable {
  private let file: HDF5File
  private let wanted: ArraySelection
  private var message: ReaderMessageEncoder
  /// Addresses of the objects listed so far: an object with two names could make the walk endless.
  private var seen: Set<UInt64> = []

  /// Writes the contents of a file, or the reason of its refusal.
  ///
  /// - Parameters:
  ///   - descriptor: the file, verified by the process that asks for it.
  ///   - wanted: the arrays whose elements follow their kind and shape.
  ///   - memory: zeros, the file's length and ``ReaderMessage/spare`` of them.
  static func run(
    _ descriptor: consuming Descriptor, _ wanted: ArraySelection,
    into memory: UnsafeMutableRawBufferPointer
  ) {
    let path = "checkpoint"
    do {
      let file = try HDF5File(descriptor, called: path)
      var walk = ReaderWalk(file: file, wanted: wanted, message: ReaderMessageEncoder(memory))
      try walk.message.put(ReaderMessage.Outcome.contents.rawValue)
      try walk.group("/", depth: 0)
      walk.message.finish()
    } catch {
      var message = ReaderMessageEncoder(memory)
      let problem = "holds more than the file has bytes for"
      message.refuse(
        error as? CheckpointError ?? CheckpointError(path, .unfit(name: "/", problem: problem)))
      message.finish()
    }
  }

  private init(
    file: consuming HDF5File, wanted: ArraySelection, message: consuming ReaderMessageEncoder
  ) {
    self.wanted = wanted
    self.file = file
    self.message = message
  }

  private mutating func group(_ group: String, depth: Int) throws {
    if depth > ReaderMessage.deepest {
      throw file.unfit(group, "lies in more than \(ReaderMessage.deepest) groups")
    }
    try meet(group)
    let attributes = try file.attributeNames(on: group)
    try message.put(UInt32(attributes.count))
    for name in attributes {
      try message.put(name)
      try message.put(try file.attribute(name, on: group))
    }
    let names = try file.names(in: group)
    try message.put(UInt32(names.count))
    for name in names {
      let path = group == "/" ? name : "\(group)/\(name)"
      try message.put(name)
      if try file.isGroup(path) {
        try message.put(ReaderMessage.MemberKind.group.rawValue)
        try self.group(path, depth: depth + 1)
      } else {
        try array(path)
      }
    }
  }

  private mutating func array(_ path: String) throws {
    try meet(path)
    let dataset = try file.dataset(path)
    if wanted.includes(path), let list = try dataset.textsAsFixed(path) {
      try message.put(list.outline)
      try message.next(list.bytes.count).copyBytes(from: list.bytes)
      return
    }
    try message.put(dataset.outline)
    guard wanted.includes(path), dataset.outline.kind.width != nil else { return }
    guard let bytes = dataset.outline.bytes else { throw ReaderMessageEncoder.Full() }
    try dataset.read(into: try message.next(bytes))
  }

  /// Notes an object, and refuses one that the walk has met.
  private mutating func meet(_ name: String) throws(CheckpointError) {
    guard seen.insert(try file.address(of: name)).inserted else {
      throw file.unfit(name, "is a second name of what was listed before")
    }
  }
}
