import Corpora
import Typesetting

extension Faults {
  /// The first faults of each kind over their sentences: entities stand in brackets, `[…]h` a head, `[…]t` a tail.
  ///
  /// - Parameters:
  ///   - count: faults of each kind, at most.
  ///   - sentences: the split.
  ///   - width: columns of the terminal; `nil` for lines of any length.
  public func drawn(_ count: Int, over sentences: [Sentence], width: Int?) -> String {
    let lines = FaultKind.allCases.flatMap { kind -> [String] in
      let all = list.filter { $0.kind == kind }
      return all.prefix(count).enumerated().flatMap { number, fault in
        ["\(kind.rawValue) \(number + 1) of \(all.count): sentence \(sentences[fault.sentence].id)"]
          + fault.lines(over: sentences[fault.sentence], width: width)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension Fault {
  /// The sentence with each triple's entities, and the triple below it.
  fileprivate func lines(over sentence: Sentence, width: Int?) -> [String] {
    let triples = [
      ("predicted", predicted?.head, predicted?.relation, predicted?.tail),
      ("gold", gold?.head, gold?.relation, gold?.tail),
    ]
    let shown = triples.filter { $0.1 != nil || $0.2 != nil || $0.3 != nil }
    return shown.flatMap { name, head, relation, tail -> [String] in
      func text(_ argument: Argument?) -> String { argument.map(sentence.text(of:)) ?? "-" }
      let fact = "\(name): (\(text(head)), \(relation ?? "-"), \(text(tail)))"
      let places = sentence.marked(head?.span, "h", tail?.span, "t")
      return
        (Lines.wrapped(places, to: width.map { $0 - 2 })
        + Lines.wrapped(fact, to: width.map { $0 - 2 }))
        .map { "  " + $0 }
    }
  }
}

extension Sentence {
  /// The tokens with two spans in brackets.
  fileprivate func marked(
    _ first: Span?, _ firstMark: String, _ second: Span?, _ secondMark: String
  ) -> String {
    tokens.enumerated().map { index, token in
      let spans = [(first, firstMark), (second, secondMark)]
      let opening = spans.filter { $0.0?.start == index }.map { _ in "[" }.joined()
      let closing = spans.filter { $0.0?.end == index }.map { "]\($0.1)" }.joined()
      return opening + token + closing
    }.joined(separator: " ")
  }
}
