import Corpora

/// The ids that stand for no text, in a vocabulary of pieces.
package struct GenerativeSymbols: Sendable {
  package let start: Int32
  package let end: Int32
  package let mask: Int32
  /// The ids that are never generated.
  package let banned: Set<Int32>

  package init(start: Int32, end: Int32, mask: Int32, banned: Set<Int32>) {
    (self.start, self.end, self.mask, self.banned) = (start, end, mask, banned)
  }
}

/// A target as far as it has been generated.
package struct GeneratedTarget {
  /// The tokens; the last one is the end where it was reached.
  package private(set) var tokens: [Int32] = []
  package private(set) var labels: [CopyLabel] = []
  /// The logarithm of each token's probability among those that were allowed; empty where no score was asked for.
  package private(set) var logProbabilities: [Double] = []
  /// The labels of the source's pieces; empty without a head for them.
  package internal(set) var sourceLabels: [CopyLabel] = []
  /// What may be copied next.
  private(set) var copy: CopySource
  /// The rows of the source, both symbols included.
  let sourceRows: Int

  init(source: [Int32], _ symbols: GenerativeSymbols) {
    copy = CopySource(source, banned: symbols.banned.union([symbols.end]))
    sourceRows = source.count + 2
  }

  /// The rows of source and target so far.
  var rows: Int { sourceRows + tokens.count }

  mutating func append(_ token: Int32, _ label: CopyLabel, logProbability: Double?) {
    tokens.append(token)
    labels.append(label)
    copy.append(token, label)
    if let logProbability { logProbabilities.append(logProbability) }
  }
}
