import Tensors

extension Precision {
  /// Those that this machine multiplies; says once which one it does not.
  public static let tested: [Precision] = allCases.filter { precision in
    if !precision.isSupported {
      print("tests in \(precision) are skipped: \(precision.unsupportedNote)")
    }
    return precision.isSupported
  }
}

extension Products {
  /// Every library that this machine has, in float32, and bfloat16 where one multiplies it.
  public static let tested =
    ProductLibrary.allCases.filter(\.isSupported).map { Products($0) }
    + Precision.tested.filter { $0 != .float32 }.map { Products(precision: $0) }
}
