import Glibc

// Logarithms of probabilities in double precision: their sums are the scores of triples.

/// `log softmax(x)[index]`; a logit of minus infinity has no part in the sum.
package func logProbability(of index: Int, in x: UnsafePointer<Float>, count: Int) -> Double {
  let largest = Double(largest(x, count: count))
  var sum = 0.0
  for k in 0..<count { sum += exp(Double(x[k]) - largest) }
  return Double(x[index]) - largest - log(sum)
}

/// `log σ(x)`.
package func logProbability(ofLogit x: Float) -> Double {
  let x = Double(x)
  return x < 0 ? x - log1p(exp(x)) : -log1p(exp(-x))
}
