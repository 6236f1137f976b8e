import Synchronization

/// A weight `W [out, in]` and the products with it, whichever library multiplies.
///
/// Where ``ProductLibrary/keepsRowsApart``, each row of a product depends on the same row of its operand
/// alone, bit for bit.
public final class Weight: Sendable {
  /// `W`, `[out, in]`; a part of a wider matrix is allowed.
  nonisolated(unsafe) public let values: Matrix
  private let products: Products
  /// `Wᵀ` for forward products, `W` for backward ones, each made when it is first needed.
  private let packed = Mutex<(forward: (any PackedWeights)?, backward: (any PackedWeights)?)>(
    (nil, nil))

  /// A weight for products by OpenBLAS, which read the values where they are: they may change in between.
  public convenience init(_ values: Matrix) {
    self.init(values, Products(.openblas))
  }

  /// A weight that is packed once for many products, where the library reads packed weights, and again when
  /// ``WeightStore/refresh(on:member:of:)`` says that the values have changed.
  init(_ values: Matrix, _ products: Products) {
    self.values = values
    self.products = products
  }

  /// Width of the products forward.
  public var outputs: Int { values.rows }
  /// Width of the products backward.
  public var inputs: Int { values.columns }

  /// `y = x Wᵀ`, or `y += x Wᵀ`: `x [rows, in]`, `y [rows, out]`.
  public func forward(_ x: Matrix, into y: Matrix, adding: Bool = false) {
    forward(.float32(x), into: y, adding: adding)
  }

  /// The same of an operand that is rounded already, where the weight has this precision.
  public func forward(_ x: ProductOperand, into y: Matrix, adding: Bool = false) {
    precondition(
      x.columns == inputs && y.columns == outputs && x.rows == y.rows,
      "[\(x.rows), \(x.columns)] through [\(outputs), \(inputs)] into [\(y.rows), \(y.columns)]")
    multiply(x, transposed: true, into: y, adding: adding)
  }

  /// `dx = dy W`, or `dx += dy W`: `dy [rows, out]`, `dx [rows, in]`.
  public func backward(_ dy: Matrix, into dx: Matrix, adding: Bool = false) {
    backward(.float32(dy), into: dx, adding: adding)
  }

  /// The same of an operand that is rounded already, where the weight has this precision.
  public func backward(_ dy: ProductOperand, into dx: Matrix, adding: Bool = false) {
    precondition(
      dy.columns == outputs && dx.columns == inputs && dx.rows == dy.rows,
      "[\(dy.rows), \(dy.columns)] back through [\(outputs), \(inputs)] into [\(dx.rows), \(dx.columns)]"
    )
    multiply(dy, transposed: false, into: dx, adding: adding)
  }

  private func multiply(_ x: ProductOperand, transposed: Bool, into y: Matrix, adding: Bool) {
    guard products.library == .openblas else {
      return packedForm(transposed: transposed).multiply(x, into: y, adding: adding)
    }
    guard case .float32(let x) = x else {
      preconditionFailure("an operand that is rounded or in panels")
    }
    BLAS.multiply(
      x, values, transposing: transposed ? .second : .neither, into: y, adding: adding)
  }
}

extension Weight {
  /// The packed form for forward products, `transposed`, or for backward ones.
  func packedForm(transposed: Bool) -> any PackedWeights {
    packed.withLock { forms in
      if let known = transposed ? forms.forward : forms.backward { return known }
      let fresh = products.packed(values, transposed: transposed)
      if transposed { forms.forward = fresh } else { forms.backward = fresh }
      return fresh
    }
  }

  /// The forms that are there, each of which is packed by itself.
  var packedForms: [any PackedWeights] {
    packed.withLock { [$0.forward, $0.backward].compactMap { $0 } }
  }
}
