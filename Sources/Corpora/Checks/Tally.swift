/// A count of things, the first of which are named.
struct Tally {
  private(set) var count = 0
  private(set) var first: [String] = []

  /// Counts a thing.
  ///
  /// - Parameter name: names it; called for the first ones alone.
  mutating func add(_ name: () -> String) {
    count += 1
    if first.count < Finding.named { first.append(name()) }
  }

  /// The count as a finding.
  func finding(
    _ kind: Finding.Kind, _ name: String, in split: String?, _ label: String, of whole: Int? = nil,
    _ detail: String? = nil, remedy: String? = nil, values: [String: Double] = [:]
  ) -> Finding {
    Finding(
      kind, name, in: split, label, count: count, of: whole, detail, examples: first,
      remedy: remedy,
      values: values)
  }
}
