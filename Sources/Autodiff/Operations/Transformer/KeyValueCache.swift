import Kernels
import Tensors

/// The keys and values of one layer for the positions of each sentence so far, so that a decoder computes those of new
/// positions alone.
public final class KeyValueCache {
  private var sentences: [CachedSentence] = []
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

  /// Adds positions of a sentence, which may be new.
  ///
  /// - Parameter qkv: queries, keys and values of the new positions, `[positions, 3 · width]`.
  func append(_ qkv: Matrix, sentence: Int) -> CachedSentence {
    if sentence == sentences.count {
      sentences.append(CachedSentence(width: qkv.columns / 3, pool))
    }
    sentences[sentence].append(qkv, pool)
    return sentences[sentence]
  }
}

/// The keys and values of a sentence's positions so far.
struct CachedSentence {
  /// `[width, capacity]`: a column a position, so that a query meets many positions at once.
  private var keys: Matrix
  /// `[capacity, width]`.
  private var values: Matrix
  /// The positions that have some.
  var count = 0

  init(width: Int, _ pool: MatrixPool) {
    (keys, values) = (pool.uninitialized(width, 0), pool.uninitialized(0, width))
  }

  mutating func append(_ qkv: Matrix, _ pool: MatrixPool) {
    let (width, first) = (values.columns, count)
    count += qkv.rows
    if count > values.rows { grow(pool) }
    for row in 0..<qkv.rows {
      let key = qkv.row(row) + width
      for c in 0..<width { keys.row(c)[first + row] = key[c] }
      values.row(first + row).update(from: key + width, count: width)
    }
  }

  private mutating func grow(_ pool: MatrixPool) {
    let capacity = (count + count / 4 + attentionRun) / attentionRun * attentionRun
    let (oldKeys, oldValues, known) = (keys, values, values.rows)
    keys = pool.uninitialized(values.columns, capacity)
    values = pool.uninitialized(capacity, values.columns)
    keys.columns(0..<known).assign(oldKeys)
    values.rows(0..<known).assign(oldValues)
  }

  /// One head's attention of the last positions.
  ///
  /// - Parameters:
  ///   - q: `[rows, width of the head]`.
  ///   - columns: the head's columns.
  ///   - y: `[rows, width of the head]`, out.
  func attend(
    _ q: Matrix, columns: Range<Int>, _ mask: AttentionMask, into y: Matrix, _ pool: MatrixPool
  ) {
    let p = pool.uninitialized(1, values.rows)
    for row in 0..<q.rows {
      let visible = mask.visible(count - q.rows + row, of: count)
      attentionScores(
        q.row(row), keys.row(columns.lowerBound), stride: keys.stride, width: q.columns,
        into: p.pointer, count: visible)
      scale(p.pointer, by: 1 / Float(q.columns).squareRoot(), count: visible)
      _ = softmax(p.pointer, count: visible)
      weightedSum(
        p.pointer, values.row(0) + columns.lowerBound, stride: values.stride, count: visible,
        into: y.row(row), width: q.columns)
    }
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
    let cached = (0..<layout.sentences).map {
      cache.append(qkv.value.rows(layout.rows(ofSentence: $0)), sentence: $0)
    }
    // Whole sentences need no cache: their rows share the packed keys and values of a product.
    if cached.enumerated().allSatisfy({ $1.count == layout.lengths[$0] }) {
      return selfAttention(qkv, heads: heads, layout: layout, masks: masks)
    }
    let y = variable(pool.uninitialized(layout.rows, width), rows: qkv.rows)
    for (sentence, known) in cached.enumerated() {
      let rows = layout.rows(ofSentence: sentence)
      for head in 0..<heads {
        let columns = head * width / heads..<(head + 1) * width / heads
        known.attend(
          qkv.value.rows(rows).columns(columns), columns: columns, masks[sentence],
          into: y.value.rows(rows).columns(columns), pool)
      }
    }
    return y
  }
}
