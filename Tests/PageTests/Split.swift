import Corpora
import Evaluation
import Page

/// A split with predictions.
struct Split {
  let sentences: [Sentence]
  let predictions: [Prediction]

  init(_ sentences: [Sentence], _ predictions: [Prediction]) {
    (self.sentences, self.predictions) = (sentences, predictions)
  }

  /// Sentences of 25 tokens and two or three triples, with predictions that are right, and wrong in several ways.
  static func mixed(sentences count: Int) -> Split {
    let sentences = (0..<count).map { number in
      Sentence(
        id: "\(number)",
        // As in text, some words are common, and many are rare.
        tokens: (0..<25).map {
          "word\((number * 7919 + $0 * 104_729) % ($0 % 2 == 0 ? 90 : 12_000))"
        },
        triples: (0..<(number % 3 == 0 ? 3 : 2)).map { place in
          Triple(
            head: .span(Span(8 * place, 8 * place + 1)),
            relation: "relation\((number + place) % 200)",
            tail: .span(Span(8 * place + 5, 8 * place + 5)))
        })
    }
    return Split(sentences, sentences.enumerated().map { $1.predicted(by: $0) })
  }

  /// The result of systems that all predict the same.
  func result(_ names: [String]) throws -> EvaluationResult {
    let report = Evaluator().report(sentences: sentences, predictions: predictions)
    return try EvaluationResult(
      names.map { SystemScores(name: $0, runs: [SystemRun(source: $0, seed: nil, report: report)]) }
    )
  }

  /// The page of systems that all predict the same.
  func page(title: String = "title", names: [String] = ["A"], _ configuration: String? = nil) throws
    -> Page
  {
    Page(
      title: title, result: try result(names), sentences: sentences, predictions: predictions,
      configurations: names.map { _ in configuration })
  }
}

extension Sentence {
  /// A prediction with a probability for each triple, whose first one is wrong in a way that the number chooses.
  fileprivate func predicted(by number: Int) -> Prediction {
    var prediction = Prediction()
    for (place, triple) in triples.enumerated() {
      let other = Span(24, 24)
      let (head, tail) = (triple.head.span, triple.tail.span)
      let group: Prediction.Group? =
        switch (place, number % 7) {
        case (0, 0): Prediction.Group(head: tail, relation: triple.relation, tail: head)
        case (0, 1): Prediction.Group(head: head, relation: "other", tail: tail)
        case (0, 2): Prediction.Group(head: other, relation: triple.relation, tail: tail)
        case (0, 3): Prediction.Group(head: head, relation: triple.relation, tail: other)
        case (0, 4): Prediction.Group(head: nil, relation: triple.relation, tail: other)
        case (0, 5): Prediction.Group(head: other, relation: "other", tail: other)
        default: Prediction.Group(head: head, relation: triple.relation, tail: tail)
        }
      if let group { prediction.append(group, score: Float(1 + (number + place) % 9) / 10) }
    }
    return prediction
  }
}
