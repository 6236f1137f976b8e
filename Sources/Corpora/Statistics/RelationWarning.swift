import Typesetting

/// Triples whose relation reads as the lack of one.
public enum RelationWarning {
  /// A warning about such triples; `nil` without them.
  ///
  /// - Parameter path: the file of the sentences.
  public static func text(about sentences: [Sentence], in path: String) -> String? {
    var counts: [ExactString: Int] = [:]
    for triple in sentences.lazy.flatMap(\.triples) {
      counts[ExactString(triple.relation), default: 0] += 1
    }
    let found = counts.filter { RelationName.meansNone($0.key.value) }
    if found.isEmpty { return nil }
    let names = found.keys.sorted().map { "'\($0.value)'" }.joined(separator: ", ")
    let count = found.values.reduce(0, +)
    return "\(path): \(names), of \(Figures.count(count, "triple")), "
      + "\(found.count == 1 ? "counts" : "count") as a relation; "
      + "'tercet data convert' leaves out pairs without one"
  }
}
