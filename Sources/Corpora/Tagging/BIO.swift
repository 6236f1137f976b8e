/// Untyped BIO tags with their numbers in models and checkpoints (Corpora/README.md 1.7, 1.13.1).
public enum BIO: Int, Hashable, Sendable, CaseIterable {
  /// O: the token is in no entity.
  case outside = 0
  /// B: the token is the first of an entity.
  case begin = 1
  /// I: the token continues an entity.
  case inside = 2
}

extension BIO {
  /// Tags `count` tokens: spans longest first, ties leftmost first; a span that touches a tagged
  /// token is skipped (Models/README.md D9).
  public static func tags(of spans: [Span], count: Int) -> [BIO] {
    var tags = [BIO](repeating: .outside, count: count)
    let ordered = spans.sorted { ($0.length, -$0.start) > ($1.length, -$1.start) }
    for span in ordered where tags[span.range].allSatisfy({ $0 == .outside }) {
      tags[span.start] = .begin
      for i in span.range.dropFirst() { tags[i] = .inside }
    }
    return tags
  }

  /// Reads spans from tags, malformed ones included: a span starts at B, or at an I whose left
  /// neighbour is O or the sentence's start, and goes on over the I that follow
  /// (Corpora/README.md 1.7).
  public static func spans(in tags: [BIO]) -> [Span] {
    var spans: [Span] = []
    var start: Int?
    for (i, tag) in tags.enumerated() {
      if tag != .inside, let open = start {
        spans.append(Span(open, i - 1))
        start = nil
      }
      if tag == .begin || (tag == .inside && start == nil) { start = i }
    }
    if let open = start { spans.append(Span(open, tags.count - 1)) }
    return spans
  }

  /// Whether some tags make both spans entities of pointers at their last tokens (``entity(endingAt:in:)``). Tags
  /// for many spans exist where they exist for each two of them.
  public static func canTag(_ a: Span, _ b: Span) -> Bool {
    a.end < b.start || b.end < a.start || a.start == b.start
  }

  /// The entity of a pointer at `position`: a single token at B and O; at I the span that reaches left to
  /// its B, or to the first I of a run without B (Copy/README.md 3.3, D29).
  public static func entity(endingAt position: Int, in tags: [BIO]) -> Span {
    guard tags[position] == .inside else { return Span(position, position) }
    var start = position
    while start > 0 && tags[start] == .inside {
      if tags[start - 1] == .outside { break }
      start -= 1
    }
    return Span(start, position)
  }
}
