/// `ε` of every layer normalisation, which training has in single precision.
enum NormEpsilon {
  /// What is wrong with a value; `nil` where it lies above 0 and below 1, in single precision too.
  static func fault(of value: Double) -> String? {
    let rounded = Float(value)
    guard !(rounded > 0 && rounded < 1) else { return nil }
    let isInside = value > 0 && value < 1
    let found = isInside ? "\(value), as float32 \(rounded)" : "\(value)"
    return "is \(found); expected above 0, below 1"
  }
}
