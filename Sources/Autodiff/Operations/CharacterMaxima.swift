import Kernels
import Tensors

extension Tape {
  /// The products of vectors with one third of a convolution's filters, `y = x Wᵀ + b` with some columns of `W`.
  ///
  /// Products are in float32 whatever the precision of others: the gradient of a character is summed over the sentences
  /// that share it, and what is rounded after that would depend on which sentences run together.
  ///
  /// - Parameters:
  ///   - x: `[characters, width]`.
  ///   - weight: `W`, `[filters, 3 · width]`.
  ///   - third: 0, 1 or 2.
  ///   - bias: `[1, filters]`.
  /// - Returns: `y`, `[characters, filters]`.
  package func third(
    _ third: Int, of weight: Parameter, bias: Parameter? = nil, times x: Variable
  ) -> Variable {
    let (width, filters) = (x.value.columns, weight.rows)
    precondition(weight.columns == 3 * width, "thirds of \(weight.columns) columns")
    let (w, first) = (values(weight), third * width)
    let y = variable(pool.uninitialized(x.value.rows, filters), rows: x.rows)
    for row in 0..<y.value.rows {
      for filter in 0..<filters {
        y.value[row, filter] = dot(x.value.row(row), w.row(filter) + first, count: width)
      }
    }
    if let bias {
      addRow(values(bias).pointer, to: y.value.pointer, rows: y.value.rows, columns: filters)
    }
    record(y) { dy, gradients in
      let (dw, dx) = (gradients.sums(for: weight), x.gradient)
      for row in 0..<dy.rows {
        let sums = dw[gradients.shard(of: x.rows, row)]
        for filter in 0..<filters where dy[row, filter] != 0 {
          add(x.value.row(row), times: dy[row, filter], to: sums.row(filter) + first, count: width)
          add(w.row(filter) + first, times: dy[row, filter], to: dx.row(row), count: width)
        }
      }
      if let bias { gradients.addColumnSums(dy, rows: x.rows, to: bias) }
    }
    return y
  }

  /// The largest value of each filter over a word's characters, rectified: a convolution of width 3 whose products are
  /// taken once for each distinct character, `y[w] = max(0, max_p left[c_p₋₁] + middle[c_p] + right[c_p₊₁])`.
  /// On ties the first position has the gradient.
  ///
  /// - Parameters:
  ///   - left: the product of each distinct character with the filters' first third, `[characters, filters]`; likewise
  ///     `middle`, with the bias, and `right`. Characters beyond the word's ends count as zero vectors.
  ///   - words: the characters of each word, as rows of these; not empty.
  ///   - rows: the sentence of each word.
  /// - Returns: `[words, filters]`.
  package func characterMaxima(
    left: Variable, middle: Variable, right: Variable, words: [[Int]], rows: RowMap
  ) -> Variable {
    let width = middle.value.columns
    let y = variable(pool.uninitialized(words.count, width), rows: rows)
    let winners = pool.uninitialized(words.count, width)
    let sums = pool.uninitialized(1, width).pointer
    y.value.fill(0)
    for (word, characters) in words.enumerated() {
      for position in characters.indices {
        sums.update(from: middle.value.row(characters[position]), count: width)
        if position > 0 { add(left.value.row(characters[position - 1]), to: sums, count: width) }
        if position + 1 < characters.count {
          add(right.value.row(characters[position + 1]), to: sums, count: width)
        }
        raise(
          y.value.row(word), to: sums, noting: Float(position), in: winners.row(word), count: width)
      }
    }
    record(y) { dy, _ in
      let (dl, dm, dr) = (left.gradient, middle.gradient, right.gradient)
      for (word, characters) in words.enumerated() {
        for k in 0..<width where y.value[word, k] > 0 {
          let (slope, position) = (dy[word, k], Int(winners[word, k]))
          dm[characters[position], k] += slope
          if position > 0 { dl[characters[position - 1], k] += slope }
          if position + 1 < characters.count { dr[characters[position + 1], k] += slope }
        }
      }
    }
    return y
  }
}
