import Autodiff
import Tensors

/// One block of a transformer, normalised behind each half.
public struct TransformerBlock: Sendable {
  /// The first half.
  public let attention: SelfAttention
  /// The second half.
  public let feedForward: FeedForward
  /// The block's number, which names its streams of dropout.
  private let number: String

  /// Declares `layer.NN.att` and `layer.NN.ffn`.
  ///
  /// - Parameter index: the block's number, from 0.
  public init(_ index: Int, _ shape: TransformerShape, in layout: inout ParameterLayout) {
    number = index < 10 ? "0\(index)" : "\(index)"
    attention = SelfAttention("layer.\(number).att", shape, in: &layout)
    feedForward = FeedForward("layer.\(number).ffn", shape, in: &layout)
  }

  /// `y [rows, d]` of `x [rows, d]`.
  ///
  /// - Parameter cache: the keys and values of earlier positions, in inference.
  public func callAsFunction(
    _ x: Variable, _ pass: TransformerPass, cache: KeyValueCache? = nil, on tape: Tape
  ) -> Variable {
    feedForward(attention(x, pass, number, cache: cache, on: tape), pass, number, on: tape)
  }
}

/// A transformer encoder: embedding, then blocks (Devlin et al., *BERT*, NAACL 2019). What its rows attend to is a matter
/// of the pass, so that it serves taggers and generators alike.
public struct TransformerEncoder: Sendable {
  /// The sizes.
  public let shape: TransformerShape
  /// Below the blocks.
  public let embedding: TransformerEmbedding
  /// From the first to the last.
  public let blocks: [TransformerBlock]

  /// Declares `embed` and `layer.00`, `layer.01` and so on.
  public init(_ shape: TransformerShape, in layout: inout ParameterLayout) {
    self.shape = shape
    embedding = TransformerEmbedding("embed", shape, in: &layout)
    var blocks: [TransformerBlock] = []
    for index in 0..<shape.layers {
      blocks.append(TransformerBlock(index, shape, in: &layout))
    }
    self.blocks = blocks
  }

  /// The outputs of the last block, `[rows, d]`.
  ///
  /// - Parameters:
  ///   - recomputing: whether the backward pass runs each block anew, so that only its input is kept; no bit changes.
  ///   - visit: receives the embedding, then the outputs of each block.
  public func callAsFunction(
    _ ids: [Int], segments: [Int], _ pass: TransformerPass, recomputing: Bool = false,
    on tape: Tape, visit: (Variable) -> Void = { _ in }
  ) -> Variable {
    var x = embedding(ids, segments: segments, pass, on: tape)
    visit(x)
    for block in blocks {
      let input = x
      x =
        recomputing
        ? tape.recomputed { [block(input, pass, on: tape)] }[0] : block(input, pass, on: tape)
      visit(x)
    }
    return x
  }

  /// The outputs of the last block for positions that follow those of caches, in inference.
  ///
  /// - Parameters:
  ///   - positions: of each row, in the rows of the pass.
  ///   - caches: one for each block; the new positions are added.
  public func following(
    _ ids: [Int], positions: [Int], segments: [Int], _ pass: TransformerPass,
    caches: [KeyValueCache], on tape: Tape
  ) -> Variable {
    let x = embedding(ids, positions: positions, segments: segments, pass, on: tape)
    return zip(blocks, caches).reduce(x) { $1.0($0, pass, cache: $1.1, on: tape) }
  }
}
