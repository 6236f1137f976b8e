import CZlib
import Glibc
import Limits

/// Reads the bytes of a file of text block by block, as they come.
///
/// All that users give tercet as text is read here. Gzip is recognised by its first two bytes, whatever the name,
/// a byte order mark of UTF-8 is passed over, and files of other kinds are refused by their names.
package struct ByteReader: ~Copyable {
  /// The file as messages name it.
  package let path: String
  private let descriptor: Int32
  private let isOwner: Bool
  private var inflater: Inflater?
  private var isStarted = false
  private static let blockSize = 1 << 18

  /// Opens a file.
  package init(_ path: String) throws(FileError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileError(path, "cannot be opened: \(systemMessage(errno))") }
    self.init(descriptor: file, isOwner: true, path: path)
  }

  /// Reads what is open already, and leaves it open.
  package init(descriptor: Int32, name: String) {
    self.init(descriptor: descriptor, isOwner: false, path: name)
  }

  private init(descriptor: Int32, isOwner: Bool, path: String) {
    self.descriptor = descriptor
    self.isOwner = isOwner
    self.path = path
  }

  deinit {
    if isOwner { close(descriptor) }
  }

  /// Whether ``read(into:)`` returns without waiting for the writer of a pipe or a terminal.
  package var isReady: Bool {
    if let inflater, !inflater.isHungry { return true }
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) != 0
  }

  /// Appends the next bytes to `bytes`, as many as there are, up to a block; `false` at the end of the file.
  package mutating func read(into bytes: inout [UInt8]) throws(FileError) -> Bool {
    var block = try nextBlock()
    if !isStarted {
      // A terminal ends its text once: nothing is read behind the end.
      while !block.isEmpty && block.count < 8 && !block.contains(0x0A) {
        let more = try nextBlock()
        if more.isEmpty { break }
        block += more
      }
      if inflater == nil && block.starts(with: [0x1F, 0x8B]) {
        inflater = Inflater(block, path: path)
        return try read(into: &bytes)
      }
      isStarted = true
      let named = isOwner ? path : nil
      if let refusal = FileKind.refusal(of: block, path: named) { throw FileError(path, refusal) }
      if block.starts(with: [0xEF, 0xBB, 0xBF]) {
        block.removeFirst(3)
        if block.isEmpty { return try read(into: &bytes) }
      }
    }
    bytes += block
    return !block.isEmpty
  }

  private func nextBlock() throws(FileError) -> [UInt8] {
    guard let inflater else { return try rawBlock() }
    while true {
      if inflater.isHungry {
        let block = try rawBlock()
        if block.isEmpty {
          try inflater.finish()
          return []
        }
        inflater.feed(block)
      }
      let block = try inflater.next(Self.blockSize)
      if !block.isEmpty { return block }
    }
  }

  /// The corresponding C function is `read`.
  private func rawBlock() throws(FileError) -> [UInt8] {
    var count = 0
    let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, filled in
      repeat {
        count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      } while count < 0 && (errno == EINTR || errno == EAGAIN && waitForInput())
      filled = max(0, count)
    }
    guard count >= 0 else { throw FileError(path, "cannot be read: \(systemMessage(errno))") }
    return block
  }

  /// Waits for a writer where the file was opened not to wait.
  private func waitForInput() -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, -1) > 0 || errno == EINTR
  }
}

/// The system's message for an error number.
package func systemMessage(_ code: Int32) -> String {
  code == 0 ? "unknown error" : SystemError.text(code)
}
