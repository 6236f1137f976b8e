import Kernels
import Tensors

extension Tape {
  /// Multi-head attention of each sentence's rows to each other, `softmax(q kᵀ / √width + mask) v` a head
  /// (Vaswani et al., *Attention is all you need*, NeurIPS 2017).
  ///
  /// Only the logarithm of each row's sum of exponentials is kept for the backward pass, which computes probabilities
  /// again.
  ///
  /// - Parameters:
  ///   - qkv: queries, keys and values beside each other, `[rows, 3 · heads · width]`, in the rows of `layout`.
  ///   - masks: of each sentence.
  ///   - dropout: of probabilities.
  /// - Returns: the heads beside each other, `[rows, heads · width]`.
  public func selfAttention(
    _ qkv: Variable, heads: Int, layout: SentenceLayout, masks: [AttentionMask],
    dropout: DropoutMask? = nil
  ) -> Variable {
    let width = qkv.value.columns / 3
    precondition(
      qkv.value.rows == layout.rows && masks.count == layout.sentences
        && qkv.value.columns == 3 * width && width % heads == 0,
      "attention of \(heads) heads over [\(qkv.value.rows), \(qkv.value.columns)]")
    let y = variable(pool.uninitialized(layout.rows, width), rows: qkv.rows)
    let logSums = pool.uninitialized(heads, layout.rows)
    let (pool, products) = (pool, products)
    func forEachHead(_ visit: (AttentionHead, _ place: (Range<Int>, Range<Int>, head: Int)) -> Void)
    {
      for sentence in layout.order {
        let rows = layout.rows(ofSentence: sentence)
        for head in 0..<heads {
          let columns = head * width / heads..<(head + 1) * width / heads
          let (q, k, v) = qkv.value.rows(rows).thirds(columns)
          visit(
            AttentionHead(
              q: q, k: k, v: v, mask: masks[sentence],
              dropout: dropout.map { ($0, sentence, head) }, products: products, pool: pool),
            (rows, columns, head))
        }
      }
    }
    forEachHead { attention, place in
      attention.forward(
        into: y.value.rows(place.0).columns(place.1),
        logSums: logSums.row(place.head) + place.0.lowerBound)
    }
    record(y) { dy, _ in
      forEachHead { attention, place in
        attention.backward(
          dy.rows(place.0).columns(place.1), of: y.value.rows(place.0).columns(place.1),
          logSums: logSums.row(place.head) + place.0.lowerBound,
          to: qkv.gradient.rows(place.0).thirds(place.1))
      }
    }
    return y
  }
}

extension Matrix {
  /// Some columns of each third of a matrix of queries, keys and values.
  fileprivate func thirds(_ columns: Range<Int>) -> (Matrix, Matrix, Matrix) {
    func part(_ index: Int) -> Matrix {
      let first = index * self.columns / 3 + columns.lowerBound
      return self.columns(first..<first + columns.count)
    }
    return (part(0), part(1), part(2))
  }
}
