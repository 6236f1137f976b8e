import Autodiff
import Layers
import Tensors
import Training

/// GFLOP/s of the dense products of an LSTM of width 1000, a multiplication and an addition counting as two, by
/// the library that the key `products` chooses by itself, in both precisions as far as the CPU has them, and by
/// OpenBLAS.
enum ProductTiming {
  private static let width = 1000
  private static let rows = [1, 6, 12, 25, 50, 100]
  /// Tokens of a shard, over which a weight's gradient is summed.
  private static let tokens = [70, 140, 280, 1200]
  private static let precisions = Precision.allCases.filter(\.isSupported)

  /// What multiplies, and the name of its figures.
  private static var kinds: [(name: String, products: Products)] {
    let chosen = precisions.map { ("\($0)", Products(precision: $0)) }
    return chosen + [("float32.openblas", Products(.openblas))]
  }

  /// The best products of 2048 rows, columns and terms, by library: what this machine's cores can do is the
  /// best of them.
  static func peak() {
    for precision in precisions {
      for threads in [1, 2] {
        let team = ThreadTeam(threads)
        let products = (0..<threads).map { _ in
          Product(rows: 2048, inputs: 2048, outputs: 2048, Products(precision: precision))
        }
        let ways: [(String, (Product) -> Void)] =
          [
            ("forward", { $0.forward() }), ("backward", { $0.backward() }),
            ("gradient", { $0.wholeGradient() }),
          ] + (precision == .float32 ? [("blas", { $0.plainForward() })] : [])
        for (way, product) in ways {
          let best = bestSeconds { team.run { product(products[$0]) } }
          report(
            "peak.\(precision).\(threads).\(way)",
            Double(threads) * products[0].work / best * 1e-9, "GFLOP/s")
        }
      }
    }
  }

  /// The best of five, after one that makes memory warm.
  private static func bestSeconds(_ work: () -> Void) -> Double {
    work()
    return (0..<5).map { _ in elapsedSeconds(work) }.reduce(.infinity, min)
  }

  /// A step of the cell forward and backward by rows, and the gradient of its weight by tokens.
  static func run() {
    for (name, products) in kinds {
      for rows in rows {
        let product = cell(rows, products)
        speed("products.\(name).forward.\(rows)", product.work, product.forward)
        speed("products.\(name).backward.\(rows)", product.work, product.backward)
      }
      for tokens in tokens {
        let product = cell(tokens, products)
        speed("products.\(name).gradient.\(tokens)", product.work, product.gradientByTiles)
      }
    }
  }

  private static func cell(_ rows: Int, _ products: Products) -> Product {
    Product(rows: rows, inputs: width, outputs: 4 * width, products)
  }

  private static func speed(_ name: String, _ work: Double, _ product: () -> Void) {
    report(name, work / secondsOfCall(product) * 1e-9, "GFLOP/s")
  }
}

/// A packed weight `[outputs, inputs]` and `rows` rows that it meets, as training multiplies them: rows are
/// rounded as part of a forward product, gradients before.
private struct Product {
  private let products: Products
  private let weight: Weight
  private let tiles: [GradientTile]
  private let x: Matrix
  private let y: Matrix
  private let gradient: Matrix
  private let xRows: ProductOperand
  private let yRows: ProductOperand
  /// Floating-point operations of one product.
  let work: Double

  init(rows: Int, inputs: Int, outputs: Int, _ products: Products) {
    let pool = MatrixPool()
    func matrix(_ rows: Int, _ columns: Int) -> Matrix {
      let matrix = pool.uninitialized(rows, columns)
      matrix.fill(0.001)
      return matrix
    }
    func operand(_ role: ProductOperand.Role, _ matrix: Matrix) -> ProductOperand {
      let rows = pool.uninitialized(
        role, rows: matrix.rows, columns: matrix.columns, products: products)
      for row in 0..<matrix.rows { rows.set(row, to: row, of: .float32(matrix)) }
      return rows
    }
    var layout = ParameterLayout()
    let parameter = layout.declare(
      "weight", rows: outputs, columns: inputs, .uniform(bound: 0.001))
    let parameters = Slab(count: layout.count)
    parameters.initialize(layout, seed: 1)
    self.products = products
    weight = WeightStore(parameters, products: products).weight(parameters(parameter))
    tiles = GradientTile.tiles(of: layout)
    (x, y) = (matrix(rows, inputs), matrix(rows, outputs))
    (xRows, yRows) = (operand(.inputs, x), operand(.outputs, y))
    gradient = matrix(outputs, inputs)
    work = 2 * Double(rows) * Double(inputs) * Double(outputs)
  }

  func forward() { weight.forward(x, into: y) }
  func backward() { weight.backward(yRows, into: x) }
  func plainForward() { Weight(weight.values).forward(x, into: y) }
  func wholeGradient() { writeGradient(0..<weight.outputs) }
  func gradientByTiles() { for tile in tiles { writeGradient(tile.rows) } }

  private func writeGradient(_ outputs: Range<Int>) {
    products.gradient(
      of: yRows, outputs: outputs, xRows, rows: 0..<x.rows, into: gradient.rows(outputs),
      adding: false)
  }
}
