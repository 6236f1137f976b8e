import Autodiff
import Corpora
import Glibc
import Tensors

extension Generative {
  package func predict(
    _ batch: [GenerativeInput], scoring: Bool, on tape: Tape
  ) -> [Prediction] {
    let decoder = GreedyDecoder(
      network, symbols, options.objective, limit: options.decodingLimit,
      copies: options.copy == .bio)
    let targets = decoder.targets(for: batch.map(\.source.ids), scoring: scoring, on: tape)
    return zip(batch, targets).map { input, target in
      var prediction = read(target, of: input)
      if labelsSources { prediction.tags = tags(target.sourceLabels, of: input) }
      return prediction
    }
  }

  /// Whether training labels the source.
  var labelsSources: Bool {
    options.copy == .bio && options.objective == .mask && options.maskSegments == .both
  }

  /// The triples that generated pieces spell, with the probabilities of their pieces where there are any.
  func read(_ target: GeneratedTarget, of input: GenerativeInput) -> Prediction {
    let words = SourceWords(input.sentence, input.source, text.tokenizer)
    let said = Array(target.tokens.prefix { $0 != symbols.end })
    var prediction = Prediction()
    for parts in text.grammar.parts(of: said) {
      let range = parts.head.lowerBound..<parts.relation.upperBound
      guard let triple = text.triples(in: Array(said[range]), source: words).first,
        !options.selfTriples.drops(triple.head, triple.tail, of: input.sentence)
      else { continue }
      let score =
        target.logProbabilities.isEmpty
        ? nil : Float(exp(target.logProbabilities[range].reduce(0, +)))
      let group = Prediction.Group(
        head: triple.head, relation: triple.relation, tail: triple.tail)
      guard prediction.append(group, score: score) else { break }
    }
    return prediction
  }

  /// The tags of tokens: those of their first pieces.
  private func tags(_ labels: [CopyLabel], of input: GenerativeInput) -> Tags {
    var values = [Int](repeating: TagScheme.outside, count: input.length)
    for (word, label) in zip(input.source.words, labels).reversed() {
      values[Int(word)] = label.rawValue
    }
    return Tags(values, .bio)
  }

  /// The limits of the output: relations and names that pieces spell, and the pieces of the target. The shortest triple has five pieces, and one parts it from the next.
  package func expressible(in input: GenerativeInput) -> Expressible {
    let tokens = input.sentence.tokens.prefix(input.length).map { ExactString($0) }
    let names = WrittenNames(
      separators: WordEntries.separators, canWrite: { [text] in text.canWrite($0) },
      holdsSeparator: { [text] in text.holdsSeparator($0) },
      canTeachRelation: { [text] in !text.holdsSeparator(relation: $0) })
    let room = min(options.decodingLimit, options.positions - input.source.count - 2)
    var form = Expressible(
      tokens: input.length, triples: min(Prediction.mostGroups, (room + 1) / 6),
      relation: { [text] in text.canWrite(relation: $0) },
      entity: {
        names.contains(Array(tokens[$0.range])) && tokens.firstRun(of: tokens[$0.range]) == $0
      })
    form.names = names
    form.names?.keepsSelfTriples = options.selfTriples == .keep
    return form
  }
}
