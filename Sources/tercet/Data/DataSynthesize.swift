import Commands
import Corpora
import Foundation

/// `tercet data synthesize`: a corpus of made-up sentences.
enum DataSynthesize {
  /// Writes `train.jsonl`, `dev.jsonl` and `test.jsonl` into the folder `output` and prints sizes.
  ///
  /// - Throws: `CorpusError` for less than ten sentences or a folder that cannot be written.
  static func run(_ arguments: SynthesizeArguments) throws(CorpusError) {
    let splits = try Synthesizer.synthesize(
      seed: arguments.seed, sentences: arguments.sentences)
    for (name, split) in [("train", splits.train), ("dev", splits.dev), ("test", splits.test)] {
      let path = URL(filePath: arguments.output, directoryHint: .isDirectory)
        .appending(path: "\(name).jsonl").relativePath
      try JSONLines.write(split, to: path)
      Console.line("\(path): \(CorpusStatistics(split).summary)")
    }
  }
}
