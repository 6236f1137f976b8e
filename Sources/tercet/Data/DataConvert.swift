import Corpora

/// `tercet data convert`: a published corpus becomes one file of tercet's JSON Lines.
enum DataConvert {
  /// Converts `input` to `output` and prints what it holds and what could not be used.
  ///
  /// - Throws: `CorpusError` naming file and line of what does not fit; nothing is written then.
  static func run(
    format: CorpusFormat, input: String, output: String, words: String? = nil,
    relations: String? = nil
  ) throws(CorpusError) {
    let conversion = try format.read(input, words: words, relations: relations)
    try JSONLines.write(conversion.sentences, to: output)
    print(conversion.report(output: output))
  }
}
