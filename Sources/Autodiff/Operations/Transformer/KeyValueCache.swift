import Kernels
import Tensors

/// The keys and values of one layer for the positions of each sentence so far, so that a decoder computes those of new
/// positions alone.
public final class KeyValueCache {
  /// Keys and values beside each other, `[capacity, 2 · width]`, and the positions that have some.
  private var sentences: [(matrix: Matrix, count: Int)] = []
  private let pool: MatrixPool

  /// A cache without sentences; the first pass adds them.
  ///
  /// - Parameter tape: the tape of all passes.
  public init(on tape: Tape) { pool = tape.pool }

  /// Forgets the last positions of each sentence.
  public func removeLast(_ positions: Int) {
    for sentence in sentences.indices { sentences[sentence].count -= positions }
  }

  /// Keeps some of the sentences, in this order.
  public func keep(_ kept: [Int]) { sentences = kept.map { sentences[$0] } }

  /// Adds positions of a sentence.
  ///
  /// - Parameter qkv: queries, keys and values of the new positions, `[positions, 3 · width]`.
  /// - Returns: the keys and values of all positions, `[positions so far, width]` each.
  func append(_ qkv: Matrix, sentence: Int) -> (keys: Matrix, values: Matrix) {
    let width = qkv.columns / 3
    if sentence == sentences.count { sentences.append((pool.uninitialized(0, 2 * width), 0)) }
    let (old, count) = sentences[sentence]
    let end = count + qkv.rows
    if end > old.rows {
      let larger = pool.uninitialized(end + max(16, end / 4), 2 * width)
      larger.rows(0..<count).assign(old.rows(0..<count))
      sentences[sentence].matrix = larger
    }
    let matrix = sentences[sentence].matrix
    matrix.rows(count..<end).assign(qkv.columns(width..<3 * width))
    sentences[sentence].count = end
    let all = matrix.rows(0..<end)
    return (all.columns(0..<width), all.columns(width..<2 * width))
  }
}

extension Tape {
  /// The attention of ``selfAttention(_:heads:layout:masks:dropout:)`` for positions that follow those of a cache, in
  /// inference. Rows of a source attend to the whole of it, so that its positions come in one pass.
  ///
  /// - Parameters:
  ///   - qkv: queries, keys and values of new positions, `[rows, 3 · heads · width]`.
  ///   - layout: the new rows of each sentence.
  public func cachedAttention(
    _ qkv: Variable, heads: Int, layout: SentenceLayout, masks: [AttentionMask],
    cache: KeyValueCache
  ) -> Variable {
    precondition(!isTraining, "a cache in training")
    let width = qkv.value.columns / 3
    let y = variable(pool.uninitialized(layout.rows, width), rows: qkv.rows)
    for sentence in 0..<layout.sentences {
      let rows = layout.rows(ofSentence: sentence)
      let (keys, values) = cache.append(qkv.value.rows(rows), sentence: sentence)
      for head in 0..<heads {
        let columns = head * width / heads..<(head + 1) * width / heads
        let attention = AttentionHead(
          q: qkv.value.rows(rows).columns(columns), k: keys.columns(columns),
          v: values.columns(columns), mask: masks[sentence], products: products, pool: pool)
        let found = y.value.rows(rows).columns(columns)
        if rows.count <= 4 {
          attention.forwardOfFew(into: found)
        } else {
          attention.forward(into: found)
        }
      }
    }
    return y
  }
}
