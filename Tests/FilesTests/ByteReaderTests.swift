import Foundation
import TestSupport
import Testing

@testable import Files

struct ByteReaderTests {
  /// All bytes of a file that holds `bytes`, or the message of the refusal.
  private func read(_ bytes: some Sequence<UInt8>) throws -> Result<[UInt8], Refusal> {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "file").path
      try Data(bytes).write(to: URL(filePath: path))
      do throws(FileError) {
        var reader = try ByteReader(path)
        var read: [UInt8] = []
        while try reader.read(into: &read) {}
        return .success(read)
      } catch {
        return .failure(Refusal(message: error.message.replacing(folder.path + "/", with: "")))
      }
    }
  }

  private struct Refusal: Error { let message: String }

  private func refusal(_ bytes: some Sequence<UInt8>) throws -> String {
    switch try read(bytes) {
    case .success: "no refusal"
    case .failure(let refusal): refusal.message
    }
  }

  private func packed(_ bytes: [UInt8], by program: String = "gzip") throws -> [UInt8] {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "plain")
      try Data(bytes).write(to: file)
      let packed = folder.appending(path: "packed").path
      let result = try runProcess("/bin/sh", ["-c", "\(program) -c <\(file.path) >\(packed)"])
      #expect(result.status == 0, "\(result.stderr)")
      return [UInt8](try Data(contentsOf: URL(filePath: packed)))
    }
  }

  @Test("a byte order mark is passed over, at the start of a file and inside gzip")
  func mark() throws {
    let text = Array("a: 1\n".utf8)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    #expect(try read(text).get() == text)
    #expect(try read(mark + text).get() == text)
    #expect(try read(mark).get() == [])
    #expect(try read([]).get() == [])
    #expect(try read(try packed(mark + text)).get() == text)
  }

  @Test(
    "gzip of several streams is read whole, padding and all, and other bytes behind it are refused")
  func streams() throws {
    let text = (0..<300_000).map { UInt8(truncatingIfNeeded: 0x20 + $0 &* $0 % 90) }
    let first = try packed(text)
    let second = try packed(Array("end\n".utf8))
    #expect(try read(first + second).get() == text + Array("end\n".utf8))
    #expect(try read(first + second + [0, 0, 0]).get() == text + Array("end\n".utf8))
    #expect(
      try refusal(second + Array("x".utf8))
        == "has other bytes behind its gzip stream; fetch or make the file again")
    for cut in [2, 3, 12, first.count / 2, first.count - 1] {
      #expect(
        try refusal(first.prefix(cut))
          == "ends inside its gzip stream; fetch or make the file again", "\(cut)")
    }
    var spoilt = first
    spoilt[first.count - 6] ^= 0xFF
    #expect(try refusal(spoilt).hasPrefix("is not a whole gzip file ("))
  }

  @Test(
    "packed files of other kinds are named with the command that unpacks them",
    arguments: [("bzip2", "is bzip2", "bunzip2 -k file"), ("xz", "is xz", "unxz -k file")])
  func packers(program: String, kind: String, command: String) throws {
    let message = try refusal(try packed(Array("a b c\n".utf8), by: program))
    #expect(message == "\(kind), expected UTF-8 text; unpack it: \(command)")
  }

  static let kinds: [(bytes: [UInt8], start: String, end: String)] = [
    ([0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x00], "is zstd", "unzstd file"),
    ([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00], "is zip", "unzip file"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "is 7-Zip", "7z x file"),
    ([0xFF, 0xFE, 0x7B, 0x00], "is UTF-16", "iconv -f UTF-16 -t UTF-8 file > NEW"),
    ([0xFE, 0xFF, 0x00, 0x7B], "is UTF-16", "iconv -f UTF-16 -t UTF-8 file > NEW"),
    ([0xFF, 0xFE, 0, 0, 0x7B, 0, 0, 0], "is UTF-32", "iconv -f UTF-32 -t UTF-8 file > NEW"),
    (Array("{\0\"\0t\0o\0".utf8), "is UTF-16LE", "iconv -f UTF-16LE -t UTF-8 file > NEW"),
    (
      Array("[{\"text\": \"中文，文本\"}, 12]".data(using: .utf16LittleEndian) ?? Data()), "is UTF-16LE",
      "iconv -f UTF-16LE -t UTF-8 file > NEW"
    ),
    (
      (1...8).map { UInt8($0) } + [0x7F, 0xC3, 0x20], "is binary, expected UTF-8 text",
      "is it the right file?"
    ),
    (Array("\0{\0\"\0t\0o".utf8), "is UTF-16BE", "iconv -f UTF-16BE -t UTF-8 file > NEW"),
    ([0x89] + Array("HDF\r\n".utf8), "is HDF5", "tercet inspect shows it"),
    (Array("TERCET\r\n\u{1A}\n\0\0".utf8), "is a checkpoint of tercet", "tercet inspect shows it"),
    (Array("PAR1\u{15}\0".utf8), "is Parquet", "lines=True)"),
    ([0x80, 4, 0x95, 0], "is a pickle of Python", "as JSON Lines"),
    (
      Array("version https://git-lfs.github.com/spec/v1\n".utf8), "is a pointer of Git LFS",
      "git lfs pull"
    ),
    (Array("<!DOCTYPE html>\n<html>".utf8), "is a web page", "not the page about it"),
    (Array("the \0\u{1}\n3 4\n".utf8), "is binary (byte 5 is 0)", "is it the right file?"),
    (
      Array("3 4\nthe ".utf8) + (0..<300).map { UInt8(truncatingIfNeeded: 37 * $0) },
      "is binary (byte 9 is 0)", "is it the right file?"
    ),
  ]

  @Test("files that hold no text are named as what they are", arguments: kinds)
  func kind(bytes: [UInt8], start: String, end: String) throws {
    let message = try refusal(bytes)
    #expect(message.hasPrefix(start) && message.hasSuffix(end), "\(message)")
  }

  @Test("a zero in a later line among lines of text is left to those who read lines")
  func laterZero() throws {
    let line = "Nora Haas founded Sable Textiles .\n"
    let long = String(repeating: line, count: 20)
    for text in ["\(line)a\0b\n", "ok .\na\0b\n", "\(long)\0\n\(line)"] {
      #expect(try read(Array(text.utf8)).get() == Array(text.utf8))
    }
  }

  @Test("bytes come as they are there, without a wait for a whole block")
  func pipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(Glibc.pipe(&ends) == 0)
    defer { close(ends[0]) }
    var reader = ByteReader(descriptor: ends[0], name: "standard input")
    var bytes: [UInt8] = []
    for text in ["a\n", "b\n"] {
      #expect(write(ends[1], text, 2) == 2)
      #expect(try reader.read(into: &bytes))
    }
    close(ends[1])
    #expect(try !reader.read(into: &bytes))
    #expect(bytes == Array("a\nb\n".utf8))
  }

  @Test("what comes from a pipe has no name for a command")
  func packedPipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(Glibc.pipe(&ends) == 0)
    defer { close(ends[0]) }
    #expect(write(ends[1], "BZh91AY&", 8) == 8)
    close(ends[1])
    var reader = ByteReader(descriptor: ends[0], name: "standard input")
    var bytes: [UInt8] = []
    let error = #expect(throws: FileError.self) { try reader.read(into: &bytes) }
    #expect(error?.message.hasSuffix("unpack it: bunzip2 -k FILE") == true)
  }

  @Test("a name with blanks and quotes is one word of the command")
  func shellWords() {
    #expect("a/b-1.json".shellWord == "a/b-1.json")
    #expect("my data".shellWord == "'my data'")
    #expect("it's".shellWord == #"'it'\''s'"#)
    #expect("".shellWord == "''")
  }
}
