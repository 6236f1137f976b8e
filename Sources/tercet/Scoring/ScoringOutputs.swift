import Commands
import Corpora
import Evaluation
import Typesetting

/// Where `evaluate` and `score` write what they find.
struct ScoringOutputs {
  private let report: Output?
  private let page: Output?
  private let predictions: Output?

  /// - Parameters:
  ///   - report: the file for the report as JSON; `nil` for none.
  ///   - page: that for the report as a page.
  ///   - predictions: that for predictions.
  ///   - inputs: the files that are read.
  /// - Throws: where one is an input, or two are the same.
  init(report: String?, page: String?, predictions: String? = nil, inputs: [String]) throws {
    self.report = report.map { Output(path: $0) }
    self.page = page.map { Output(path: $0) }
    self.predictions = predictions.map { Output(path: $0) }
    for output in all { try output.refuse(inputs) }
    try Output.refuseRepeats(all)
    // A report is written also where nobody reads the table.
    if !all.isEmpty { Console.outliveOutput(nil) }
  }

  private var all: [Output] { [report, page, predictions].compactMap { $0 } }

  /// Prints a line for the user, on standard error where an output is standard output.
  func say(_ line: String) {
    if let output = all.first(where: \.isStandardOutput) {
      output.say(line)
    } else {
      Console.line(line)
    }
  }

  /// Writes what is predicted for each sentence, where that is asked for.
  func write(_ found: [Prediction], for sentences: [Sentence]) throws {
    try predictions?.write(
      zip(sentences, found).map { PredictionLines.line($0, $1) + "\n" }.joined())
  }

  /// Prints the scores of all systems, and writes report and page where they are asked for.
  ///
  /// - Parameters:
  ///   - first: the first system, as it was named.
  ///   - data: the file of the sentences.
  func finish(
    _ systems: ScoredSystems, _ style: ReportStyle, of first: String, on data: String,
    _ sentences: [Sentence]
  ) throws {
    let result = try systems.result()
    let gold = result.systems[0].runs[0].report.score.counts.gold
    let title =
      "\(first) on \(data): \(Figures.plainCount(sentences.count, "sentence")), "
      + Figures.plainCount(gold, "triple")
    result.show(style, title: title, sentences, say: say)
    try report?.write(String(decoding: result.json, as: UTF8.self))
    if let page { try systems.page(title, result, sentences).write(to: page) }
  }
}
