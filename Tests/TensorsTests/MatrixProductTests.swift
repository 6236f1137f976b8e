import TestSupport
import Testing

@testable import Tensors

/// The size of a product `[m, k]·[k, n]`; panels have 16 or 32 columns, runs 128 rows.
struct ProductSize: Sendable, CustomTestStringConvertible {
  let (m, k, n): (Int, Int, Int)
  var testDescription: String { "[\(m), \(k)]·[\(k), \(n)]" }

  init(_ m: Int, _ k: Int, _ n: Int) { (self.m, self.k, self.n) = (m, k, n) }

  static let all = [
    ProductSize(1, 1, 1), ProductSize(3, 5, 7), ProductSize(1, 9, 33), ProductSize(9, 4, 1),
    ProductSize(17, 31, 16), ProductSize(130, 3, 47), ProductSize(5, 350, 40), ProductSize(2, 0, 3),
    ProductSize(0, 3, 2), ProductSize(3, 2, 0),
  ]
}

@Suite("Products of two matrices")
struct MatrixProductTests {
  /// A matrix of so many rows and columns in the middle of one that is wider and higher.
  private static func part(
    _ rows: Int, _ columns: Int, _ pool: MatrixPool, _ numbers: inout Numbers
  ) -> (whole: Matrix, part: Matrix) {
    let whole = pool.matrix(rows + 2, columns + 5, numbers.floats((rows + 2) * (columns + 5)))
    return (whole, whole.rows(1..<rows + 1).columns(2..<columns + 2))
  }

  /// Every operand is a part of a wider matrix; what lies beside the product must stay. The bound is that of the
  /// products with weights.
  @Test(
    "each is that of a loop in float64", arguments: ProductSize.all,
    ProductLibrary.allCases.filter(\.isSupported))
  func products(_ size: ProductSize, _ library: ProductLibrary) {
    var numbers = Numbers(seed: 11)
    let pool = MatrixPool()
    for transposing in Transposition.allCases {
      for adding in [false, true] {
        let first = transposing == .first
        let second = transposing == .second
        let a = Self.part(first ? size.k : size.m, first ? size.m : size.k, pool, &numbers).part
        let b = Self.part(second ? size.n : size.k, second ? size.k : size.n, pool, &numbers).part
        let (whole, c) = Self.part(size.m, size.n, pool, &numbers)
        let before = whole.elements
        Products(library).multiply(a, b, transposing: transposing, into: c, adding: adding)
        var expected = 0
        for r in 0..<size.m {
          for j in 0..<size.n {
            let start = adding ? Double(before[(r + 1) * whole.columns + j + 2]) : 0
            let terms = (0..<size.k).map {
              Double(first ? a[$0, r] : a[r, $0]) * Double(second ? b[j, $0] : b[$0, j])
            }
            let (sum, magnitude) = (
              terms.reduce(start, +), terms.reduce(abs(start)) { $0 + abs($1) }
            )
            let count = Double(size.k + (adding ? 1 : 0))
            let bound = count * 0x1p-24 / (1 - count * 0x1p-24) * magnitude
            if abs(Double(c[r, j]) - sum) <= bound { expected += 1 }
            c[r, j] = before[(r + 1) * whole.columns + j + 2]
          }
        }
        #expect(expected == size.m * size.n, "\(transposing), adding \(adding)")
        #expect(whole.elements == before, "\(transposing), adding \(adding): beside the product")
      }
    }
  }

  @Test(
    "each row has the bits that it has alone",
    arguments: ProductLibrary.allCases.filter { $0.isSupported && $0.keepsRowsApart })
  func rowsApart(_ library: ProductLibrary) {
    var numbers = Numbers(seed: 12)
    let pool = MatrixPool()
    let (a, b) = (
      pool.matrix(140, 37, numbers.floats(140 * 37)), pool.matrix(37, 50, numbers.floats(37 * 50))
    )
    let (whole, alone) = (pool.uninitialized(140, 50), pool.uninitialized(140, 50))
    Products(library).multiply(a, b, into: whole)
    for row in 0..<140 {
      Products(library).multiply(a.rows(row..<row + 1), b, into: alone.rows(row..<row + 1))
    }
    #expect(whole.elements == alone.elements)
  }

  @Test(
    "rows by a vector are dot products", arguments: ProductLibrary.allCases.filter(\.isSupported))
  func vectors(_ library: ProductLibrary) {
    let pool = MatrixPool()
    let wide = pool.matrix(7, 24, (0..<7 * 24).map { Float($0 % 9 - 4) })
    let (a, x) = (wide.columns(3..<22), pool.matrix(1, 19, (0..<19).map { Float($0 % 5 - 2) }))
    let y = pool.zeros(7, 1)
    Products(library).multiply(rowsOf: a, by: x, into: y)
    #expect(y.elements == (0..<7).map { r in (0..<19).reduce(0) { $0 + a[r, $1] * x[0, $1] } })
  }

  /// A product without rows or terms needs no call.
  @Test("calls of CBLAS are counted a thread, and only products by OpenBLAS make any")
  func calls() {
    let pool = MatrixPool()
    let (a, b, c) = (pool.zeros(3, 4), pool.zeros(4, 5), pool.zeros(3, 5))
    for library in ProductLibrary.allCases where library.isSupported {
      let products = Products(library)
      let before = BLAS.calls
      products.multiply(a, b, into: c)
      products.multiply(a.rows(0..<1), b, into: c.rows(0..<1))
      products.multiply(a, b.columns(0..<1), into: c.columns(0..<1))
      products.multiply(a.rows(0..<0), b, into: c.rows(0..<0))
      ThreadTeam(2).run { if $0 == 1 { products.multiply(a, b, into: c) } }
      #expect(BLAS.calls - before == (library == .openblas ? 3 : 0), "\(library)")
    }
  }
}
