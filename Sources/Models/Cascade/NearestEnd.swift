import Corpora

/// Spans from marks at their first and last tokens: a start belongs to the nearest end at or after it
/// (Cascade/README.md 15.4).
package enum NearestEnd {
  /// The spans of some marks, by start; a start without an end is passed over.
  ///
  /// - Parameters:
  ///   - starts: rising positions.
  ///   - ends: rising positions.
  package static func spans(starts: [Int], ends: [Int]) -> [Span] {
    var spans: [Span] = []
    var next = 0
    for start in starts {
      while next < ends.count, ends[next] < start { next += 1 }
      guard next < ends.count else { break }
      spans.append(Span(start, ends[next]))
    }
    return spans
  }

  /// The spans that the marks of some spans have.
  static func survivors(of spans: [Span]) -> Set<Span> {
    Set(
      Self.spans(
        starts: Set(spans.map(\.start)).sorted(), ends: Set(spans.map(\.end)).sorted()))
  }

  /// Whether marks can have both spans: no end of one lies within the other, before its end. Marks of many spans exist
  /// where they exist for each two.
  static func canMark(_ a: Span, _ b: Span) -> Bool {
    !(a.start..<a.end).contains(b.end) && !(b.start..<b.end).contains(a.end)
  }
}
