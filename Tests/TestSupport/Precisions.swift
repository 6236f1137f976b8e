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
