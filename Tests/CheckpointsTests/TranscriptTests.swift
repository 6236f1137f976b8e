import Foundation
import Testing

@testable import Checkpoints

@Suite("What the reader of a checkpoint hands over is not believed")
struct TranscriptTests {
  typealias Lie = (name: String, put: @Sendable (inout ReaderMessageEncoder) throws -> Void)

  /// Transcripts that are wrong in one field; all else of them is as it should be.
  static let lies: [Lie] = [
    ("outcome", { try $0.put(9 as UInt8) }),
    (
      "refusal of two lines",
      { writer in
        try writer.put(ReaderMessage.Outcome.hdf5.rawValue)
        try writer.put("H5Fopen")
        try writer.put("a\nb")
      }
    ),
    (
      "refusal that speaks to the terminal",
      { writer in
        try writer.put(ReaderMessage.Outcome.other.rawValue)
        try writer.put("\u{9B}2J")
      }
    ),
    (
      "refusal that is not UTF-8",
      { writer in
        try writer.put(ReaderMessage.Outcome.other.rawValue)
        try bytes([0xC3, 0x28], &writer)
      }
    ),
    ("count of attributes", { try head(&$0, attributes: .max) }),
    ("count of members", { try head(&$0, members: .max) }),
    ("attribute without name", { try attribute("", &$0) { try $0.put(.truth(true)) } }),
    ("name with a zero", { try attribute("a\0", &$0) { try $0.put(.truth(true)) } }),
    (
      "name that is not UTF-8",
      { writer in
        try head(&writer, attributes: 1)
        try bytes([0xFF], &writer)
        try writer.put(.truth(true))
        try writer.put(0 as UInt32)
      }
    ),
    (
      "name longer than all",
      { writer in
        try head(&writer, attributes: 1)
        try writer.put(UInt32.max)
      }
    ),
    (
      "attributes out of order",
      { writer in
        try head(&writer, attributes: 2)
        for name in ["b", "a"] {
          try writer.put(name)
          try writer.put(.truth(true))
        }
        try writer.put(0 as UInt32)
      }
    ),
    ("kind of attribute", { try attribute("a", &$0) { try $0.put(4 as UInt8) } }),
    (
      "truth value",
      { writer in
        try attribute("a", &writer) {
          try $0.put(ReaderMessage.AttributeKind.truth.rawValue)
          try $0.put(2 as UInt8)
        }
      }
    ),
    (
      "attribute's text that is not UTF-8",
      { writer in
        try attribute("a", &writer) {
          try $0.put(ReaderMessage.AttributeKind.string.rawValue)
          try bytes([0xED, 0xA0, 0x80], &$0)
        }
      }
    ),
    ("member without name", { try member("", &$0) { try array(shape: [1], &$0) } }),
    ("member's name with a slash", { try member("a/b", &$0) { try array(shape: [1], &$0) } }),
    (
      "two members of one name",
      { writer in
        try head(&writer, members: 2)
        for _ in 0..<2 {
          try writer.put("a")
          try array(shape: [1], &writer)
        }
      }
    ),
    ("kind of member", { try member("a", &$0) { try $0.put(9 as UInt8) } }),
    ("33 axes", { try member("a", &$0) { try array(shape: .init(repeating: 1, count: 33), &$0) } }),
    ("negative extent", { try member("a", &$0) { try array(shape: [.max], &$0) } }),
    (
      "more elements than can be counted",
      { writer in
        try member("a", &writer) { try array(shape: [1 << 40, 1 << 40], &$0) }
      }
    ),
    (
      "more bytes than can be counted",
      { try member("a", &$0) { try array(shape: [1 << 62], &$0) } }
    ),
    ("elements that are not there", { try member("a", &$0) { try array(shape: [2], &$0) } }),
    ("strings of no bytes", { try member("a", &$0) { try strings(of: 0, &$0) } }),
    (
      "strings of more bytes than there are",
      { try member("a", &$0) { try strings(of: .max, &$0) } }
    ),
    (
      "groups in groups without end",
      { writer in
        try head(&writer, members: 1)
        for _ in 0...ReaderMessage.deepest {
          try writer.put("g")
          try writer.put(ReaderMessage.MemberKind.group.rawValue)
          try writer.put(0 as UInt32)
          try writer.put(1 as UInt32)
        }
        try writer.put("a")
        try array(shape: [1], &writer)
      }
    ),
    (
      "a byte after the end",
      { writer in
        try head(&writer)
        try writer.put(0 as UInt8)
      }
    ),
  ]

  @Test("each field", arguments: lies.indices)
  func lie(_ index: Int) throws {
    let (name, put) = Self.lies[index]
    let bytes = try transcript(put)
    #expect(throws: ReaderMessageDecoder.Unsound.self, "\(name)") { try contents(bytes) }
  }

  @Test("the parts that the lies are made of are taken where they are right")
  func truth() throws {
    let bytes = try transcript { writer in
      try head(&writer, attributes: 1)
      try writer.put("a")
      try writer.put(.truth(true))
      try writer.put(2 as UInt32)
      try writer.put("a")
      try array(shape: [1], &writer)
      try writer.put("b")
      try strings(of: 4, &writer)
    }
    let root = try #require(try contents(bytes))
    #expect(root.attributes.map(\.value) == [.truth(true)])
    #expect(root.members.map(\.name) == ["a", "b"])
  }

  @Test("cut anywhere, or with another head")
  func cut() throws {
    let whole = try sample()
    #expect(try contents(whole) != nil)
    for count in 0..<whole.count {
      #expect(throws: ReaderMessageDecoder.Unsound.self) { try contents(Array(whole[..<count])) }
    }
    for position in 0..<ReaderMessage.headBytes {
      var changed = whole
      changed[position] ^= 1
      #expect(throws: ReaderMessageDecoder.Unsound.self) { try contents(changed) }
    }
  }

  @Test("whatever byte is changed, nothing lies outside and nothing traps")
  func changed() throws {
    let whole = try sample()
    for position in ReaderMessage.headBytes..<whole.count {
      for bit in 0..<8 {
        var changed = whole
        changed[position] ^= 1 << UInt8(bit)
        guard let root = try? contents(changed) else { continue }
        requireInside(root, changed.count)
      }
    }
  }

  private func requireInside(_ group: StoredGroup, _ count: Int) {
    for (_, member) in group.members {
      switch member {
      case .group(let group): requireInside(group, count)
      case .array(let outline, let elements):
        if let elements {
          #expect(elements.upperBound <= count && elements.count == outline.bytes)
        }
      }
    }
  }

  /// The transcript of the sample checkpoint.
  private func sample() throws -> [UInt8] {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      return try transcribed(path)
    }
  }

  private func contents(_ transcript: [UInt8]) throws -> StoredGroup? {
    let outcome = try transcript.withUnsafeBytes {
      try ReaderMessageDecoder.outcome(of: $0, wanted: .all)
    }
    if case .contents(let root) = outcome { return root }
    return nil
  }
}

/// What the reader of a checkpoint would hand over of this one.
func transcribed(_ path: String) throws -> [UInt8] {
  let count = try bytes(of: path).count + ReaderMessage.spare
  return try trimmed(count) { ReaderWalk.run(try Descriptor.reading(path), .all, into: $0) }
}

private func transcript(_ put: (inout ReaderMessageEncoder) throws -> Void) throws -> [UInt8] {
  try trimmed(4096) { memory in
    var writer = ReaderMessageEncoder(memory)
    try put(&writer)
    writer.finish()
  }
}

private func trimmed(
  _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
) rethrows -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  try bytes.withUnsafeMutableBytes(fill)
  return Array(bytes[..<(bytes.withUnsafeBytes(ReaderMessageDecoder.written) ?? 0)])
}

private func head(
  _ writer: inout ReaderMessageEncoder, attributes: UInt32 = 0, members: UInt32 = 0
) throws {
  try writer.put(ReaderMessage.Outcome.contents.rawValue)
  try writer.put(attributes)
  if attributes == 0 { try writer.put(members) }
}

private func attribute(
  _ name: String, _ writer: inout ReaderMessageEncoder,
  _ value: (inout ReaderMessageEncoder) throws -> Void
) throws {
  try head(&writer, attributes: 1)
  try writer.put(name)
  try value(&writer)
  try writer.put(0 as UInt32)
}

private func member(
  _ name: String, _ writer: inout ReaderMessageEncoder,
  _ value: (inout ReaderMessageEncoder) throws -> Void
) throws {
  try head(&writer, members: 1)
  try writer.put(name)
  try value(&writer)
}

/// An array of float32 of any shape, with one element.
private func array(shape: [UInt64], _ writer: inout ReaderMessageEncoder) throws {
  try writer.put(ReaderMessage.MemberKind.float32.rawValue)
  try writer.put(UInt8(shape.count))
  for extent in shape { try writer.put(extent) }
  try writer.put(1 as UInt32)
}

/// One string, which has four bytes.
private func strings(of bytes: UInt64, _ writer: inout ReaderMessageEncoder) throws {
  try writer.put(ReaderMessage.MemberKind.fixedStrings.rawValue)
  try writer.put(bytes)
  try writer.put(1 as UInt8)
  try writer.put(1 as UInt64)
  try writer.put(0x6162_6364 as UInt32)
}

private func bytes(_ bytes: [UInt8], _ writer: inout ReaderMessageEncoder) throws {
  try writer.put(UInt32(bytes.count))
  try writer.next(bytes.count).copyBytes(from: bytes)
}
