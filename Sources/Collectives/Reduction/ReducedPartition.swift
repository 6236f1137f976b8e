/// A rank's partition of a slab, summed over all shards of all ranks.
public struct ReducedPartition {
  /// The partition's place in the slab.
  public let range: Range<Int>
  /// The sums, `range.count` of them.
  public let sums: UnsafeMutablePointer<Float>
}
