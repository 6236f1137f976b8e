import Glibc
import TestSupport
import Testing

@testable import Tensors

/// Which of the products with a weight `W [out, in]`.
enum Way: CaseIterable {
  /// `y = x Wᵀ`.
  case forward
  /// `dx = dy W`.
  case backward

  func run(_ weight: Weight, _ x: Matrix, into y: Matrix, adding: Bool) {
    switch self {
    case .forward: weight.forward(x, into: y, adding: adding)
    case .backward: weight.backward(x, into: y, adding: adding)
    }
  }

  /// Columns of the operand and of the product.
  func widths(_ weight: Matrix) -> (operand: Int, product: Int) {
    self == .forward ? (weight.columns, weight.rows) : (weight.rows, weight.columns)
  }

  /// The element of `W` that operand column `k` and product column `j` meet in.
  func element(_ weight: Matrix, _ k: Int, _ j: Int) -> Float {
    self == .forward ? weight[j, k] : weight[k, j]
  }
}

/// A weight among the parameters, the whole of a matrix or a part of it.
struct WeightCase: Sendable, CustomTestStringConvertible {
  let rows: Int
  let columns: Int
  var rowPart: Range<Int>?
  var columnPart: Range<Int>?

  static let all = [
    WeightCase(rows: 1, columns: 1), WeightCase(rows: 3, columns: 5),
    WeightCase(rows: 17, columns: 31), WeightCase(rows: 64, columns: 24),
    WeightCase(rows: 129, columns: 7), WeightCase(rows: 5, columns: 301),
    WeightCase(rows: 3, columns: 1000), WeightCase(rows: 1000, columns: 3),
    WeightCase(rows: 45, columns: 19, rowPart: 30..<45),
    WeightCase(rows: 23, columns: 50, columnPart: 7..<40),
    WeightCase(rows: 36, columns: 33, rowPart: 1..<34, columnPart: 2..<19),
  ]

  var testDescription: String {
    "\(rows)×\(columns) rows \(rowPart ?? 0..<rows) columns \(columnPart ?? 0..<columns)"
  }

  /// A slab with other numbers before and behind the matrix, and the part of it that is the weight.
  func make(_ numbers: inout Numbers) -> (slab: Slab, weight: Matrix) {
    let slab = Slab(count: rows * columns + 24)
    for i in 0..<slab.count { slab.buffer[i] = numbers.float() }
    let whole = slab.matrix(at: 16, rows: rows, columns: columns)
    return (slab, whole.rows(rowPart ?? 0..<rows).columns(columnPart ?? 0..<columns))
  }
}

extension Products: CustomTestStringConvertible {
  /// As a test names its case.
  public var testDescription: String { "\(library) \(precision)" }

  /// An operand as the product reads it.
  func read(_ x: Float) -> Double { Double(precision == .bfloat16 ? roundedToBFloat16(x) : x) }

  func weight(_ values: Matrix, of slab: Slab) -> Weight {
    WeightStore(slab, products: self).weight(values)
  }
}

@Suite("Products with weights")
struct WeightTests {
  private static let rows = [1, 2, 7, 128, 129, 300]

  @Test(
    "products are those of float64", arguments: WeightCase.all, Products.tested)
  func products(_ test: WeightCase, _ products: Products) {
    var numbers = Numbers(seed: 3)
    let (slab, values) = test.make(&numbers)
    let weight = products.weight(values, of: slab)
    for way in Way.allCases {
      for rows in Self.rows where values.count < 2000 || rows < 3 || rows == 129 {
        for adding in [false, true] {
          check(way, weight, products, rows: rows, adding: adding, &numbers)
        }
      }
    }
  }

  /// Operand and product are parts of wider matrices; what lies beside the product must stay.
  ///
  /// A sum of k products in float32, in whatever order and with or without fused operations, is off by at
  /// most `γ = k u / (1 - k u)` times the sum of the products' magnitudes, u = 2⁻²⁴ (Higham, Accuracy and
  /// Stability of Numerical Algorithms, 3.1), with k + 1 for the number that is added to. Products of
  /// numbers of bfloat16 are exact in float32.
  private func check(
    _ way: Way, _ weight: Weight, _ products: Products, rows: Int, adding: Bool,
    _ numbers: inout Numbers
  ) {
    let pool = MatrixPool()
    let (inner, columns) = way.widths(weight.values)
    let x = pool.matrix(rows, inner + 3, numbers.floats(rows * (inner + 3)))
      .columns(2..<inner + 2)
    let wide = pool.matrix(rows, columns + 2, numbers.floats(rows * (columns + 2)))
    let before = wide.elements
    way.run(weight, x, into: wide.columns(1..<columns + 1), adding: adding)
    let terms = Double(inner + (adding ? 1 : 0))
    let bound = terms * 0x1p-24 / (1 - terms * 0x1p-24)
    let w = (0..<inner * columns).map {
      products.read(way.element(weight.values, $0 / columns, $0 % columns))
    }
    var (wrong, worst) = (0, 0.0)
    for r in 0..<rows {
      let operand = (0..<inner).map { products.read(x[r, $0]) }
      for j in 0..<columns {
        let start = adding ? Double(before[r * (columns + 2) + 1 + j]) : 0
        var (sum, size) = (start, abs(start))
        for k in 0..<inner {
          let product = operand[k] * w[k * columns + j]
          sum += product
          size += abs(product)
        }
        let error = abs(Double(wide[r, 1 + j]) - sum)
        if !(error <= bound * size) { wrong += 1 }
        worst = max(worst, error)
      }
      for beside in [0, columns + 1] where wide[r, beside] != before[r * (columns + 2) + beside] {
        wrong += 1
      }
    }
    #expect(wrong == 0, "\(way), \(rows) rows, adding \(adding): \(wrong), up to \(worst)")
  }

  /// What makes results independent of the numbers of ranks and threads. OpenBLAS promises nothing.
  @Test(
    "each row is the same in bits as when it is alone",
    arguments: WeightCase.all, Products.tested.filter(\.library.keepsRowsApart))
  func rowsApart(_ test: WeightCase, _ products: Products) {
    var numbers = Numbers(seed: 4)
    let (slab, values) = test.make(&numbers)
    let weight = products.weight(values, of: slab)
    let pool = MatrixPool()
    for (way, adding) in [(Way.forward, false), (.forward, true), (.backward, false)] {
      let (inner, columns) = way.widths(values)
      let x = pool.matrix(140, inner, numbers.floats(140 * inner))
      let start = pool.matrix(140, columns, numbers.floats(140 * columns))
      func product(_ rows: Range<Int>) -> Matrix {
        let y = pool.uninitialized(rows.count, columns)
        y.assign(start.rows(rows))
        way.run(weight, x.rows(rows), into: y, adding: adding)
        return y
      }
      let alone = pool.uninitialized(140, columns)
      for row in 0..<140 { alone.rows(row..<row + 1).assign(product(row..<row + 1)) }
      let differing = (1...140).filter {
        memcmp(product(0..<$0).pointer, alone.pointer, 4 * $0 * columns) != 0
      }
      #expect(differing == [], "\(way), adding \(adding)")
    }
  }

  /// A row alone is the same row whether its matrix is a part of a wider one or not; what the library makes
  /// for the one must not serve the other with another order of additions.
  @Test(
    "a row's bits do not depend on products of parts that came before",
    arguments: Products.tested.filter(\.library.keepsRowsApart))
  func partsBefore(_ products: Products) {
    var numbers = Numbers(seed: 8)
    let (slab, values) = WeightCase(rows: 11, columns: 59).make(&numbers)
    let weight = products.weight(values, of: slab)
    let pool = MatrixPool()
    let wide = pool.matrix(2, 61, numbers.floats(122))
    let x = pool.uninitialized(2, 59)
    x.assign(wide.columns(1..<60))
    let (part, alone, both) = (pool.zeros(1, 11), pool.zeros(1, 11), pool.zeros(2, 11))
    weight.forward(wide.columns(1..<60).rows(0..<1), into: part)
    weight.forward(x.rows(0..<1), into: alone)
    weight.forward(x, into: both)
    #expect(alone.elements == both.rows(0..<1).elements)
    #expect(part.elements == alone.elements)
    let parts = pool.zeros(2, 11)
    weight.forward(wide.columns(1..<60), into: parts)
    #expect(parts.elements == both.elements)
  }

  @Test("rows that are rounded already give the same bits as those that are not")
  func roundedRows() {
    guard Precision.tested.contains(.bfloat16) else { return }
    var numbers = Numbers(seed: 5)
    let (slab, values) = WeightCase(rows: 17, columns: 31).make(&numbers)
    let weight = Products(precision: .bfloat16).weight(values, of: slab)
    let pool = MatrixPool()
    let x = pool.matrix(133, 31, numbers.floats(133 * 31))
    let half = pool.uninitializedBFloat(133, 31)
    half.assign(x)
    let (y, z) = (pool.zeros(133, 17), pool.zeros(133, 17))
    weight.forward(x, into: y)
    weight.forward(.bfloat16(half), into: z)
    #expect(y.elements == z.elements)
    let (dx, dz) = (pool.zeros(133, 31), pool.zeros(133, 31))
    let halfY = pool.uninitializedBFloat(133, 17)
    halfY.assign(y)
    weight.backward(y, into: dx)
    weight.backward(.bfloat16(halfY), into: dz)
    #expect(dx.elements == dz.elements)
  }

  /// Small integers, whose products and sums are exact in either precision.
  @Test("new values count from the refresh on", arguments: Products.tested, [1, 3])
  func refresh(products: Products, threads: Int) {
    let slab = Slab(count: 64)
    let store = WeightStore(slab, products: products)
    let weights = [
      slab.matrix(at: 0, rows: 4, columns: 6), slab.matrix(at: 24, rows: 3, columns: 6),
      slab.matrix(at: 0, rows: 4, columns: 6).columns(2..<5),
    ].map { store.weight($0) }
    func fill(_ factor: Int) { for i in 0..<64 { slab.buffer[i] = Float(factor * (i % 7 - 3)) } }
    let pool = MatrixPool()
    func values() -> [[Float]] {
      weights.flatMap { weight in
        Way.allCases.map { way in
          let (inner, columns) = way.widths(weight.values)
          let x = pool.matrix(2, inner, (0..<2 * inner).map { Float($0 - 4) })
          let y = pool.zeros(2, columns)
          way.run(weight, x, into: y, adding: false)
          return y.elements
        }
      }
    }
    fill(1)
    let old = values()
    #expect(old.allSatisfy { $0.contains { $0 != 0 } })
    fill(-5)
    if products.library != .openblas { #expect(values() == old) }
    store.refresh(on: ThreadTeam(threads))
    #expect(values() == old.map { $0.map { -5 * $0 } })
  }

  @Test("a store has one weight for one place and shape")
  func places() {
    let slab = Slab(count: 60)
    let store = WeightStore(slab)
    let matrix = slab.matrix(at: 0, rows: 6, columns: 10)
    #expect(store.weight(matrix) === store.weight(matrix))
    #expect(store.weight(matrix.rows(0..<3)) !== store.weight(matrix))
    #expect(store.weight(matrix.columns(0..<5)) !== store.weight(matrix))
  }
}

@Suite("Gradients of weights")
struct WeightGradientTests {
  /// `dyᵀ x` over some rows and outputs, into a part of a wider matrix; bounds as for the products.
  @Test("a tile is the sum of float64", arguments: Products.tested)
  func tiles(products: Products) {
    let pool = MatrixPool()
    var numbers = Numbers(seed: 6)
    let (dy, x) = (
      pool.matrix(300, 37, numbers.floats(300 * 37)), pool.matrix(300, 21, numbers.floats(300 * 21))
    )
    for rows in [0..<0, 0..<1, 5..<22, 0..<300, 299..<300] {
      for outputs in [0..<37, 3..<4, 16..<37] {
        for adding in [false, true] {
          let wide = pool.matrix(outputs.count, 24, numbers.floats(outputs.count * 24))
          let before = wide.elements
          products.gradient(
            of: operand(dy, .outputs, products, pool), outputs: outputs,
            operand(x, .inputs, products, pool), rows: rows, into: wide.columns(2..<23),
            adding: adding)
          let terms = Double(rows.count + (adding ? 1 : 0))
          let bound = terms * 0x1p-24 / (1 - terms * 0x1p-24)
          var wrong = 0
          for (o, output) in outputs.enumerated() {
            for i in 0..<21 {
              let start = adding ? Double(before[o * 24 + 2 + i]) : 0
              let factors = rows.map { products.read(dy[$0, output]) * products.read(x[$0, i]) }
              let sum = factors.reduce(start, +)
              let size = factors.reduce(abs(start)) { $0 + abs($1) }
              if !(abs(Double(wide[o, 2 + i]) - sum) <= bound * size) { wrong += 1 }
            }
            for c in [0, 1, 23] where wide[o, c] != before[o * 24 + c] { wrong += 1 }
          }
          #expect(wrong == 0, "rows \(rows), outputs \(outputs), adding \(adding)")
        }
      }
    }
  }

  private func operand(
    _ x: Matrix, _ role: ProductOperand.Role, _ products: Products, _ pool: MatrixPool
  ) -> ProductOperand {
    let rows = pool.uninitialized(role, rows: x.rows, columns: x.columns, products: products)
    for row in 0..<x.rows { rows.set(row, to: row, of: .float32(x)) }
    return rows
  }
}
