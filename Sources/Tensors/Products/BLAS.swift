import Glibc
import Limits

/// Which operand of a product enters it transposed.
public enum Transposition: Sendable, CaseIterable {
  /// `A·B`.
  case neither
  /// `Aᵀ·B`.
  case first
  /// `A·Bᵀ`.
  case second
}

/// The dense products of OpenBLAS, each by one CBLAS call.
public enum BLAS {
  /// The version of OpenBLAS and the kernels that it chose for this CPU, such as `OpenBLAS 0.3.21 SkylakeX`.
  public static let name: String = {
    let version = String(cString: library.version()).split(separator: " ").prefix(2)
    return (version + [Substring(cString: library.core())]).joined(separator: " ")
  }()

  /// Whether OpenBLAS is installed. Loads it.
  static var isInstalled: Bool { OpenBLAS.loaded != nil }

  private static var library: OpenBLAS {
    guard let library = OpenBLAS.loaded else { preconditionFailure("a product without OpenBLAS") }
    return library
  }

  /// The CBLAS calls that the calling thread has made.
  package static var calls: Int { counter.value.calls }

  private final class Counter {
    var calls = 0
  }
  private static let counter = ThreadLocal { Counter() }
  private static let buffer = ThreadLocal { OpenBLAS.Buffer(of: library) }

  /// `C = A·B`, or `C += A·B`, with the operand transposed that `transposing` names: `sgemm`, or `sgemv`
  /// where the product has one row or one column.
  ///
  /// - Precondition: `A [m, k]`, `B [k, n]`, `C [m, n]`, after transposition.
  static func multiply(
    _ a: Matrix, _ b: Matrix, transposing: Transposition, into c: Matrix, adding: Bool
  ) {
    let inner = transposing == .first ? a.rows : a.columns
    guard c.rows > 0 && c.columns > 0 else { return }
    guard inner > 0 else {
      if !adding { c.fill(0) }
      return
    }
    counter.value.calls += 1
    _ = buffer.value
    if c.columns == 1 {
      let x = (b.start, transposing == .second ? 1 : b.stride)
      multiply(a, transposed: transposing == .first, x, into: (c.start, c.stride), adding: adding)
    } else if c.rows == 1 {
      let x = (a.start, transposing == .first ? a.stride : 1)
      multiply(b, transposed: transposing != .second, x, into: (c.start, 1), adding: adding)
    } else {
      library.sgemm(
        OpenBLAS.rowMajor, OpenBLAS.transposed(transposing == .first),
        OpenBLAS.transposed(transposing == .second), Int32(c.rows), Int32(c.columns),
        Int32(inner), 1, a.start, Int32(a.stride), b.start, Int32(b.stride), adding ? 1 : 0,
        c.start, Int32(c.stride))
    }
  }

  /// A vector's first element, and the floats from one element to the next.
  private typealias Vector = (start: UnsafeMutablePointer<Float>, step: Int)

  private static func multiply(
    _ matrix: Matrix, transposed: Bool, _ x: Vector, into y: Vector, adding: Bool
  ) {
    library.sgemv(
      OpenBLAS.rowMajor, OpenBLAS.transposed(transposed), Int32(matrix.rows),
      Int32(matrix.columns), 1, matrix.start, Int32(matrix.stride), x.start, Int32(x.step),
      adding ? 1 : 0, y.start, Int32(y.step))
  }
}
