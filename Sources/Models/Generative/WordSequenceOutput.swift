import Autodiff
import Corpora
import Glibc
import Kernels
import Layers
import Tensors

extension WordSequence {
  package func predict(
    _ batch: [WordSequenceInput], scoring: Bool, on tape: Tape
  ) -> [Prediction] {
    let encoded = encoded(batch, streams: nil, on: tape)
    let written = WordWriter(self, batch, encoded, scoring: scoring, on: tape).finish()
    var predictions = zip(written, batch).map { read($0, of: $1, scoring: scoring) }
    guard let labels else { return predictions }
    let logits = labels(encoded.outputs, on: tape).value
    for sentence in batch.indices {
      predictions[sentence].tags = Tags(
        encoded.layout.rows(ofSentence: sentence).map {
          indexOfLargest(logits.row($0), count: logits.columns)
        }, .bio)
    }
    return predictions
  }

  /// The triples that written words spell. A head or tail with a word that stays unknown is an empty slot.
  func read(_ written: [WrittenWord], of input: WordSequenceInput, scoring: Bool) -> Prediction {
    var prediction = Prediction()
    let tokens = input.tokens
    let texts = written.map { word in
      word.token.map { tokens[$0].value } ?? entries.text(of: word.entry)
    }
    let said = written.map(\.entry).prefix { $0 != entries.end }
    for parts in grammar.parts(of: Array(said)) {
      let relation = texts[parts.relation].compactMap { $0 }.joined(separator: " ")
      guard vocabularies.relations.id(of: relation) != nil,
        !texts[parts.relation].contains(nil)
      else { continue }
      let group = Prediction.Group(
        head: argument(texts[parts.head], in: tokens), relation: relation,
        tail: argument(texts[parts.tail], in: tokens))
      if let head = group.head, let tail = group.tail,
        options.selfTriples.drops(head, tail, of: input.sentence)
      {
        continue
      }
      let steps = written[parts.head.lowerBound..<parts.relation.upperBound]
      let score = scoring ? Float(exp(steps.reduce(0) { $0 + $1.logProbability })) : nil
      guard prediction.append(group, score: score) else { break }
    }
    return prediction
  }

  /// The first place of words in the sentence, or their text; `nil` where one is unknown.
  private func argument(_ words: ArraySlice<String?>, in tokens: [ExactString]) -> Argument? {
    let known = words.compactMap { $0.map { ExactString($0) } }
    guard known.count == words.count else { return nil }
    return tokens.firstRun(of: known[...]).map { .span($0) }
      ?? .text(known.map(\.value).joined(separator: " "))
  }
}

extension WordSequence {
  /// The limits of the output: the length of the text, and names without a separator, of words of relations' names,
  /// of the vocabulary (LSTM), of the sentence (WordDec), or of either (LSTM + Copy). A name that the sentence holds is
  /// read at its first place there.
  package func expressible(in input: WordSequenceInput) -> Expressible {
    let tokens = input.tokens
    let own = options.copy == .none ? [] : Set(tokens)
    let names = WrittenNames(separators: WordEntries.separators, fault: WordEntries.fault(of:)) {
      [entries, copy = options.copy] name in
      ExactString(name).words.allSatisfy { word in
        let isKnown = copy != .vocabulary && entries.entry(of: word.value) != Vocabulary.unknown
        return isKnown || own.contains(word) || entries.isOfRelation(word.value)
      }
    }
    // The shortest triple has five entries, and one parts it from the next.
    var form = Expressible(
      tokens: input.length, triples: (options.limit + 1) / 6,
      relation: { [relations = vocabularies.relations] in relations.id(of: $0) != nil },
      entity: {
        names.contains(tokens[$0.range]) && tokens.firstRun(of: tokens[$0.range]) == $0
      })
    form.names = names
    form.names?.keepsSelfTriples = options.selfTriples == .keep
    return form
  }
}

extension [ExactString] {
  /// The first place of a run of words; `nil` where it does not occur.
  func firstRun(of run: ArraySlice<ExactString>) -> Span? {
    CommonRuns.first(of: run, in: self).map { Span($0, $0 + run.count - 1) }
  }
}
