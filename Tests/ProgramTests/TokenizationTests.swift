import TestSupport
import Testing

extension ProgramTests {
  @Suite("Tokenization")
  struct TokenizationTests {
    static let cases: [(edit: String, said: String)] = [
      // As the corpus looks, and as it says.
      ("s/^//", "words"), (#"s/"entities"/"tokenize":"characters","entities"/"#, "characters"),
    ]

    @Test("a checkpoint keeps how its training split was cut", arguments: cases)
    func kept(edit: String, said: String) throws {
      try withWorkplace { place in
        let sed = try runProcess(
          "/usr/bin/env", ["sed", "-i", edit, place.path("data/train.jsonl")])
        #expect(sed.status == 0, "\(sed.stderr)")
        try place.trained("run", [], ["--stop-after", "1"])
        let script = "import h5py, sys; print(h5py.File(sys.argv[1], 'r').attrs['tokenize'])"
        let result = try place.python(script, [place.path("run/last.h5")])
        #expect(result.stdout.contains(said), "\(result.stdout)\(result.stderr)")
      }
    }
  }
}
