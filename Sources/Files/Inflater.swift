import CZlib
import Glibc

/// Unpacks gzip, one stream or several behind each other.
final class Inflater {
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8]
  private var offset = 0
  /// Whether a stream has ended and none has begun behind it.
  private var isBetween = false
  private var (packed, unpacked) = (0, 0)
  /// The limit of decompression: so many times the packed length, or so many bytes. Corpora shrink to a tenth;
  /// a file that shrinks to a thousandth is made to fill memory.
  private static let (ratio, least) = (100, 1 << 26)

  /// The corresponding C function is `inflateInit2`.
  ///
  /// - Parameter input: the first bytes of the file.
  init(_ input: [UInt8], path: String) {
    self.path = path
    self.input = input
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let gzip = MAX_WBITS + 16
    let code = inflateInit2_(stream, gzip, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK || code == Z_MEM_ERROR, "inflateInit2: \(code)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether all bytes it was fed are used up.
  var isHungry: Bool { offset == input.count }

  func feed(_ bytes: [UInt8]) { (input, offset) = (bytes, 0) }

  /// Checks that the file may end here.
  func finish() throws(FileError) {
    if !isBetween {
      throw FileError(path, "ends inside its gzip stream; fetch or make the file again")
    }
  }

  /// Up to `limit` unpacked bytes; none where more input is needed.
  ///
  /// The corresponding C function is `inflate`.
  func next(_ limit: Int) throws(FileError) -> [UInt8] {
    if isBetween { try begin() }
    if isHungry { return [] }
    var code = Z_OK
    let block = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      input.withUnsafeMutableBufferPointer { bytes in
        stream.pointee.next_in = bytes.baseAddress.map { $0 + offset }
        stream.pointee.avail_in = UInt32(bytes.count - offset)
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(limit)
        code = inflate(stream, Z_NO_FLUSH)
        packed += bytes.count - offset - Int(stream.pointee.avail_in)
        offset = bytes.count - Int(stream.pointee.avail_in)
      }
      filled = limit - Int(stream.pointee.avail_out)
    }
    unpacked += block.count
    try check(code)
    return block
  }

  /// Starts the stream behind one that has ended; zeros behind it are padding.
  private func begin() throws(FileError) {
    while !isHungry && input[offset] == 0 { offset += 1 }
    if isHungry { return }
    guard input[offset] == 0x1F else {
      throw FileError(path, "has other bytes behind its gzip stream; fetch or make the file again")
    }
    inflateReset(stream)
    isBetween = false
  }

  private func check(_ code: Int32) throws(FileError) {
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isBetween = true
    default:
      let message = stream.pointee.msg.map { String(cString: $0) } ?? systemMessage(errno)
      throw FileError(path, "is not a whole gzip file (\(message))")
    }
    if unpacked > Self.least, unpacked / Self.ratio > packed {
      throw FileError(
        path, "is gzip of more than \(Self.ratio) times its size; unpack it if you trust it")
    }
  }
}
