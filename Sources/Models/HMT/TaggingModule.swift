import Autodiff
import Layers
import Tensors

/// A module of HMT: a bidirectional encoder with peepholes, and a decoder that reads the tag vector of the token
/// before and makes that of a token, from left to right (HMT/README.md 5.1).
package struct TaggingModule: Sendable {
  package let encoder: BidirectionalEncoder
  /// The decoder's cell, an LSTM whose input is a tag vector.
  package let decoder: CellParameters
  /// `WT`, `bT`: from `[hEn ; hDe]` to a tag vector, `[q, 2d + d]`.
  package let vector: SplitLinear
  /// `Wy`, `by`: from a tag vector to scores, `[tags, q]`.
  package let output: Linear

  /// Declares the parameters below `name`.
  init(
    _ name: String, _ options: HMTOptions, inputs: Int, tags: Int, in layout: inout ParameterLayout
  ) {
    let (d, q) = (options.hidden, options.tagWidth)
    encoder = BidirectionalEncoder(
      "\(name).encoder", options.cellForm, inputs: inputs, width: d, merge: .concatenate,
      in: &layout)
    decoder = CellParameters("\(name).decoder", .lstm, inputs: q, width: d, in: &layout)
    vector = SplitLinear(
      "\(name).vector", left: encoder.outputWidth, right: d, outputs: q, in: &layout)
    output = Linear("\(name).output", inputs: q, outputs: tags, in: &layout)
  }

  /// What the module makes of the tokens of a batch.
  package struct Result {
    /// `hEn`, `[tokens, 2d]`.
    package let encoded: Variable
    /// `hDe` of each step, `[sentences with a token, d]`.
    package let hidden: [Variable]
    /// `T`, `[tokens, q]`.
    package let vectors: Variable
    /// The scores of tags, `[tokens, tags]`.
    package let scores: Variable
  }

  /// Encodes and tags a batch.
  ///
  /// What is no part of the recursion is one product over all tokens: the encoder's half of `WT`, and `Wy`.
  ///
  /// - Parameters:
  ///   - x: `[tokens, inputs]`.
  ///   - name: the name of the module in the purposes of random streams.
  func callAsFunction(
    _ x: Variable, layout: SequenceLayout, dropped: PassDropout, _ name: String, on tape: Tape
  ) -> Result {
    let encoded = encoder(dropped(x, "dropout of \(name) inputs"), layout: layout, on: tape).outputs
    let fromEncoder = vector.left(dropped(encoded, "dropout of \(name) encoder"), on: tape)
    let fromDecoder = vector.unrolledRight(rows: layout.rows, on: tape)
    let cell = UnrolledCell(decoder, rows: layout.rows, on: tape)
    let factors = dropped.factors(width: decoder.width, "dropout of \(name) decoder")
    func zeros(_ width: Int) -> Variable {
      tape.variable(tape.pool.zeros(layout.sentences, width), rows: layout.sentenceRows)
    }
    var state = CellState(hidden: zeros(decoder.width), cell: zeros(decoder.width))
    var last = zeros(vector.weight.rows)
    var (hidden, vectors): ([Variable], [Variable]) = ([], [])
    for step in 0..<layout.steps {
      let rows = layout.rows(at: step)
      state = cell.step(tape.rows(last, 0..<rows.count), from: state)
      let seen = factors.map { tape.multiplied(state.hidden, by: $0.rows(rows)) } ?? state.hidden
      last = tape.sum(tape.rows(fromEncoder, rows), fromDecoder.step(seen))
      hidden.append(state.hidden)
      vectors.append(last)
    }
    let all = tape.stacked(vectors)
    return Result(
      encoded: encoded, hidden: hidden, vectors: all, scores: output(all, on: tape))
  }
}
