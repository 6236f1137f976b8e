import Corpora
import Foundation
import Testing

@testable import Evaluation

/// Intervals over resamples, and systems against each other.
@Suite("Systems")
struct SystemTests {
  /// Sentences of one triple each, of which `found` finds some.
  private func report(
    _ count: Int = 40, _ change: (inout EvaluationOptions) -> Void = { _ in },
    found: (Int) -> Bool
  ) -> EvaluationReport {
    var options = EvaluationOptions()
    change(&options)
    let sentences = (0..<count).map { sentence("A B x\($0)", [("A", "r", "B")]) }
    let guesses = sentences.enumerated().map { index, gold in
      prediction(found(index) ? [("A", "r", "B")] : [("B", "r", "A")], in: gold)
    }
    return Evaluator(options).report(sentences: sentences, predictions: guesses)
  }

  private func system(_ name: String, _ reports: [EvaluationReport]) -> SystemScores {
    SystemScores(
      name: name,
      runs: reports.enumerated().map { SystemRun(source: "\(name)\($0)", seed: $0, report: $1) })
  }

  @Test("the interval holds the score; one sentence, or equal ones, leave no doubt")
  func interval() throws {
    let half = try #require(report { $0 % 2 == 0 }.score.interval)
    #expect(half.low > 0.3 && half.low < 0.5 && half.high > 0.5 && half.high < 0.7)
    #expect(report { _ in true }.score.interval == Interval(of: [1]))
    #expect(report(1) { _ in false }.score.interval == Interval(of: [0]))
  }

  @Test("percentiles are linear between two values")
  func percentiles() {
    let interval = Interval(of: (0...100).map(Double.init).shuffled())
    #expect(interval.low == 2.5 && interval.high == 97.5)
  }

  @Test("each resample draws as many sentences as there are")
  func draws() {
    let counts = (0..<7).map { SentenceCounts($0, TripleCounts(tp: 1, predicted: 1, gold: 1)) }
    let values = Bootstrap(sentences: 7).f1(of: [counts, Array(counts.prefix(1))])
    #expect(values[0] == Array(repeating: 1, count: Bootstrap.resamples))
    // A sentence is in a share of 1 - (6/7)^7 of the resamples.
    let share = values[1].reduce(0, +) / Double(Bootstrap.resamples)
    #expect(abs(share - 0.66) < 0.04)
  }

  @Test("Holm's p-values")
  func holm() {
    let adjusted = SystemComparison.holm([0.01, 0.04, 0.03, 0.5])
    #expect(zip(adjusted, [0.04, 0.09, 0.09, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(SystemComparison.pValue(of: [1, 1, 1]) == 0.5)
    #expect(SystemComparison.pValue(of: [0, 0]) == 1)
  }

  @Test("a system that finds more is better, one that differs by chance is not")
  func comparison() throws {
    let systems = [
      system("half", [report { $0 % 2 == 0 }]), system("most", [report { $0 % 8 != 0 }]),
      system("other", [report { $0 % 2 == 1 }]),
    ]
    let result = try EvaluationResult(systems)
    let comparison = try #require(result.comparison)
    #expect(comparison.baseline == "half")
    #expect(comparison.differences.map(\.name) == ["most", "other"])
    #expect(comparison.differences[0].difference == 0.375)
    #expect(comparison.differences.map(\.isSignificant) == [true, false])
    #expect(
      comparison.differences[1].interval.low < 0 && comparison.differences[1].interval.high > 0)
    let table = result.table(width: 80)
    #expect(table.contains("fewer than three seeds"))
    #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(table)")
  }

  @Test("seeds are taken together: mean and sample standard deviation")
  func seeds() throws {
    let runs = [1, 2, 3].map { number in report(4) { $0 < number } }
    let result = try EvaluationResult([system("a", runs)])
    #expect(result.systems[0].f1 == Spread([0.25, 0.5, 0.75]))
    #expect(result.systems[0].f1.deviation == 0.25)
    #expect(result.table().contains(".500 ± .250"))
    let json = try JSONSerialization.jsonObject(with: result.json) as? [String: Any]
    #expect(json?.keys.sorted() == ["comparison", "systems"] && json?["comparison"] is NSNull)
  }

  @Test("systems that cannot be compared are refused")
  func refused() {
    let cases: [([EvaluationReport], String)] = [
      ([], "no reports"),
      (
        [report { _ in true }, report(40, { $0.match = .partialLast }, found: { _ in true })],
        "report 2 has match partial-last"
      ),
      (
        [
          report { _ in true },
          report(40, { $0.incompleteGroups = .dropped }, found: { _ in true }),
        ],
        "report 2 has options"
      ),
      ([report { _ in true }, report(3) { _ in true }], "report 2 has sentences 3"),
    ]
    for (reports, message) in cases {
      let error = #expect(throws: EvaluationError.self) {
        try EvaluationResult(reports.map { system("s", [$0]) })
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(message))
    }
  }

  @Test("calibration error and curve by hand")
  func calibration() throws {
    let scored: [(score: Double, isRight: Bool)] = [
      (0.95, true), (0.91, false), (0.5, true), (0.2, false), (1, true),
    ]
    let found = Calibration(scored, gold: 4)
    // Bin .9 to 1: three triples, two right, sum 2.86; bin .5: one right of .5; bin .2: none of .2.
    #expect(abs(found.expectedError - (0.86 + 0.5 + 0.2) / 5) < 1e-12)
    #expect(found.bins.map(\.count) == [0, 0, 1, 0, 0, 1, 0, 0, 0, 3])
    #expect(found.curve.count == 101)
    #expect(found.curve[0].precision == 0.6 && found.curve[0].recall == 0.75)
    #expect(found.curve[92].precision == 1 && found.curve[92].recall == 0.5)
  }

  @Test("probabilities count where every prediction has them")
  func scored() {
    let gold = sentence("A B", [("A", "r", "B")])
    var guess = Prediction()
    guess.append(.init(head: Span(0, 0), relation: "r", tail: Span(1, 1)), score: 0.75)
    let evaluator = Evaluator()
    #expect(
      evaluator.report(sentences: [gold], predictions: [guess]).calibration?.expectedError == 0.25)
    #expect(guess.keeping(from: 0.75) == guess && guess.keeping(from: 0.76).groups.isEmpty)
    let plain = prediction([("A", "r", "B")], in: gold)
    #expect(evaluator.report(sentences: [gold], predictions: [plain]).calibration == nil)
  }
}
