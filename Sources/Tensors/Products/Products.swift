import COpenBLAS
import Kernels

/// How a matrix enters a product.
public enum Orientation {
  case asIs, transposed
}

/// The dense products of plain matrices, by OpenBLAS.
public enum BLAS {
  /// Sets how many threads a product uses, for the whole process.
  public static func setThreads(_ count: Int) { openblas_set_num_threads(Int32(count)) }

  /// The kernels that OpenBLAS chose for this CPU, such as `SkylakeX`.
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// `C = A·B`, or `C += A·B`, either operand transposed on request (`sgemm`).
  ///
  /// - Precondition: `A [m, k]`, `B [k, n]`, `C [m, n]`, after transposition.
  public static func multiply(
    _ a: Matrix, _ orientationA: Orientation = .asIs, _ b: Matrix,
    _ orientationB: Orientation = .asIs, into c: Matrix, adding: Bool = false
  ) {
    let (m, k) = orientationA == .asIs ? (a.rows, a.columns) : (a.columns, a.rows)
    let (inner, n) = orientationB == .asIs ? (b.rows, b.columns) : (b.columns, b.rows)
    precondition(
      k == inner && c.rows == m && c.columns == n,
      "product [\(m), \(k)]·[\(inner), \(n)] into [\(c.rows), \(c.columns)]")
    guard m > 0 && n > 0 else { return }
    guard k > 0 else {
      if !adding { c.fill(0) }
      return
    }
    cblas_sgemm(
      CblasRowMajor, orientationA == .asIs ? CblasNoTrans : CblasTrans,
      orientationB == .asIs ? CblasNoTrans : CblasTrans, Int32(m), Int32(n), Int32(k), 1,
      a.start, Int32(a.stride), b.start, Int32(b.stride), adding ? 1 : 0, c.start,
      Int32(c.stride))
  }
}

/// What multiplies packed weights: oneDNN where it is and the CPU has AVX-512, which it is made for; else
/// tercet's own products.
public enum Products {
  static var usesOneDNN: Bool {
    #if ONEDNN
      OneDNN.hasAVX512
    #else
      false
    #endif
  }

  /// What multiplies packed weights, and with which instructions where the bits depend on them, for the run
  /// log.
  public static var name: String {
    #if ONEDNN
      if usesOneDNN { return OneDNN.name }
    #endif
    return "tercet"
  }

  /// Whether products of bfloat16 run at the speed of the hardware.
  static var multipliesBFloat16: Bool {
    #if ONEDNN
      OneDNN.multipliesBFloat16
    #else
      false
    #endif
  }

  /// Gives back what the calling thread keeps for products of shapes that did not occur since the last call.
  public static func forgetUnused() {
    #if ONEDNN
      if usesOneDNN { OneDNN.current.forgetUnused() }
    #endif
  }

  /// Rows of a product with a weight, at most.
  static let mostRows = 128

  /// The rows of a product in runs of equal size: few shapes occur, and operands stay in cache.
  static func runs(of rows: Int) -> [Range<Int>] {
    Array(equalParts(of: rows, most: mostRows))
  }
}
