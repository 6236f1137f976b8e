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
    let words = text.words(of: input.sentence, input.source)
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

  /// The limits of the output: relations and names that pieces spell, and that are read as they were; and the pieces of
  /// the target. The shortest triple has five pieces, and one parts it from the next.
  package func expressible(in input: GenerativeInput) -> Expressible {
    let (sentence, words) = (input.sentence, text.words(of: input.sentence, input.source))
    @Sendable func read(_ name: String) -> (isSame: Bool, span: Span?) {
      guard self.text.canWrite(name), let found = words.name(afterWriting: name) else {
        return (false, nil)
      }
      return (ExactString(found.text) == ExactString(name), found.span)
    }
    let room = min(options.decodingLimit, options.positions - input.source.count - 2)
    var form = Expressible(
      tokens: input.length, triples: min(Prediction.mostGroups, (room + 1) / 6),
      relation: { [text] in text.canWrite(relation: $0) },
      entity: { span in
        let found = read(sentence.text(of: .span(span)))
        return found.isSame && found.span ?? span == span
      })
    form.names = WrittenNames(
      separators: WordEntries.separators + [SpecialPiece.end.rawValue],
      fault: { [text] in text.fault(ofName: $0) },
      relationFault: { [text] in text.fault(ofRelation: $0) },
      canSpell: { [text] in text.canWrite($0) }, isReadBack: { read($0).isSame })
    form.names?.keepsSelfTriples = options.selfTriples == .keep
    return form
  }
}
