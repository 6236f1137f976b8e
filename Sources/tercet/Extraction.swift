import Autodiff
import Commands
import Corpora
import Models
import Tensors
import Training
import Typesetting

/// Sentences on their way through a model, a batch at a time, and the counts of those that are through.
struct Extraction {
  private let loaded: LoadedModel
  private let team: ThreadTeam
  private let tapes: [Tape]
  private let printsJSON: Bool
  /// The least score of a triple that is printed; `nil` for all.
  private let minScore: Float?
  private var lines: [SentenceReader.Line] = []
  private var rows = 0
  private var answers = 0
  private var (sentences, triples, words, unknown) = (0, 0, 0, 0)
  private var (cut, tooLong, cutByPieces, untagged, dropped) = (0, 0, 0, 0, 0)
  /// When the first of the lines that wait came, and the time between such a moment and the answer.
  private var (start, time) = (ContinuousClock.now, Duration.zero)

  init(of loaded: LoadedModel, threads: Int, printsJSON: Bool, minScore: Float?) {
    self.loaded = loaded
    team = ThreadTeam(threads)
    tapes = (0..<team.count).map { _ in Tape(weights: loaded.weights) }
    (self.printsJSON, self.minScore) = (printsJSON, minScore)
  }

  /// Whether scores are printed or compared.
  private var hasScores: Bool { printsJSON || minScore != nil }

  /// Takes a line in.
  mutating func add(_ line: SentenceReader.Line) {
    if lines.isEmpty { start = .now }
    lines.append(line)
    if case .sentence(let source) = line { rows += source.sentence.tokens.count }
  }

  /// Whether the lines that were taken in are as many as run well together: some batches for each thread.
  var isFull: Bool {
    let batches = 4 * max(2, team.count)
    return lines.count >= batches * Inference.mostSentences
      || rows >= max(1, team.count) * Inference.mostRows
  }

  /// Prints what the model finds in the lines that were taken in.
  mutating func answer() {
    if lines.isEmpty { return }
    let sources = lines.compactMap(\.source)
    let split = loaded.encode(sources.map(\.sentence))
    let predictions = predictions(of: split)
    for (source, prediction) in zip(sources, predictions) { count(source.sentence, prediction) }
    cutByPieces += (0..<split.count).count(where: split.losesPieces)
    let style = ExtractionStyle(printsJSON: printsJSON)
    var rest = predictions[...]
    Console.text(lines.map { style.text(of: $0.source) { rest.removeFirst() } }.joined())
    (lines, rows) = ([], 0)
    trim()
    time += .now - start
  }

  /// What the model finds, without what has too small a score; calibrated scores where they are asked for.
  private mutating func predictions(of split: any EncodedSplit) -> [Prediction] {
    let found = Inference.predict(split, scoring: hasScores, tapes: tapes, on: team)
    guard hasScores else { return found }
    let all = loaded.calibrated(found)
    guard let minScore else { return all }
    let kept = all.map { $0.keeping(from: minScore) }
    dropped += zip(all, kept).reduce(0) { $0 + $1.0.triples.count - $1.1.triples.count }
    return kept
  }

  /// Drops what oneDNN keeps for products of sizes that occur no more, from time to time: it costs as much as
  /// some sentences.
  private mutating func trim() {
    answers += 1
    if answers % 8 == 0 { team.run { _ in loaded.weights.products.trim() } }
  }

  private mutating func count(_ sentence: Sentence, _ prediction: Prediction) {
    let limit = loaded.options.data.maximumLength
    sentences += 1
    triples += prediction.triples.count
    cut += prediction.isCut ? 1 : 0
    tooLong += sentence.tokens.count > limit ? 1 : 0
    untagged += sentence.partsOfSpeech == nil ? 1 : 0
    words += sentence.tokens.count
    unknown += loaded.unknownWords(of: sentence)
  }

  /// What the user is told at the end.
  ///
  /// - Parameter name: the file of the sentences.
  func report(on name: String) -> [String] {
    let seconds = time / .seconds(1)
    let speed =
      sentences == 0 ? "" : ", \(Int((Double(sentences) / seconds).rounded())) sentences/s"
    var warnings = [
      loaded.lengthWarning(tooLong, in: name),
      PieceSequence.cutWarning(cutByPieces).map { "\(name): \($0)" },
      Prediction.cutWarning(cut, in: name),
      loaded.model.vocabularies.partOfSpeechWarning(lacking: untagged, of: sentences, in: name),
    ].compactMap { $0 }
    if unknown * 10 >= words && unknown > 0 {
      let share = Int((100 * Double(unknown) / Double(words)).rounded())
      warnings.append(
        "\(name): \(unknown) of \(words) words (\(share) %) do not occur in the model's corpus; is "
          + "the text of its kind, and cut as it was?")
    }
    let left = minScore.map { ", \(dropped) more below the score \($0)" } ?? ""
    let found =
      "\(Figures.plainCount(sentences, "sentence")), \(Figures.plainCount(triples, "triple"))"
    let notes = hasScores ? [loaded.scoreNote].compactMap { $0 } : []
    return warnings.map { "warning: \($0)" } + notes + [found + left + speed]
  }
}

extension SentenceReader.Line {
  fileprivate var source: SourceSentence? {
    if case .sentence(let source) = self { source } else { nil }
  }
}
