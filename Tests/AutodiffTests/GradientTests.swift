import Autodiff
import Tensors
import Testing

@Suite("Gradients of the tape's operations")
struct GradientTests {
  /// The step of the difference quotient `(8 (f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h`.
  ///
  /// Truncation is `h⁴/30 · f⁽⁵⁾`, 3·10⁻⁸ times a fifth derivative, which a sum over four steps of a
  /// recurrent layer can bring to some 10³. Rounding: each of up to 60 outputs of size 2 or less is off
  /// by a few 2⁻²⁴, which the quotient multiplies by `1.5/h = 48`; independent errors make
  /// `48 · 3·2⁻²⁴ · 2 · √60 = 1.3·10⁻⁴`.
  static let step: Float = 0x1p-5
  static let bound = 2e-4

  @Test("the gradient equals the central difference", arguments: OperationCase.all)
  func centralDifference(_ operation: OperationCase) {
    let point = operation.point
    let gradient = operation.gradient(at: point)
    var largest = 0.0
    let differences = point.indices.map { i in
      func value(_ steps: Float) -> Double {
        var moved = point
        moved[i] += steps * Self.step
        return operation.objective(at: moved)
      }
      let quotient =
        (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / Double(12 * Self.step)
      largest = max(largest, abs(quotient))
      return quotient
    }
    #expect(gradient.count == point.count)
    #expect(largest > 0.1, "an objective that depends on nothing shows nothing")
    let bound = Self.bound * max(1, largest)
    let wrong = point.indices.filter { !(abs(Double(gradient[$0]) - differences[$0]) <= bound) }
    #expect(
      wrong.isEmpty,
      """
      elements \(wrong): \(wrong.map { gradient[$0] }), central differences \
      \(wrong.map { differences[$0] })
      """)
  }

  @Test("gradients of parameters add to what the slab holds", arguments: OperationCase.all)
  func accumulation(_ operation: OperationCase) {
    let once = operation.gradient(at: operation.point)
    let twice = operation.gradient(at: operation.point, runs: 2)
    let inputs = operation.inputs.reduce(0) { $0 + $1.count }
    #expect(twice.prefix(inputs).elementsEqual(once.prefix(inputs)))
    let wrong = once.indices.dropFirst(inputs).filter {
      !(abs(twice[$0] - 2 * once[$0]) <= 1e-6 * max(1, abs(twice[$0])))
    }
    #expect(wrong.isEmpty, "elements \(wrong): \(wrong.map { twice[$0] / once[$0] }) times")
  }
}
