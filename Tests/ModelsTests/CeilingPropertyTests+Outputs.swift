import Corpora

@testable import Models

extension CeilingPropertyTests {
  /// Random tags, or those of the gold triples; of EE likewise.
  static func output(
    of model: HMT, for input: WordInput, _ draws: inout Draws
  ) -> Prediction {
    func random(_ scheme: TagScheme) -> Tags {
      Tags((0..<input.length).map { _ in draws.number(0..<scheme.count) }, scheme)
    }
    let joint =
      draws.number(0..<2) == 0 ? model.jointTags(of: input).tags : random(model.jointScheme)
    let gold = draws.number(0..<2) == 0 ? model.entityTags(of: input) : nil
    var prediction = model.read(joint, entities: gold ?? random(model.entityScheme))
    prediction.tags = prediction.tags?.padded(to: input.sentence.tokens.count)
    return prediction
  }
}

extension CeilingPropertyTests {
  /// Random marks of subjects and of each one's objects, or those of the gold triples.
  static func output(
    of model: Cascade, for input: CascadeInput, _ draws: inout Draws
  ) -> Prediction {
    func spans(_ gold: [Span], _ draws: inout Draws) -> [Span] {
      func marks(_ gold: [Int], _ draws: inout Draws) -> [Int] {
        let isGold = draws.number(0..<2) == 0
        return (0..<input.length).filter {
          isGold ? gold.contains($0) : draws.number(0..<3) == 0
        }
      }
      return NearestEnd.spans(
        starts: marks(gold.map(\.start), &draws), ends: marks(gold.map(\.end), &draws))
    }
    var prediction = Prediction()
    for subject in spans(input.subjects.map(\.span), &draws) {
      let gold = input.subjects.first { $0.span == subject }?.objects ?? []
      for (relation, name) in relations.enumerated() {
        for object in spans(gold.filter { $0.relation == relation }.map(\.span), &draws) {
          prediction.append(Prediction.Group(head: subject, relation: name, tail: object))
        }
      }
    }
    return prediction
  }
}

extension CeilingPropertyTests {
  /// Random triples of what a row may write, half of them near the gold ones, as long as the limit allows.
  static func output(
    of model: WordSequence, for input: WordSequenceInput, _ draws: inout Draws
  ) -> Prediction {
    let entries = model.entries
    let tokens = input.sentence.tokens.prefix(input.length)
    func word(_ entry: Int, _ token: Int? = nil) -> WrittenWord {
      WrittenWord(entry: entry, label: TagScheme.outside, token: token, logProbability: 0)
    }
    func copied(_ position: Int) -> WrittenWord {
      let entry = entries.entry(of: tokens[position])
      let stands = entry == Vocabulary.unknown && model.options.copy != .none
      return word(entry, stands ? position : nil)
    }
    func name(_ gold: Argument?, _ draws: inout Draws) -> [WrittenWord] {
      if case .span(let span)? = gold, span.end < tokens.count { return span.range.map(copied) }
      if case .text(let text)? = gold, model.options.copy != .vocabulary {
        return ExactString(text).words.map { word(entries.entry(of: $0.value)) }
      }
      return (0...draws.number(0..<2)).map { _ in
        model.options.copy == .none && draws.number(0..<2) == 0
          ? word(draws.number(4..<7)) : copied(draws.number(0..<tokens.count))
      }
    }
    var written: [WrittenWord] = []
    let gold = input.sentence.triples
    for _ in 0..<draws.number(0..<5) {
      let near = gold.isEmpty || draws.number(0..<2) == 0 ? nil : gold[draws.number(0..<gold.count)]
      let relation =
        near.flatMap { entries.entry(ofRelation: $0.relation) }
        ?? entries.relationEntries.lowerBound + draws.number(0..<2)
      let triple =
        name(near?.head, &draws) + [word(WordEntries.semicolon)] + name(near?.tail, &draws)
        + [word(WordEntries.semicolon), word(relation)]
      let all = written + (written.isEmpty ? [] : [word(WordEntries.bar)]) + triple
      if all.count <= model.options.limit { written = all }
    }
    return model.read(written, of: input, scoring: false)
  }
}

extension CeilingPropertyTests {
  /// Random triples of pieces, half of them near the gold ones, as long as the limit allows.
  static func output(
    of model: Generative, for input: GenerativeInput, _ draws: inout Draws
  ) -> Prediction {
    let (sentence, text) = (input.sentence, model.text)
    func name(_ gold: Argument?, _ draws: inout Draws) -> [Int32] {
      let start = draws.number(0..<sentence.tokens.count)
      let end = min(start + draws.number(0..<2), sentence.tokens.count - 1)
      return text.tokenizer.ids(of: sentence.text(of: gold ?? .span(Span(start, end))))
    }
    var parts: [TripleParts<[Int32]>] = []
    let gold = sentence.triples
    for _ in 0..<draws.number(0..<5) {
      let near = gold.isEmpty || draws.number(0..<2) == 0 ? nil : gold[draws.number(0..<gold.count)]
      parts.append(
        TripleParts(
          head: name(near?.head, &draws), tail: name(near?.tail, &draws),
          relation: text.tokenizer.ids(of: near?.relation ?? relations[draws.number(0..<2)])))
      if text.grammar.text(of: parts).tokens.count > model.options.decodingLimit {
        parts.removeLast()
      }
    }
    var said = GeneratedTarget(source: input.source.ids, model.symbols)
    for id in text.grammar.text(of: parts).tokens { said.append(id, .outside, logProbability: nil) }
    return model.read(said, of: input)
  }
}

extension CeilingPropertyTests {
  /// The sentence with words that differ in letters or punctuation alone.
  static func respelled(_ sentence: Sentence) -> Sentence {
    func word(_ old: some StringProtocol) -> String {
      ["b": "A", "c": "a."][String(old)] ?? String(old)
    }
    func argument(_ old: Argument) -> Argument {
      guard case .text(let text) = old else { return old }
      return .text(text.split(separator: " ").map { word($0) }.joined(separator: " "))
    }
    return Sentence(
      id: sentence.id, tokens: sentence.tokens.map { word($0) }, entities: sentence.entities,
      triples: sentence.triples.map {
        Triple(head: argument($0.head), relation: $0.relation, tail: argument($0.tail))
      })
  }
}
