import Foundation
import Testing

@testable import Checkpoints

@Suite("No field of a reader's message is trusted")
struct ReaderMessageTests {
  typealias Lie = (name: String, put: @Sendable (inout ReaderMessageEncoder) throws -> Void)

  /// Messages with one wrong field; all else is right.
  static let lies: [Lie] = [
    ("outcome", { try $0.put(9 as UInt8) }),
    (
      "refusal of two lines",
      { encoder in
        try encoder.put(ReaderMessage.Outcome.hdf5.rawValue)
        try encoder.put("H5Fopen")
        try encoder.put("a\nb")
      }
    ),
    (
      "refusal that speaks to the terminal",
      { encoder in
        try encoder.put(ReaderMessage.Outcome.other.rawValue)
        try encoder.put("\u{9B}2J")
      }
    ),
    (
      "refusal that is not UTF-8",
      { encoder in
        try encoder.put(ReaderMessage.Outcome.other.rawValue)
        try bytes([0xC3, 0x28], &encoder)
      }
    ),
    ("count of attributes", { try head(&$0, attributes: .max) }),
    ("count of members", { try head(&$0, members: .max) }),
    ("attribute without name", { try attribute("", &$0) { try $0.put(.truth(true)) } }),
    ("name with a zero", { try attribute("a\0", &$0) { try $0.put(.truth(true)) } }),
    (
      "name that is not UTF-8",
      { encoder in
        try head(&encoder, attributes: 1)
        try bytes([0xFF], &encoder)
        try encoder.put(.truth(true))
        try encoder.put(0 as UInt32)
      }
    ),
    (
      "name longer than all",
      { encoder in
        try head(&encoder, attributes: 1)
        try encoder.put(UInt32.max)
      }
    ),
    (
      "attributes out of order",
      { encoder in
        try head(&encoder, attributes: 2)
        for name in ["b", "a"] {
          try encoder.put(name)
          try encoder.put(.truth(true))
        }
        try encoder.put(0 as UInt32)
      }
    ),
    ("kind of attribute", { try attribute("a", &$0) { try $0.put(4 as UInt8) } }),
    (
      "truth value",
      { encoder in
        try attribute("a", &encoder) {
          try $0.put(ReaderMessage.AttributeKind.truth.rawValue)
          try $0.put(2 as UInt8)
        }
      }
    ),
    (
      "attribute's text that is not UTF-8",
      { encoder in
        try attribute("a", &encoder) {
          try $0.put(ReaderMessage.AttributeKind.string.rawValue)
          try bytes([0xED, 0xA0, 0x80], &$0)
        }
      }
    ),
    ("member without name", { try member("", &$0) { try array(shape: [1], &$0) } }),
    ("member's name with a slash", { try member("a/b", &$0) { try array(shape: [1], &$0) } }),
    (
      "two members of one name",
      { encoder in
        try head(&encoder, members: 2)
        for _ in 0..<2 {
          try encoder.put("a")
          try array(shape: [1], &encoder)
        }
      }
    ),
    ("kind of member", { try member("a", &$0) { try $0.put(9 as UInt8) } }),
    ("33 axes", { try member("a", &$0) { try array(shape: .init(repeating: 1, count: 33), &$0) } }),
    ("negative extent", { try member("a", &$0) { try array(shape: [.max], &$0) } }),
    (
      "more elements than can be counted",
      { encoder in
        try member("a", &encoder) { try array(shape: [1 << 40, 1 << 40], &$0) }
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
      { encoder in
        try head(&encoder, members: 1)
        for _ in 0...ReaderMessage.deepest {
          try encoder.put("g")
          try encoder.put(ReaderMessage.MemberKind.group.rawValue)
          try encoder.put(0 as UInt32)
          try encoder.put(1 as UInt32)
        }
        try encoder.put("a")
        try array(shape: [1], &encoder)
      }
    ),
    (
      "a byte after the end",
      { encoder in
        try head(&encoder)
        try encoder.put(0 as UInt8)
      }
    ),
  ]

  @Test("each field", arguments: lies.indices)
  func lie(_ index: Int) throws {
    let (name, put) = Self.lies[index]
    let bytes = try message(put)
    #expect(throws: ReaderMessageDecoder.Unsound.self, "\(name)") { try contents(bytes) }
  }

  @Test("the parts that the lies are made of are taken where they are right")
  func truth() throws {
    let bytes = try message { encoder in
      try head(&encoder, attributes: 1)
      try encoder.put("a")
      try encoder.put(.truth(true))
      try encoder.put(2 as UInt32)
      try encoder.put("a")
      try array(shape: [1], &encoder)
      try encoder.put("b")
      try strings(of: 4, &encoder)
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

  /// The message of the sample checkpoint.
  private func sample() throws -> [UInt8] {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      return try messageOfReader(path)
    }
  }

  private func contents(_ message: [UInt8]) throws -> StoredGroup? {
    let outcome = try message.withUnsafeBytes {
      try ReaderMessageDecoder.outcome(of: $0, wanted: .all)
    }
    if case .contents(let root) = outcome { return root }
    return nil
  }
}

/// The message of a checkpoint's reader.
func messageOfReader(_ path: String) throws -> [UInt8] {
  let count = try bytes(of: path).count + ReaderMessage.spare
  return try trimmed(count) { ReaderWalk.run(try Descriptor.reading(path), .all, into: $0) }
}

private func message(_ put: (inout ReaderMessageEncoder) throws -> Void) throws -> [UInt8] {
  try trimmed(4096) { memory in
    var encoder = ReaderMessageEncoder(memory)
    try put(&encoder)
    encoder.finish()
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
  _ encoder: inout ReaderMessageEncoder, attributes: UInt32 = 0, members: UInt32 = 0
) throws {
  try encoder.put(ReaderMessage.Outcome.contents.rawValue)
  try encoder.put(attributes)
  if attributes == 0 { try encoder.put(members) }
}

private func attribute(
  _ name: String, _ encoder: inout ReaderMessageEncoder,
  _ value: (inout ReaderMessageEncoder) throws -> Void
) throws {
  try head(&encoder, attributes: 1)
  try encoder.put(name)
  try value(&encoder)
  try encoder.put(0 as UInt32)
}

private func member(
  _ name: String, _ encoder: inout ReaderMessageEncoder,
  _ value: (inout ReaderMessageEncoder) throws -> Void
) throws {
  try head(&encoder, members: 1)
  try encoder.put(name)
  try value(&encoder)
}

/// An array of float32 of any shape, with one element.
private func array(shape: [UInt64], _ encoder: inout ReaderMessageEncoder) throws {
  try encoder.put(ReaderMessage.MemberKind.float32.rawValue)
  try encoder.put(UInt8(shape.count))
  for extent in shape { try encoder.put(extent) }
  try encoder.put(1 as UInt32)
}

/// One string, which has four bytes.
private func strings(of bytes: UInt64, _ encoder: inout ReaderMessageEncoder) throws {
  try encoder.put(ReaderMessage.MemberKind.fixedStrings.rawValue)
  try encoder.put(bytes)
  try encoder.put(1 as UInt8)
  try encoder.put(1 as UInt64)
  try encoder.put(0x6162_6364 as UInt32)
}

private func bytes(_ bytes: [UInt8], _ encoder: inout ReaderMessageEncoder) throws {
  try encoder.put(UInt32(bytes.count))
  try encoder.next(bytes.count).copyBytes(from: bytes)
}
