import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Extraction as a part of a pipe. The model is one of an earlier version, cut at blanks.
  @Suite("Extract")
  struct ExtractTests {
    static let lines = [
      "Greta Quist founded Sable Foods .", "Ivan Orlov founded Vela Press .",
      "Eastmere lies in and is the capital of Tarland .",
    ]

    private func extract(
      _ arguments: String..., input: String = "", in place: Workplace
    ) throws -> ProcessResult {
      try place.tercet(["extract", "--checkpoint", "old.h5"] + arguments, input: input)
    }

    /// The objects of lines of JSON.
    private func objects(_ text: String) throws -> [[String: Any]] {
      try text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }

    @Test("a sentence goes out before the next one has come whole")
    func streams() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let script = """
          import gzip, os, subprocess, sys, zlib
          tercet, packs = sys.argv[1], sys.argv[2] == 'gzip'
          run = subprocess.Popen([tercet, 'extract', '--checkpoint', 'old.h5'],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
          packer = zlib.compressobj(wbits=31)
          def send(text):
            if packs: text = packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH)
            os.write(run.stdin.fileno(), text)
          def block(): return list(iter(run.stdout.readline, b'\\n'))
          founded = [b'Greta Quist\\tfounded\\tSable Foods\\n']
          # Half of the second sentence has come when the first one's answer is waited for.
          send(b'Greta Quist founded Sable Foods .\\nGreta ')
          assert block() == founded
          send(b'Quist founded Sable Foods .\\n\\n')
          assert block() == founded and block() == []
          send(b'Greta Quist founded Sable Foods .')
          if packs: os.write(run.stdin.fileno(), packer.flush())
          run.stdin.close()
          assert block() == founded
          assert run.stdout.read() == b'' and run.wait() == 0
          """
        for form in ["plain", "gzip"] {
          let result = try place.python(script, [program.path, form])
          #expect(result.status == 0, "\(form): \(result.stderr)")
          #expect(result.stderr.contains("3 sentences, 3 triples, "), "\(result.stderr)")
        }
      }
    }

    @Test("what is found in a sentence depends on no other, on no thread and on no batch")
    func batches() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let text = try place.text("old/train.jsonl").split(separator: "\n").map {
          try #require(try objects(String($0))[0]["tokens"] as? [String]).joined(separator: " ")
        }
        // Lines of all lengths, some of several sentences.
        let lines = (0..<3000).map { i in
          (0...(i % 7 == 0 ? 3 : 0)).map { text[(i * 31 + $0) % text.count] }.joined(separator: " ")
        }
        try place.write(lines.joined(separator: "\n") + "\n", to: "all.txt")
        let all = try extract("--json", "all.txt", in: place)
        #expect(all.status == 0)
        for threads in ["1", "3"] {
          let again = try extract("--json", "--threads", threads, "all.txt", in: place)
          #expect(again.stdout == all.stdout)
        }
        let found = all.stdout.split(separator: "\n")
        #expect(found.count == lines.count)
        for i in stride(from: 0, to: 3000, by: 331) {
          let input = String(repeating: "\n", count: i) + lines[i]
          #expect(try extract("--json", input: input, in: place).stdout == found[i] + "\n")
        }
      }
    }

    @Test("blocks and ids are those of the input's lines, which line feeds alone end")
    func lineNumbers() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let (first, second) = (Self.lines[0], Self.lines[1])
        let input =
          "\u{FEFF}\(first)\r\n\n \t \n\(second)\u{2028}\(second)\u{85}\u{B}\u{C} \r .\n\n"
        let text = try extract(input: input, in: place)
        #expect(text.stdout.hasPrefix("Greta Quist\tfounded\tSable Foods\n\n\n\n"))
        #expect(text.stdout.hasSuffix("\n\n\n"))
        let found = try objects(try extract("--json", input: input, in: place).stdout)
        #expect(found.map { $0["id"] as? String } == ["1", "4"])
        #expect(found.map { $0["line"] as? Int } == [1, 4])
        #expect((found[0]["tokens"] as? [String])?.first == "Greta")
      }
    }

    @Test("records are known by their brace; tokens stay as they are, text is cut")
    func records() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let tokens = try objects("{\"t\":[\"\(Self.lines[0].replacing(" ", with: "\",\""))\"]}")
        let data = try JSONSerialization.data(withJSONObject: tokens[0]["t"] ?? [])
        let input = """
          {"id": "a", "tokens": \(String(decoding: data, as: UTF8.self)), "entities": [], "relations": []}
            {"text": "\(Self.lines[0])", "tokens": null}
          \(Self.lines[0])
          {"text": " "}

          """
        let found = try objects(try extract("--json", input: input, in: place).stdout)
        #expect(found.map { $0["id"] as? String } == ["a", "2", "3"])
        for record in found {
          let entities = try #require(record["entities"] as? [[String: Any]])
          #expect(entities.map { $0["span"] as? [Int] } == [[0, 1], [3, 4]])
          let triples = try #require(record["triples"] as? [[String: Any]])
          #expect(triples.count == 1 && triples[0]["head"] as? [Int] == [0, 1])
          #expect(triples[0]["relation"] as? String == "founded")
          let isText = record["id"] as? String != "a"
          #expect(record["text"] as? String == (isText ? Self.lines[0] : nil))
          #expect(entities[1]["text"] as? String == (isText ? "Sable Foods" : nil))
          #expect(triples[0]["tail_chars"] as? [Int] == (isText ? [20, 31] : nil))
        }
        try place.write(
          try extract("--json", input: input, in: place).stdout, to: "found.jsonl")
        let scored = try place.tercet(
          "evaluate", "--checkpoint", "old.h5", "--data", "found.jsonl", "--json", "score.json")
        #expect(scored.status == 0, "\(scored.stderr)")
        let result = try objects(place.text("score.json").filter { $0 != "\n" })[0]
        let system = try #require((result["systems"] as? [[String: Any]])?.first)
        #expect((system["f1"] as? [String: Any])?["mean"] as? Int == 1)
      }
    }

    static let bad: [(line: [UInt8], words: [String])] = [
      (Array("Jos".utf8) + [0xE9], ["is not UTF-8"]),
      (Array("a\0b".utf8), ["holds a NUL byte"]),
      ([0], ["holds a NUL byte"]),
      (Array("{\"text\": \"a\0b\"}".utf8), ["malformed JSON"]),
      (Array(#"{"tokens": ["a""#.utf8), ["malformed JSON"]),
      (Array(#"{"tokens": ["a b"]}"#.utf8), ["holds a blank"]),
      (Array(#"{"sentence": "a"}"#.utf8), ["neither 'tokens' nor 'text'"]),
      (Array(#"[{"tokens": ["a"]}]"#.utf8), ["JSON list"]),
    ]

    @Test("a line that is no sentence is named by its number, or passed over and counted")
    func badLines() throws {
      try withOldCheckpoint("copymtl-one") { place in
        for (line, words) in Self.bad {
          let good = Array(Self.lines[0].utf8) + [0x0A]
          try place.write(Data(good + line + [0x0A] + good), to: "in.txt")
          let stopped = try extract("in.txt", in: place)
          #expect(stopped.status == 1)
          // What came before is answered.
          #expect(stopped.stdout == "Greta Quist\tfounded\tSable Foods\n\n")
          #expect(stopped.complaints.count == 1)
          for word in ["in.txt:2: "] + words {
            #expect(stopped.stderr.contains(word), "\(stopped.stderr)")
          }
          let passed = try extract("--skip-bad", "in.txt", in: place)
          #expect(passed.status == 0)
          #expect(
            passed.stdout == "Greta Quist\tfounded\tSable Foods\n\n\n"
              + "Greta Quist\tfounded\tSable Foods\n\n")
          for word in ["1 ", "in.txt:2: ", "2 sentences, 2 triples"] + words {
            #expect(passed.stderr.contains(word), "\(passed.stderr)")
          }
        }
      }
    }

    @Test("the share of unknown words is said where it matters")
    func unknownWords() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let known = try extract(input: Self.lines[0], in: place)
        #expect(known.complaints.count == 1, "\(known.stderr)")
        let unknown = try extract(input: Self.lines[0] + " Supercalifragilistic", in: place)
        #expect(unknown.complaints.count == 2)
        #expect(unknown.stderr.contains(": 1 of 7 words (14 %) do not occur"), "\(unknown.stderr)")
      }
    }

    @Test("files that cannot be read or that it writes itself are refused")
    func refused() throws {
      try withOldCheckpoint("copymtl-one") { place in
        try place.write(Self.lines[0], to: "in.txt")
        let script = """
          ! $0 extract --checkpoint old.h5 in.txt >> in.txt
          ! $0 extract --checkpoint old.h5 < in.txt >> in.txt
          ! $0 extract --checkpoint old.h5 <&-
          ! $0 extract --checkpoint old.h5 .
          ! $0 extract --checkpoint old.h5 < .
          """
        let result = try runProcess(
          "/bin/bash", ["-euc", script, program.path], in: place.folder, timeout: 60)
        #expect(result.status == 0)
        #expect(
          result.complaints == [
            "tercet: in.txt: is standard output too; name another file",
            "tercet: standard input: is standard output too; name another file",
            "tercet: standard input: cannot be read: Bad file descriptor",
            "tercet: .: cannot be read: Is a directory",
            "tercet: standard input: cannot be read: Is a directory",
          ])
        #expect(try place.text("in.txt") == Self.lines[0])
      }
    }

    @Test("a terminal is told what is waited for, and a narrow one gets a fact in lines")
    func terminal() throws {
      try withOldCheckpoint("copymtl-one") { place in
        try place.write(Self.lines[0] + "\n", to: "in.txt")
        let command = [program.path, "extract", "--checkpoint", "old.h5", "in.txt"]
        let wide = try Terminal.output(of: command, columns: 80, in: place)
        #expect(wide.stdout == "Greta Quist\tfounded\tSable Foods\r\n\r\n")
        let narrow = try Terminal.output(of: command, columns: 30, in: place)
        #expect(narrow.stdout == "Greta Quist\r\n  founded\r\n  Sable Foods\r\n\r\n")
        let script = """
          import os, subprocess, sys
          master, slave = os.openpty()
          os.write(master, b'\\x04')
          run = subprocess.run([sys.argv[1], 'extract', '--checkpoint', 'old.h5'], stdin=slave)
          sys.exit(run.returncode)
          """
        let asked = try place.python(script, [program.path])
        #expect(asked.status == 0)
        #expect(asked.stderr.hasPrefix("reading sentences from this terminal, one a line; Ctrl-D"))
      }
    }

    @Test(
      "a hundred thousand lines take the memory of a thousand",
      .enabled(if: Sanitizer.current == nil, "sanitizers keep what was freed"))
    func memory() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let words = (0..<4).flatMap { _ in Self.lines.flatMap { $0.split(separator: " ") } }
        let peaks = try [1000, 100_000].map { count in
          let text = (0..<count).map { line in
            words.prefix(3 + (31 * line * line + 17 * line) % 61).joined(separator: " ") + "\n"
          }.joined()
          try place.write(text, to: "in.txt")
          let result = try place.python(
            VerbTests.measure,
            [program.path, "extract", "--checkpoint", "old.h5", "--threads", "2", "in.txt"])
          return try #require(Double(result.stdout.filter(\.isNumber)), "\(result.stderr)")
        }
        #expect(peaks[1] < 1.1 * peaks[0], "\(peaks)")
      }
    }
  }
}
