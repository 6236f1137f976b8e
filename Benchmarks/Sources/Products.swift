import Dispatch
import Tensors

/// What the products are computed in, with the name that the configuration gives it.
enum Precision: String, CaseIterable { case float32 }

/// GFLOP/s of the dense products of an LSTM of width 1000, a multiplication and an addition counting
/// as two.
enum Products {
  private static let width = 1000
  private static let rows = [1, 6, 12, 25, 50, 100]
  /// Tokens of a shard, over which a weight's gradient is one product.
  private static let tokens = [70, 140, 280, 1200]

  /// The best product of 2048 rows, columns and terms: what this machine's cores can do.
  static func peak() {
    for precision in Precision.allCases {
      for threads in [1, 2] {
        report("peak.\(precision).\(threads)", peak(precision, threads: threads), "GFLOP/s")
      }
    }
  }

  /// The best of five, each thread with matrices of its own.
  private static func peak(_ precision: Precision, threads: Int) -> Double {
    let size = 2048
    let products = (0..<threads).map { _ in Product(rows: size, inputs: size, outputs: size) }
    let work: @Sendable (Int) -> Void = { products[$0].forward() }
    let best = (0..<6).map { _ in
      seconds { DispatchQueue.concurrentPerform(iterations: threads, execute: work) }
    }.dropFirst().reduce(.infinity, min)
    return Double(threads) * products[0].work / best * 1e-9
  }

  /// A step of the cell forward and backward by rows, and the gradient of its weight by tokens.
  static func run() {
    for precision in Precision.allCases {
      for rows in rows {
        let product = Product(rows: rows, inputs: width, outputs: 4 * width)
        speed("products.\(precision).forward.\(rows)", product.work, product.forward)
        speed("products.\(precision).backward.\(rows)", product.work, product.backward)
      }
      for tokens in tokens {
        let product = Product(rows: tokens, inputs: width, outputs: 4 * width)
        speed("products.\(precision).gradient.\(tokens)", product.work, product.addGradient)
      }
    }
  }

  private static func speed(_ name: String, _ work: Double, _ product: () -> Void) {
    report(name, work / secondsOfCall(product) * 1e-9, "GFLOP/s")
  }
}

/// A weight `[outputs, inputs]` and `rows` rows that it meets, as the layers multiply them.
private struct Product: @unchecked Sendable {
  private let weight: Weight
  private let x: Matrix
  private let y: Matrix
  private let gradient: Matrix
  /// Floating-point operations of one product.
  let work: Double

  init(rows: Int, inputs: Int, outputs: Int) {
    let pool = MatrixPool()
    func matrix(_ rows: Int, _ columns: Int) -> Matrix {
      let matrix = pool.uninitialized(rows, columns)
      matrix.fill(0.001)
      return matrix
    }
    weight = Weight(matrix(outputs, inputs))
    (x, y) = (matrix(rows, inputs), matrix(rows, outputs))
    gradient = matrix(outputs, inputs)
    work = 2 * Double(rows) * Double(inputs) * Double(outputs)
  }

  func forward() { weight.forward(x, into: y) }
  func backward() { weight.backward(y, into: x) }
  func addGradient() { Weight.addGradient(of: y, x, to: gradient) }
}
