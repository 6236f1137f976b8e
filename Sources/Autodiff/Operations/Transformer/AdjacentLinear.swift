import Kernels
import Tensors

extension Tape {
  /// Linear maps of one operand beside each other, `y = [x W₁ᵀ + b₁ ; x W₂ᵀ + b₂ ; …]`, as one product: the weights lie
  /// end to end among the parameters, and so do the biases.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`.
  ///   - weights: `[out, in]` each, declared one after the other.
  ///   - biases: `[out]` each, declared one after the other.
  public func linear(_ x: Variable, adjacent weights: [Parameter], biases: [Parameter]) -> Variable
  {
    let (whole, shift) = (adjacent(weights), adjacent(biases))
    let columns = weights.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.rows) }
    precondition(zip(weights, biases).allSatisfy { $0.rows == $1.count }, "biases of other weights")
    let weight = self.weight(
      parameters.matrix(
        at: whole.lowerBound, rows: columns[weights.count], columns: x.value.columns))
    let y = variable(pool.uninitialized(x.value.rows, weight.outputs), rows: x.rows)
    weight.forward(x.value, into: y.value)
    addRow(
      parameters.start + shift.lowerBound, to: y.value.pointer, rows: y.value.rows,
      columns: weight.outputs)
    record(y) { dy, gradients in
      let order = gradients.order(of: x.rows)
      let outputs = gradients.ordered(dy, as: .outputs, order)
      let inputs = gradients.ordered(x.value, as: .inputs, order)
      for (index, parameter) in weights.enumerated() {
        gradients.addProduct(outputs, inputs, to: parameter, columnsFrom: columns[index])
        gradients.addColumnSums(
          dy.columns(columns[index]..<columns[index + 1]), rows: x.rows, to: biases[index])
      }
      weight.backward(dy, into: x.gradient, adding: true)
    }
    return y
  }

  /// The range of parameters that lie end to end.
  private func adjacent(_ parts: [Parameter]) -> Range<Int> {
    precondition(
      zip(parts, parts.dropFirst()).allSatisfy {
        $0.values.upperBound == $1.offset && $0.columns == $1.columns
          || $0.rows == 1
            && $0.values.upperBound == $1.offset
      }, "parameters apart from each other: \(parts.map(\.name))")
    return parts[0].offset..<(parts.last?.values.upperBound ?? parts[0].values.upperBound)
  }
}
