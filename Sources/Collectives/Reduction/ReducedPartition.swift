/// Values of a slab that a rank has the sums of.
public struct ReducedPartition {
  /// Which of the slab's values.
  public let range: Range<Int>
  /// Their sums, as many.
  public let sums: UnsafeMutablePointer<Float>
}
