/// One thing that is wrong with a corpus, or worth knowing of it: a count, the first places, and what to do.
public struct Finding: Sendable, Hashable {
  /// How much a finding matters.
  public enum Kind: String, Sendable, Encodable {
    /// Training or evaluation refuses the data.
    case fault
    /// A score may suffer, or say less than it seems to.
    case warning
    /// A fact.
    case note
  }

  /// The finding's name in JSON; names do not change.
  public let name: String
  /// How much it matters.
  public let kind: Kind
  /// The split that it is about; `nil` where it is about several.
  public let split: String?
  /// The number of things found; `nil` where the finding is no number.
  public let count: Int?
  /// The number of things among which they were found, where that is known.
  public let whole: Int?
  /// The finding in words, without its split and its numbers.
  public let label: String
  /// What is to be said besides, where that is something.
  public let detail: String?
  /// The first of the things, at most ``named``.
  public let examples: [String]
  /// What to do; `nil` where nothing can be done.
  public let remedy: String?
  /// Further numbers, such as quotients.
  public let values: [String: Double]

  /// Things are named up to this number.
  static let named = 5

  /// Makes a finding.
  public init(
    _ kind: Kind, _ name: String, in split: String? = nil, _ label: String, count: Int? = nil,
    of whole: Int? = nil, _ detail: String? = nil, examples: some Sequence<String> = [],
    remedy: String? = nil,
    values: [String: Double] = [:]
  ) {
    (self.kind, self.name, self.split, self.label) = (kind, name, split, label)
    (self.count, self.whole, self.detail) = (count, whole, detail)
    (self.remedy, self.values) = (remedy, values)
    self.examples = examples.prefix(Self.named).map { $0.shown(atMost: 400) }
  }

  /// Number, share and detail, as far as there are any.
  var figures: String? {
    let number = count.map { count in
      whole.map { "\(count) of \($0)\(Self.share(count, of: $0))" } ?? "\(count)"
    }
    let parts = [number, detail].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func share(_ count: Int, of whole: Int) -> String {
    if whole == 0 { return "" }
    let percent = (1000 * Double(count) / Double(whole)).rounded() / 10
    if count > 0 && percent == 0 { return " (under 0.1 %)" }
    return count < whole && percent == 100 ? " (over 99.9 %)" : " (\(percent) %)"
  }
}

extension Finding: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, kind, split, count, label, detail, examples, remedy, values
    case whole = "of"
  }
}
