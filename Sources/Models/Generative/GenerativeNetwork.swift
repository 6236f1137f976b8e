import Autodiff
import Corpora
import Kernels
import Layers
import Randomness
import Tensors

/// The network of the generative model: a transformer over source and target, whose rows see the whole source and the
/// target so far; a head for tokens and one for their labels (Generative/README.md 7.4).
package struct GenerativeNetwork: Sendable {
  /// The parameters, in order of declaration.
  package let layout: ParameterLayout
  package let encoder: TransformerEncoder
  package let tokens: TokenHead
  /// The logits of ``CopyLabel``; `nil` in a model that copies nothing.
  package let labels: Projection?

  /// - Parameter hasLabels: whether there is a head for labels.
  package init(_ shape: TransformerShape, hasLabels: Bool) {
    var layout = ParameterLayout()
    encoder = TransformerEncoder(shape, in: &layout)
    tokens = TokenHead(
      "head.token", words: encoder.embedding.word, epsilon: shape.epsilon, in: &layout)
    labels =
      hasLabels ? Projection("head.bio", inputs: shape.hidden, outputs: 3, in: &layout) : nil
    self.layout = layout
  }

  /// The segments of source and target.
  static let (source, target) = (0, 1)

  /// The outputs of the last block for whole sentences, `[rows, d]`.
  ///
  /// - Parameters:
  ///   - pass: its rows are those of the sentences' ids.
  ///   - visit: receives the embedding, then the outputs of each block.
  package func hidden(
    _ batch: [ReadingTask], _ pass: TransformerPass, recomputing: Bool = false, on tape: Tape,
    visit: (Variable) -> Void = { _ in }
  ) -> Variable {
    let ids = pass.layout.packed { Int(batch[$0].ids[$1]) }
    let segments = pass.layout.packed { $1 < batch[$0].source ? Self.source : Self.target }
    return encoder(
      ids, segments: segments, pass, recomputing: recomputing, on: tape, visit: visit)
  }

  /// Adds the losses of what is asked of each sentence.
  ///
  /// - Parameters:
  ///   - terms: of tokens; where there is a head for labels, of these, and of the right labels of target and source,
  ///     as far as they are asked for.
  package func addLosses(
    _ batch: [ReadingTask], _ hidden: Variable, _ layout: SentenceLayout, to terms: [LossTerm],
    on tape: Tape
  ) {
    let questions = layout.order.flatMap { sentence in
      batch[sentence].questions.map {
        (layout.rows(ofSentence: sentence).lowerBound + $0.position, $0)
      }
    }
    guard !questions.isEmpty else { return }
    let rows = tape.gathered(hidden, rows: questions.map(\.0))
    tokens.addLoss(rows, targets: questions.map { Int($0.1.token) }, to: terms[0], on: tape)
    guard let labels else { return }
    let logits = labels(rows, on: tape)
    tape.addCrossEntropy(
      rowsOf: logits, targets: questions.map(\.1.label.rawValue), to: terms[1])
    for (term, isOfSource) in zip(terms.dropFirst(2), [false, true]) {
      term.addRight(
        rowsOf: logits,
        targets: questions.map { $0.1.isOfSource == isOfSource ? $0.1.label.rawValue : nil })
    }
  }
}

extension TransformerPass {
  /// A pass over whole sentences.
  ///
  /// - Parameter streams: the random stream of each sentence for a purpose; `nil` in inference.
  package init(
    over batch: [ReadingTask], dropout: Float = 0, streams: ((String) -> [CounterRandom])? = nil,
    on tape: Tape
  ) {
    self.init(
      layout: SentenceLayout(lengths: batch.map(\.ids.count), on: tape),
      masks: batch.map { .prefix($0.source) }, dropout: dropout, streams: streams)
  }
}
