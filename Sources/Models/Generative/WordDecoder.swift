import Autodiff
import Kernels
import Layers
import Tensors

/// The parameters of a decoder that writes words: an LSTM cell with additive attention, and the maps of its state to
/// entries and labels.
package struct WordDecoder: Sendable {
  /// The cell; it reads `[vector of the previous word ; context]`.
  package let cell: CellParameters
  /// `Wq h + Wc H_i + b`, the state's part first.
  package let attention: SplitLinear
  /// `v` of the attention's scores, `v · tanh(Wq h + Wc H_i + b)`, `[1, attentionWidth]`.
  package let attentionOutput: Parameter
  /// The logits of all entries.
  package let output: Linear
  /// The logits of an entry's label; `nil` in a model without labels.
  package let labels: Linear?

  /// Declares the parameters.
  ///
  /// - Parameters:
  ///   - width: the width of the encoder's outputs.
  ///   - labels: the number of labels; `nil` without.
  init(
    _ options: WordSequenceOptions, width: Int, entries: Int, labels: Int?,
    in layout: inout ParameterLayout
  ) {
    let (d, inner) = (options.hidden, options.attentionWidth)
    cell = CellParameters(
      "decoder", .lstm, inputs: options.embedding + width, width: d, in: &layout)
    attention = SplitLinear("attention", left: d, right: width, outputs: inner, in: &layout)
    attentionOutput = layout.declare(
      "attention.output", columns: inner, .uniform(bound: 1 / Float(inner).squareRoot()))
    output = Linear("output", inputs: d, outputs: entries, in: &layout)
    self.labels = labels.map {
      Linear("label.target", inputs: d, outputs: $0, in: &layout)
    }
  }
}

/// One run of a ``WordDecoder`` over a batch. Sentences leave it as they end.
package final class WordDecoderRun {
  private let decoder: WordDecoder
  private let tape: Tape
  /// The maps of all steps, whose gradients are one product each; `nil` in inference, where a step has its own.
  private let unrolled: Unrolled?
  /// The layout of the tokens of the sentences that go on.
  package private(set) var layout: SequenceLayout
  /// `H`, `[tokens, width]`.
  private var outputs: Variable
  /// `Wc H + b`, `[tokens, attentionWidth]`.
  private var keys: Variable
  private var state: CellState

  private struct Unrolled {
    let cell: UnrolledCell
    let query: UnrolledLinear

    init(_ decoder: WordDecoder, rows: Int, on tape: Tape) {
      cell = UnrolledCell(decoder.cell, rows: rows, on: tape)
      query = decoder.attention.unrolledLeft(rows: rows, on: tape)
    }
  }

  /// Starts with a state of zeros.
  ///
  /// - Parameters:
  ///   - outputs: `H`, `[tokens, width]`, in the rows of `layout`.
  ///   - rows: the rows of all steps together; `nil` in inference.
  package init(
    _ decoder: WordDecoder, outputs: Variable, layout: SequenceLayout, rows: Int? = nil,
    on tape: Tape
  ) {
    (self.decoder, self.outputs, self.layout, self.tape) = (decoder, outputs, layout, tape)
    keys = decoder.attention.right(outputs, on: tape)
    unrolled = rows.map { Unrolled(decoder, rows: $0, on: tape) }
    func zeros() -> Variable {
      tape.variable(
        tape.pool.zeros(layout.sentences, decoder.cell.width), rows: layout.sentenceRows)
    }
    state = CellState(hidden: zeros(), cell: zeros())
  }

  /// One step of all sentences that go on.
  ///
  /// - Parameter words: the vector of each one's previous word, `[sentences, dw]`.
  /// - Returns: the new states, `[sentences, d]`, and the attention's scores, `[tokens, 1]`.
  package func step(_ words: Variable) -> (hidden: Variable, scores: Variable) {
    let maps = unrolled ?? Unrolled(decoder, rows: layout.sentences, on: tape)
    let scores = tape.additiveScores(
      query: maps.query.step(state.hidden), keys: keys, weight: decoder.attentionOutput, bias: nil,
      function: .tanh, layout: layout)
    let context = tape.attended(scores: scores, values: outputs, layout: layout)
    state = maps.cell.step(tape.concatenated(words, context), from: state)
    return (state.hidden, scores)
  }

  /// Lets sentences leave; in training to be called between any two steps. Gradients of states then have the same sum
  /// whichever sentences run together: that of the step, plus what comes back from the next one.
  ///
  /// - Parameter kept: the places of those that go on, among those that went on so far.
  package func keep(_ kept: [Int]) {
    state = state.map { tape.gathered($0, rows: kept) }
    guard kept.count < layout.sentences else { return }
    let rest = SequenceLayout(lengths: kept.map { layout.lengths[$0] })
    let rows = rest.packed { layout.row(sentence: kept[$0], position: $1) }
    outputs = tape.gathered(outputs, rows: rows)
    keys = tape.gathered(keys, rows: rows)
    layout = rest
  }
}
