import Autodiff
import Corpora
import Kernels
import Layers
import Tensors

/// An entry that a decoder has written.
package struct WrittenWord: Sendable {
  package let entry: Int
  /// Its BIO label; O in a model without labels.
  package let label: Int
  /// The token that stands for an unknown word; `nil` where there is none.
  package let token: Int?
  /// The logarithm of its probability among the entries that were allowed, with labels times that of its label; 0 where
  /// it was not asked for.
  let logProbability: Double
}

/// Writes the words of a batch, the best one at each step. Sentences leave the batch at their end, or at the limit.
package final class WordWriter {
  private let model: WordSequence
  private let isScoring: Bool
  private let run: WordDecoderRun
  private let tape: Tape
  private var sources: [WordSource]
  /// The sentences that go on.
  private var going: [Int]
  /// What each sentence of the batch has so far.
  package private(set) var written: [[WrittenWord]]

  /// - Parameter scoring: whether the probabilities of words are asked for.
  package init(
    _ model: WordSequence, _ inputs: [WordSequenceInput], _ encoded: WordSequence.Encoded,
    scoring: Bool = false, on tape: Tape
  ) {
    (self.model, isScoring, self.tape) = (model, scoring, tape)
    run = WordDecoderRun(
      model.decoder, outputs: encoded.outputs, layout: encoded.layout, on: tape)
    sources = inputs.map { WordSource($0.words.words, model.entries, model.options.copy) }
    going = Array(inputs.indices)
    written = inputs.map { _ in [] }
  }

  /// What one step computes.
  package struct Step {
    /// The sentences that it has.
    package let sentences: [Int]
    /// The layout of their tokens.
    package let layout: SequenceLayout
    /// The attention's scores, `[tokens, 1]`.
    package let attention: Variable
    /// `[sentences, entries]`.
    package let logits: Variable
    /// `[sentences, labels]`; `nil` in a model without labels.
    package let labelLogits: Variable?
    /// The entries that each may write.
    package let allowed: [AllowedWords]
  }

  /// Writes all words.
  func finish() -> [[WrittenWord]] {
    while step() != nil {}
    return written
  }

  /// Writes the next word of every sentence that goes on; `nil` where none does.
  @discardableResult
  package func step() -> Step? {
    guard !going.isEmpty else { return nil }
    let previous = going.map { written[$0].last?.entry ?? model.entries.start }
    let rows = RowMap(going.map { Int32($0) })
    let (state, attention) = run.step(model.words(previous, rows: rows, on: tape))
    let logits = model.decoder.output(state, on: tape)
    let labelLogits = model.decoder.labels.map { $0(state, on: tape) }
    let allowed = going.indices.map { place in
      let label = labelLogits.map {
        indexOfLargest($0.value.row(place), count: $0.value.columns)
      }
      return sources[going[place]].allowed(label: label)
    }
    let step = Step(
      sentences: going, layout: run.layout, attention: attention, logits: logits,
      labelLogits: labelLogits, allowed: allowed)
    for (place, sentence) in going.enumerated() {
      let word = choice(place, step)
      written[sentence].append(word)
      sources[sentence].append(word)
    }
    leave()
    return step
  }

  /// The best allowed entry of a sentence.
  private func choice(_ place: Int, _ step: Step) -> WrittenWord {
    let allowed = step.allowed[place]
    let logits = step.logits.value.row(place)
    let candidates = allowed.entries ?? model.entries.written
    let scores = candidates.map { logits[$0] }
    let best = indexOfLargest(scores, count: scores.count)
    var probability = 0.0
    if isScoring {
      probability = Kernels.logProbability(of: best, in: scores, count: scores.count)
      if let labels = step.labelLogits?.value, let label = allowed.label {
        probability += Kernels.logProbability(
          of: label, in: labels.row(place), count: labels.columns)
      }
    }
    return WrittenWord(
      entry: candidates[best], label: allowed.label ?? TagScheme.outside,
      token: candidates[best] == Vocabulary.unknown
        ? mostAttended(allowed.unknownTokens, place, step) : nil,
      logProbability: probability)
  }

  /// The token with the largest attention; the first of equal ones.
  private func mostAttended(_ tokens: [Int], _ place: Int, _ step: Step) -> Int? {
    let scores = tokens.map {
      step.attention.value[step.layout.row(sentence: place, position: $0), 0]
    }
    return scores.isEmpty ? nil : tokens[indexOfLargest(scores, count: scores.count)]
  }

  /// Lets sentences go that have ended, or reached the limit.
  private func leave() {
    let kept = going.indices.filter { place in
      let words = written[going[place]]
      return words.last?.entry != model.entries.end && words.count < model.options.limit
    }
    if !kept.isEmpty { run.keep(kept) }
    going = kept.map { going[$0] }
  }
}
