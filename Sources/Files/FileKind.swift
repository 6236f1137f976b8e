/// Kinds of files that hold no UTF-8 text, known by their first bytes.
enum FileKind {
  /// A kind by the bytes at the start of its files; `FILE` in the remedy stands for the file.
  private struct Mark {
    let bytes: [UInt8]
    let name: String
    let remedy: String

    init(_ bytes: [UInt8], _ name: String, _ remedy: String) {
      self.bytes = bytes
      self.name = name
      self.remedy = remedy
    }

    init(_ text: String, _ name: String, _ remedy: String) {
      self.init(Array(text.utf8), name, remedy)
    }
  }

  /// The finding and the remedy for a file that starts with `head`, without the file's name; `nil` for text.
  ///
  /// - Parameter path: the path to put in the remedy; `nil` for what comes from a pipe.
  static func refusal(of head: [UInt8], path: String?) -> String? {
    let known = marks.first { head.starts(with: $0.bytes) }
    if let mark = known ?? wide(head) ?? tar(head) {
      let remedy = mark.remedy.replacing("FILE", with: path?.shellWord ?? "FILE")
      return "is \(mark.name), expected UTF-8 text; \(remedy)"
    }
    let line = head.prefix { $0 != 0x0A }
    // A later line that holds a zero among lines of text is the fault of that line. A few bytes say little beyond their
    // first line.
    guard line.contains(0) || isNoise(head.count < 256 ? line : head[...]) else { return nil }
    let zero = head.firstIndex(of: 0).map { " (byte \($0 + 1) is 0)" } ?? ""
    return "is binary\(zero), expected UTF-8 text; is it the right file?"
  }

  /// Whether bytes hold more control characters than any text: of random bytes a tenth are such.
  private static func isNoise(_ bytes: ArraySlice<UInt8>) -> Bool {
    let controls = bytes.count {
      $0 < 0x09 || (0x0E..<0x20).contains($0) && $0 != 0x1B || $0 == 0x7F
    }
    return controls * 20 > bytes.count
  }

  private static let marks: [Mark] = packed + encodings + others
  private static let packed: [Mark] = [
    Mark([0x1F, 0x8B], "gzip inside gzip", "unpack it once: gunzip -k FILE"),
    Mark("BZh", "bzip2", "unpack it: bunzip2 -k FILE"),
    Mark([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "unpack it: unxz -k FILE"),
    Mark([0x28, 0xB5, 0x2F, 0xFD], "zstd", "unpack it: unzstd FILE"),
    Mark([0x04, 0x22, 0x4D, 0x18], "lz4", "unpack it: unlz4 FILE"),
    Mark([0x1F, 0x9D], "a file of compress", "unpack it: uncompress FILE"),
    Mark([0x50, 0x4B, 0x03, 0x04], "zip", "unpack it and name a file of it: unzip FILE"),
    Mark([0x50, 0x4B, 0x05, 0x06], "an empty zip archive", "fetch or make the file again"),
    Mark([0x37, 0x7A, 0xBC, 0xAF], "7-Zip", "unpack it and name a file of it: 7z x FILE"),
    Mark("Rar!", "RAR", "unpack it and name a file of it: unrar x FILE"),
  ]
  private static let encodings: [Mark] = [
    Mark([0xFF, 0xFE, 0, 0], "UTF-32", "convert it: iconv -f UTF-32 -t UTF-8 FILE > NEW"),
    Mark([0, 0, 0xFE, 0xFF], "UTF-32", "convert it: iconv -f UTF-32 -t UTF-8 FILE > NEW"),
    Mark([0xFF, 0xFE], "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW"),
    Mark([0xFE, 0xFF], "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW"),
  ]
  private static let others: [Mark] = [
    Mark([0x89, 0x48, 0x44, 0x46], "HDF5", checkpoint),
    Mark("TERCET\r\n", "a checkpoint of tercet", checkpoint),
    Mark(
      "PAR1", "Parquet",
      "convert it with Python: pandas.read_parquet(…).to_json(…, orient='records', lines=True)"),
    Mark(
      "ARROW1", "Arrow",
      "convert it with Python: pandas.read_feather(…).to_json(…, orient='records', lines=True)"),
    Mark([0x93] + "NUMPY".utf8, "a NumPy array", "save its contents as text"),
    Mark("SQLite format 3", "an SQLite database", "export the table as JSON Lines"),
    Mark("%PDF", "PDF", "convert it: pdftotext FILE"),
    Mark([0x80, 2], "a pickle of Python", pickle), Mark([0x80, 3], "a pickle of Python", pickle),
    Mark([0x80, 4], "a pickle of Python", pickle), Mark([0x80, 5], "a pickle of Python", pickle),
    Mark(
      "version https://git-lfs", "a pointer of Git LFS in place of the data",
      "fetch the data: git lfs pull"),
    Mark("<!DOCTYPE html", "a web page", page), Mark("<!doctype html", "a web page", page),
    Mark("<html", "a web page", page),
  ]
  private static let checkpoint =
    "a checkpoint goes with --checkpoint, and tercet inspect shows it"
  private static let pickle = "save its contents as JSON Lines"
  private static let page = "fetch the file itself, not the page about it"

  /// UTF-16 and UTF-32 without a mark: of each character but few the first bytes are zero, or the last.
  private static func wide(_ head: [UInt8]) -> Mark? {
    let bytes = head.prefix(1024).count / 4 * 4
    var zeros = [0, 0, 0, 0]
    for i in 0..<bytes where head[i] == 0 { zeros[i % 4] += 4 }
    let isZero = zeros.map { 3 * $0 > bytes }
    let kinds: [([Bool], String)] = [
      ([false, true, false, true], "UTF-16LE"), ([true, false, true, false], "UTF-16BE"),
      ([false, false, true, true], "UTF-32LE"), ([false, true, true, true], "UTF-32LE"),
      ([true, true, false, false], "UTF-32BE"), ([true, true, true, false], "UTF-32BE"),
    ]
    guard bytes >= 8, let name = kinds.first(where: { $0.0 == isZero })?.1 else { return nil }
    return Mark([], name, "convert it: iconv -f \(name) -t UTF-8 FILE > NEW")
  }

  private static func tar(_ head: [UInt8]) -> Mark? {
    head.count > 262 && head[257..<262].elementsEqual("ustar".utf8)
      ? Mark([], "a tar archive", "unpack it and name a file of it: tar xf FILE") : nil
  }
}
