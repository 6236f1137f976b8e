import Kernels
import Tensors

extension Tape {
  /// The products of vectors with one third of a convolution's filters, `y = x Wᵀ` with some columns of `W`.
  ///
  /// Products are in float32 whatever the precision of others: the gradient of a character is summed over the sentences
  /// that share it, and what is rounded after that would depend on which sentences run together.
  ///
  /// - Parameters:
  ///   - x: `[characters, width]`.
  ///   - weight: `W`, `[filters, 3 · width]`.
  ///   - third: 0, 1 or 2.
  /// - Returns: `y`, `[characters, filters]`.
  package func third(_ third: Int, of weight: Parameter, times x: Variable) -> Variable {
    let (width, filters) = (x.value.columns, weight.rows)
    precondition(weight.columns == 3 * width, "thirds of \(weight.columns) columns")
    let (w, first) = (values(weight), third * width)
    let y = variable(pool.uninitialized(x.value.rows, filters), rows: x.rows)
    for row in 0..<y.value.rows {
      for filter in 0..<filters {
        y.value[row, filter] = dot(x.value.row(row), w.row(filter) + first, count: width)
      }
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
    }
    return y
  }

  /// The largest value of each filter over a word's positions: a convolution of width 3 whose products are taken once
  /// for each distinct character, `y[w] = max_p left[c_p₋₁] + middle[c_p] + right[c_p₊₁]`. On ties the first position
  /// has the gradient.
  ///
  /// - Parameters:
  ///   - left: the product of each distinct character with the filters' first third, `[characters, filters]`; likewise
  ///     `middle` and `right`. Characters beyond the word's ends count as zero vectors.
  ///   - words: the characters of each word, as rows of these; not empty.
  ///   - margin: zero vectors on each side of a word, 1 or more: with 1 the positions are those of its characters.
  ///   - rows: the sentence of each word.
  /// - Returns: `[words, filters]`.
  package func characterMaxima(
    left: Variable, middle: Variable, right: Variable, words: [[Int]], margin: Int, rows: RowMap
  ) -> Variable {
    let width = middle.value.columns
    let y = variable(pool.uninitialized(words.count, width), rows: rows)
    let winners = pool.zeros(words.count, width)
    let sums = pool.uninitialized(1, width)
    y.value.fill(-.infinity)
    for (word, characters) in words.enumerated() {
      for position in (1 - margin)..<characters.count + margin - 1 {
        sums.fill(0)
        for (part, place) in [(left, position - 1), (middle, position), (right, position + 1)]
        where characters.indices.contains(place) {
          add(part.value.row(characters[place]), to: sums.pointer, count: width)
        }
        raise(
          y.value.row(word), to: sums.pointer, noting: Float(position), in: winners.row(word),
          count: width)
      }
    }
    record(y) { dy, _ in
      let (dl, dm, dr) = (left.gradient, middle.gradient, right.gradient)
      for (word, characters) in words.enumerated() {
        for k in 0..<width where dy[word, k] != 0 {
          let position = Int(winners[word, k])
          for (part, place) in [(dl, position - 1), (dm, position), (dr, position + 1)]
          where characters.indices.contains(place) {
            part[characters[place], k] += dy[word, k]
          }
        }
      }
    }
    return y
  }
}
