import Kernels

#if ONEDNN
  import COneDNN
#endif

/// The library that multiplies matrices, and the precision of their elements: chosen once for a store of weights and
/// everything that works with it.
public struct Products: Hashable, Sendable {
  /// The library of every product.
  public let library: ProductLibrary
  /// Of the operands of products with weights, and of weights' gradients.
  public let precision: Precision

  /// - Precondition: this machine has the library, and the library the precision.
  public init(_ library: ProductLibrary = .automatic, precision: Precision = .float32) {
    precondition(library.isSupported, "no \(library) here")
    precondition(precision.isSupported(by: library), "\(precision) by \(library) on this CPU")
    self.library = library
    self.precision = precision
  }

  /// The library with its version and instructions, as far as the bits of a product depend on them.
  public var kernels: String {
    guard let kernels = library.kernels else {
      preconditionFailure("the name of a library that is not there")
    }
    return kernels
  }

  /// Releases the calling thread's resources for shapes that have not occurred since the last call.
  public func trim() {
    #if ONEDNN
      if library == .onednn { OneDNN.current.trim() }
    #endif
  }

  /// Rows of a product with a packed weight, at most.
  static let mostRows = 128

  /// The rows of a product in runs of equal size: few shapes occur, and operands stay in cache.
  static func runs(of rows: Int) -> [Range<Int>] {
    Array(equalParts(of: rows, most: mostRows))
  }
}
