/// The bounds between which 95 % of the values over resamples lie.
///
/// In JSON `[low, high]`.
public struct Interval: Hashable, Sendable, Encodable {
  /// The 2.5th percentile.
  public let low: Double
  /// The 97.5th percentile.
  public let high: Double

  /// The percentiles of some values, linear between two of them (Hyndman and Fan, 1996, type 7).
  ///
  /// - Precondition: there are values.
  init(of values: [Double]) {
    let sorted = values.sorted()
    func percentile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let (below, part) = (Int(place), place - place.rounded(.down))
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * part
    }
    (low, high) = (percentile(0.025), percentile(0.975))
  }

  /// Writes both bounds as a list.
  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(low)
    try list.encode(high)
  }
}
