import Commands
import Foundation
import TestSupport
import Testing

@testable import tercet

@Suite("completion in bash")
struct CompletionTests {
  /// What bash offers for the last word of a line, sorted.
  ///
  /// - Parameter words: as bash parts them, at '=' too.
  private func offers(_ words: [String], in folder: URL? = nil) throws -> [String] {
    let script = """
      source /dev/stdin
      # The function that bash would call.
      function=$(complete -p tercet) && function=${function#*-F } && function=${function% *}
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && $function
      ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try runProcess(
      "/bin/bash", ["--norc", "-uc", script, "bash"] + words,
      input: BashCompletion(of: .tercet).script, in: folder)
    #expect(result.status == 0 && result.stderr.isEmpty, "\(result.stderr)")
    return result.stdout.split(separator: "\n").map(String.init).sorted()
  }

  @Test("every verb is offered, and every option of it")
  func flags() throws {
    for verb in Program.tercet.verbs.map({ $0.syntax }) {
      for count in verb.words.indices {
        for help in [[], ["help"]] {
          let before = ["tercet"] + help + verb.words[..<count]
          #expect(try offers(before + [""]).contains(verb.words[count]), "\(verb.words)")
        }
      }
      let flags = (verb.flags.map(\.name) + ["help"]).map { "--\($0)" }.sorted()
      #expect(try offers(["tercet"] + verb.words + ["-"]) == flags)
      // As bash would have it, an option that begins alike is no answer.
      for flag in flags {
        let alike = flags.filter { $0.hasPrefix(flag) }
        #expect(try offers(["tercet"] + verb.words + [flag]) == alike)
      }
    }
  }

  @Test(
    "values and operands are offered by what they are",
    arguments: [
      ("tercet tr", ["train"]), ("tercet help ex", ["exit", "export", "extract"]),
      ("tercet --v", ["--version"]), ("tercet unknown ", []), ("tercet completion ", ["bash"]),
      ("tercet train c", ["c d.yaml", "checkpoints"]),
      ("tercet train a.yaml --checkpoints c", ["checkpoints"]),
      ("tercet train --checkpoints = c", ["checkpoints"]),
      ("tercet train --checkpoints =", ["checkpoints"]),
      ("tercet train --resume = l", ["last.h5"]),
      ("tercet train --resume c", ["c d.yaml", "checkpoints"]),
      ("tercet train --ranks ", []), ("tercet train --ranks = ", []),
      ("tercet train --overwrite = ", []), ("tercet doctor ", ["checkpoints"]),
      ("tercet data convert --from tri", ["triples"]),
      ("tercet data convert --tokenize = w", ["words"]), ("tercet export --out l", ["last.h5"]),
      ("tercet evaluate --match exact-", ["exact-pos"]),
      ("tercet score --length-buckets ", ["sentence", "triple"]),
      ("tercet evaluate --by co", ["count"]), ("tercet evaluate --rin-exact a", ["authors"]),
      ("tercet evaluate --pairing z", ["zip"]), ("tercet extract --precision b", ["bfloat16"]),
      ("tercet train --progress b", ["bar"]),
    ])
  func values(line: String, expected: [String]) throws {
    try withTemporaryDirectory { folder in
      let manager = FileManager.default
      try manager.createDirectory(
        at: folder.appending(path: "checkpoints"), withIntermediateDirectories: false)
      for name in ["c d.yaml", "last.h5"] {
        try Data().write(to: folder.appending(path: name))
      }
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      #expect(try offers(words, in: folder) == expected)
    }
  }
}
