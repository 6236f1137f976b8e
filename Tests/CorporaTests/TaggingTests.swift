import Corpora
import Testing

@Suite("Tags")
struct TaggingTests {
  private static let tokens = 4
  private static let spans = (0..<tokens).flatMap { start in
    (start..<tokens).map { Span(start, $0) }
  }

  /// Tags written as letters, in lower case of a second kind.
  private func tags(_ letters: String, _ form: TagScheme.Form = .bio) -> Tags {
    let scheme = TagScheme(form, kinds: 2)
    return Tags(
      letters.map { letter in
        letter == "O"
          ? TagScheme.outside
          : scheme.tag(
            ["B": .begin, "I": .inside, "E": .end, "S": .single][letter.uppercased()]!,
            kind: letter.isLowercase ? 1 : 0)
      }, scheme)
  }

  private func upper(_ spans: [Span]) -> [TaggedSpan] { spans.map { TaggedSpan($0) } }

  @Test("the numbers of Corpora/README.md 1.13.1")
  func numbers() {
    #expect(TagScheme.bio.count == 3 && TagScheme.bioes.count == 5)
    #expect([TagScheme.bio.tag(.begin), TagScheme.bio.tag(.inside)] == [1, 2])
    #expect(
      [.begin, .inside, .end, .single].map { TagScheme.bioes.tag($0) } == [1, 2, 3, 4])
    let typed = TagScheme(.bioes, kinds: 4)
    #expect(typed.count == 17 && typed.tag(.end, kind: 2) == 1 + 4 * 2 + 2)
    // A relation's head and tail are kinds 2r and 2r + 1.
    let joint = TagScheme(.bio, kinds: 24 * 2)
    #expect(joint.count == 97 && joint.tag(.inside, kind: 2 * 7 + 1) == 1 + 4 * 7 + 2 * 1 + 1)
    let novel = TagScheme(.bioes, kinds: 24 * 2)
    #expect(novel.tag(.single, kind: 2 * 7 + 1) == 1 + 8 * 7 + 4 * 1 + 3)
  }

  @Test("spans become tags, longest first, then leftmost; what touches a tag is skipped")
  func building() {
    let cases: [([Span], String, String)] = [
      ([], "OOOOOO", "OOOOOO"), ([Span(0, 0)], "BOOOOO", "SOOOOO"),
      ([Span(2, 4)], "OOBIIO", "OOBIEO"), ([Span(0, 1), Span(2, 3)], "BIBIOO", "BEBEOO"),
      ([Span(5, 5), Span(0, 0)], "BOOOOB", "SOOOOS"),
      ([Span(1, 1), Span(0, 2)], "BIIOOO", "BIEOOO"),
      ([Span(1, 2), Span(0, 1)], "BIOOOO", "BEOOOO"),
      ([Span(2, 3), Span(1, 2), Span(0, 1)], "BIBIOO", "BEBEOO"),
      ([Span(0, 1), Span(1, 3)], "OBIIOO", "OBIEOO"),
      ([Span(0, 5), Span(0, 0), Span(3, 4)], "BIIIII", "BIIIIE"),
      ([Span(3, 3), Span(3, 3)], "OOOBOO", "OOOSOO"),
    ]
    for (spans, bio, bioes) in cases {
      for (form, expected) in [(TagScheme.Form.bio, bio), (.bioes, bioes)] {
        let scheme = TagScheme(form, kinds: 2)
        #expect(Tags(of: spans, count: 6, scheme) == tags(expected, form))
        #expect(Tags(of: spans.reversed(), count: 6, scheme) == tags(expected, form))
      }
    }
    let equal = [TaggedSpan(Span(0, 1), kind: 1), TaggedSpan(Span(0, 1))]
    #expect(Tags(of: equal, count: 2, TagScheme(.bio, kinds: 2)) == tags("bi"))
  }

  @Test(
    "tags that make many entities exist where they exist for each two of them",
    arguments: [TagScheme.Form.bio, .bioes])
  func together(_ form: TagScheme.Form) {
    let scheme = TagScheme(form)
    var all: [[Int]] = [[]]
    for _ in 0..<Self.tokens {
      all = all.flatMap { tags in (0..<scheme.count).map { tags + [$0] } }
    }
    let made = all.map { values in
      let tags = Tags(values, scheme)
      return Set(Self.spans.filter { tags.entity(endingAt: $0.end) == $0 })
    }
    func can(_ a: Span, _ b: Span) -> Bool { Tags.canTag(a, b, in: form) }
    for a in Self.spans {
      for b in Self.spans {
        #expect(can(a, b) == made.contains { $0.contains(a) && $0.contains(b) }, "\(a) \(b)")
        for c in Self.spans where can(a, b) && can(b, c) && can(a, c) {
          #expect(made.contains { $0.isSuperset(of: [a, b, c]) })
        }
      }
    }
  }

  @Test("tags of BIO become spans, malformed ones included")
  func reading() {
    let cases: [(String, [Span])] = [
      ("", []), ("OOO", []), ("B", [Span(0, 0)]), ("I", [Span(0, 0)]), ("BI", [Span(0, 1)]),
      ("BB", [Span(0, 0), Span(1, 1)]), ("II", [Span(0, 1)]), ("OII", [Span(1, 2)]),
      ("BIOI", [Span(0, 1), Span(3, 3)]), ("IBI", [Span(0, 0), Span(1, 2)]),
      ("OBIIOB", [Span(1, 3), Span(5, 5)]),
      ("BIBIOIIB", [Span(0, 1), Span(2, 3), Span(5, 6), Span(7, 7)]),
    ]
    for (letters, spans) in cases {
      #expect(tags(letters).entities == upper(spans), "\(letters)")
    }
  }

  @Test("tags of BIOES become spans; what is not opened or not closed is discarded")
  func readingBIOES() {
    let cases: [(String, [Span])] = [
      ("", []), ("S", [Span(0, 0)]), ("B", []), ("I", []), ("E", []), ("BE", [Span(0, 1)]),
      ("BIE", [Span(0, 2)]), ("BI", []), ("BIO", []), ("IE", []), ("BBE", [Span(1, 2)]),
      ("BSE", [Span(1, 1)]), ("BOE", []), ("BEE", [Span(0, 1)]),
      ("SIES", [Span(0, 0), Span(3, 3)]),
      ("BIBIIE", [Span(2, 5)]),
    ]
    for (letters, spans) in cases {
      #expect(tags(letters, .bioes).entities == upper(spans), "\(letters)")
    }
  }

  @Test("each kind is read alone, with the others as O")
  func kinds() {
    func entities(_ letters: String, _ form: TagScheme.Form) -> [TaggedSpan] {
      tags(letters, form).entities
    }
    func span(_ start: Int, _ end: Int, _ kind: Int) -> TaggedSpan {
      TaggedSpan(Span(start, end), kind: kind)
    }
    #expect(entities("BIi", .bio) == [span(0, 1, 0), span(2, 2, 1)])
    #expect(entities("BbI", .bio) == [span(0, 0, 0), span(1, 1, 1), span(2, 2, 0)])
    #expect(entities("BeE", .bioes) == [])
    #expect(entities("BibeS", .bioes) == [span(2, 3, 1), span(4, 4, 0)])
    #expect(entities("bIe", .bioes) == [])
  }

  @Test("tags that were built are read back as the spans that were tagged")
  func roundTrip() {
    let spans = [Span(0, 1), Span(2, 2), Span(4, 7), Span(8, 8)]
    for scheme in [TagScheme.bio, .bioes] {
      let tags = Tags(of: spans, count: 10, scheme)
      #expect(tags.spans == spans && spans.allSatisfy { tags.spell(TaggedSpan($0)) })
      #expect(tags.padded(to: 12).spans == spans && tags.padded(to: 12).count == 12)
    }
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
      #expect(tags(letters).entity(endingAt: position) == span, "\(letters) \(position)")
    }
  }
}
