import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Everything that can be wrong with a checkpoint, for every verb that reads one.
  @Suite("Unfit checkpoints")
  struct DamageTests {
    struct Case: CustomTestStringConvertible, Sendable {
      let name: String
      let words: [String]
      let damage: @Sendable (Data) -> Data

      var testDescription: String { name }
    }

    static let cases: [Case] = [
      Case(name: "cut short", words: ["cut short"]) { $0.prefix($0.count / 2) },
      Case(name: "cut by a byte", words: ["cut short"]) { $0.dropLast() },
      Case(name: "empty", words: ["is empty"]) { _ in Data() },
      Case(name: "some text", words: ["not a checkpoint of tercet"]) { _ in
        Data(String(repeating: "once upon a time ", count: 100).utf8)
      },
      Case(name: "another HDF5 file", words: ["not a checkpoint of tercet"]) { $0.dropFirst(512) },
      Case(name: "a flipped bit in the middle", words: ["damaged"]) { flipped($0, $0.count / 2) },
      Case(name: "a flipped bit at the end", words: ["damaged"]) { flipped($0, $0.count - 1) },
      Case(name: "a flipped bit in the first block", words: ["damaged"]) { flipped($0, 40) },
    ]

    static func flipped(_ data: Data, _ index: Int) -> Data {
      var data = Data(data)
      data[index] ^= 4
      return data
    }

    @Test("training, evaluating, extracting and inspecting refuse it", arguments: sampled(cases))
    func refused(_ damage: Case) throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let damaged = damage.damage(try place.contents("run/last.h5"))
        for name in place.names("run") where name.hasSuffix(".h5") {
          try place.write(damaged, to: "run/\(name)")
        }
        let file = place.path("run/last.h5")
        let data = place.path("data/test.jsonl")
        let results = [
          try place.train("run", [], ["--resume"]),
          try place.train(ranks: hasRanks ? 2 : 1, "run", [], ["--resume=\(file)"]),
          try place.tercet("evaluate", "--checkpoint", file, "--data", data, "--json", "report"),
          try place.tercet("extract", "--checkpoint", file, input: "a b c\n"),
          try place.tercet("inspect", file),
        ]
        for result in results {
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          for word in damage.words + ["run/last.h5"] {
            #expect(result.stderr.contains(word), "\(result.stderr)")
          }
        }
        #expect(try place.contents("run/last.h5") == damaged)
        #expect(place.names("").contains("report") == false)
      }
    }

    @Test("a checkpoint that is not there is named")
    func missing() throws {
      try withWorkplace { place in
        let results = [
          try place.train("run", [], ["--resume=nothing.h5"]),
          try place.tercet("evaluate", "--checkpoint", "nothing.h5", "--data", "data/test.jsonl"),
          try place.tercet("extract", "--checkpoint", "nothing.h5", input: "a b c\n"),
          try place.tercet("inspect", "nothing.h5"),
        ]
        for result in results {
          #expect(result.status == 1)
          #expect(result.complaints == ["tercet: nothing.h5: no such file"])
        }
      }
    }

    /// Whole checkpoints, with a checksum that fits, of something that no run here writes.
    static let rewritten: [(change: String, words: [String])] = [
      ("version = 2", ["newer tercet", "format version 2", "update tercet"]),
      ("del f['parameters/tagger.emission.bias']", ["parameters/tagger.emission.bias"]),
      (
        "a = f['parameters/relation.bias'][:3]; del f['parameters/relation.bias']; "
          + "f['parameters/relation.bias'] = a",
        ["parameters/relation.bias", "[3]"]
      ),
      (
        "a = list(f['vocabulary/words'])[:-1]; del f['vocabulary/words']; "
          + "f.create_dataset('vocabulary/words', data=a, dtype=h5py.string_dtype())",
        []
      ),
      (
        "f.attrs['configuration'] = f.attrs['configuration'].replace('copymtl', 'copymtx')",
        ["model.kind", "copymtx", "did you mean 'copymtl'"]
      ),
      (
        "f.attrs['configuration'] = f.attrs['configuration'].replace('hidden', 'width')",
        ["width"]
      ),
      ("del f.attrs['step']", ["step"]),
      ("f.attrs['batch'] = 'three'", ["batch"]),
      ("f.attrs['thresholds'] = 'threshold=0.5'", ["thresholds", "not those of the model"]),
      ("f.attrs['temperature'] = 0.0", ["temperature", "not a number in 0.05...20.0"]),
      ("f.attrs['temperature'] = float('nan')", ["temperature", "not a number in 0.05...20.0"]),
      ("f.attrs['temperature'] = '1'", ["temperature", "not a number in 0.05...20.0"]),
    ]

    @Test("contents that do not fit are named", arguments: sampled(rewritten))
    func unfit(change: String, words: [String]) throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let script = try place.python(rewriting, ["run/last.h5", change])
        try #require(script.status == 0, "\(script.stderr)")
        let file = place.path("run/last.h5")
        let before = try place.snapshot("run")
        let results = [
          try place.train(ranks: hasRanks ? 2 : 1, "run", [], ["--resume=\(file)"]),
          try place.tercet("evaluate", "--checkpoint", file, "--data", "data/test.jsonl"),
          try place.tercet("extract", "--checkpoint", file, input: "a b c\n"),
        ]
        for result in results {
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(change): \(result.stderr)")
          for word in words + ["run/last.h5"] {
            #expect(result.stderr.contains(word), "\(change): \(result.stderr)")
          }
        }
        #expect(try place.snapshot("run") == before)
      }
    }
  }
}

/// Changes a checkpoint's contents with h5py and gives it a header that fits, checksums by the
/// polynomial of ECMA-182 bit by bit.
private let rewriting = """
  import h5py, struct, sys
  path, change = sys.argv[1:]
  version = 1
  with h5py.File(path, 'r+') as f:
    scope = {'h5py': h5py, 'f': f, 'version': version}
    exec(change, scope)
    version = scope['version']
  table = []
  for crc in range(256):
    for _ in range(8): crc = crc >> 1 ^ (0xC96C5795D7870F42 if crc & 1 else 0)
    table.append(crc)
  def checksum(data):
    crc = 2 ** 64 - 1
    for byte in data: crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 2 ** 64 - 1
  data = open(path, 'rb').read()
  head = data[:12] + struct.pack('<IQQ', version, len(data), checksum(data[512:]))
  head = head.ljust(504, bytes(1))
  open(path, 'wb').write(head + struct.pack('<Q', checksum(head)) + data[512:])
  """
