import Corpora
import Testing

@Suite("BIO tags")
struct TaggingTests {
  /// Tags written as letters.
  private func tags(_ letters: String) -> [BIO] {
    letters.map { ["O": .outside, "B": .begin, "I": .inside][$0] ?? .outside }
  }

  @Test("O, B and I are 0, 1 and 2")
  func numbers() {
    #expect([BIO.outside, .begin, .inside].map(\.rawValue) == [0, 1, 2])
  }

  @Test("spans become tags, longest first, then leftmost; what touches a tag is skipped")
  func building() {
    let cases: [([Span], String)] = [
      ([], "OOOOOO"), ([Span(0, 0)], "BOOOOO"), ([Span(2, 4)], "OOBIIO"),
      ([Span(0, 1), Span(2, 3)], "BIBIOO"), ([Span(5, 5), Span(0, 0)], "BOOOOB"),
      ([Span(1, 1), Span(0, 2)], "BIIOOO"), ([Span(1, 2), Span(0, 1)], "BIOOOO"),
      ([Span(2, 3), Span(1, 2), Span(0, 1)], "BIBIOO"), ([Span(0, 1), Span(1, 3)], "OBIIOO"),
      ([Span(0, 5), Span(0, 0), Span(3, 4)], "BIIIII"),
      ([Span(3, 3), Span(3, 3)], "OOOBOO"),
    ]
    for (spans, expected) in cases {
      #expect(BIO.tags(of: spans, count: 6) == tags(expected))
      #expect(BIO.tags(of: spans.reversed(), count: 6) == tags(expected))
    }
  }

  @Test("tags that make many entities exist where they exist for each two of them")
  func together() {
    let spans = (0..<4).flatMap { start in (start..<4).map { Span(start, $0) } }
    var all: [[BIO]] = [[]]
    for _ in 0..<4 { all = all.flatMap { tags in BIO.allCases.map { tags + [$0] } } }
    let made = all.map { tags in Set(spans.filter { BIO.entity(endingAt: $0.end, in: tags) == $0 })
    }
    for a in spans {
      for b in spans {
        #expect(BIO.canTag(a, b) == made.contains { $0.contains(a) && $0.contains(b) })
        for c in spans where BIO.canTag(a, b) && BIO.canTag(b, c) && BIO.canTag(a, c) {
          #expect(made.contains { $0.isSuperset(of: [a, b, c]) })
        }
      }
    }
  }

  @Test("tags become spans, malformed ones included")
  func reading() {
    let cases: [(String, [Span])] = [
      ("", []), ("OOO", []), ("B", [Span(0, 0)]), ("I", [Span(0, 0)]), ("BI", [Span(0, 1)]),
      ("BB", [Span(0, 0), Span(1, 1)]), ("II", [Span(0, 1)]), ("OII", [Span(1, 2)]),
      ("BIOI", [Span(0, 1), Span(3, 3)]), ("IBI", [Span(0, 0), Span(1, 2)]),
      ("OBIIOB", [Span(1, 3), Span(5, 5)]),
      ("BIBIOIIB", [Span(0, 1), Span(2, 3), Span(5, 6), Span(7, 7)]),
    ]
    for (letters, spans) in cases { #expect(BIO.spans(in: tags(letters)) == spans, "\(letters)") }
  }

  @Test("tags that were built are read back as the spans that were tagged")
  func roundTrip() {
    let spans = [Span(0, 1), Span(2, 2), Span(4, 7), Span(8, 8)]
    #expect(BIO.spans(in: BIO.tags(of: spans, count: 10)) == spans)
  }

  @Test("a pointer grows to the left: the examples of Copy/README.md 3.3 and their neighbours")
  func growing() {
    let cases: [(String, Int, Span)] = [
      ("OBIIOB", 3, Span(1, 3)), ("OBIIOB", 2, Span(1, 2)), ("OBIIOB", 1, Span(1, 1)),
      ("OBIIOB", 4, Span(4, 4)), ("OBIIOB", 5, Span(5, 5)), ("OBIIOB", 0, Span(0, 0)),
      ("IIO", 1, Span(0, 1)), ("IIO", 0, Span(0, 0)), ("IIO", 2, Span(2, 2)),
      ("OIIB", 2, Span(1, 2)), ("OIIB", 1, Span(1, 1)), ("BBI", 2, Span(1, 2)),
      ("BIBII", 4, Span(2, 4)), ("BIBII", 1, Span(0, 1)),
    ]
    for (letters, position, span) in cases {
      #expect(BIO.entity(endingAt: position, in: tags(letters)) == span, "\(letters) \(position)")
    }
  }
}
