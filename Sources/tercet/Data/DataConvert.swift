import Commands
import Corpora

/// `tercet data convert`: a published corpus becomes one file of tercet's JSON Lines.
enum DataConvert {
  /// Converts a file and prints what it holds and what could not be used.
  ///
  /// - Throws: `CorpusError` naming file and line of what does not fit; nothing is written then.
  static func run(_ arguments: ConvertArguments) throws(CorpusError) {
    let conversion = try arguments.format.corpusFormat.read(
      arguments.input, words: arguments.format.words, relations: arguments.relations)
    try JSONLines.write(conversion.sentences, to: arguments.output)
    Console.line("\(conversion.report(output: arguments.output))")
  }
}

extension ConvertArguments.Format {
  fileprivate var corpusFormat: CorpusFormat {
    switch self {
    case .triples: .triples
    case .cotype: .cotype
    case .copyre: .copyre
    case .tuples: .tuples
    case .conll04: .conll04
    case .spert: .spert
    case .dygie: .dygie
    }
  }

  fileprivate var words: String? {
    guard case .copyre(let words) = self else { return nil }
    return words
  }
}
