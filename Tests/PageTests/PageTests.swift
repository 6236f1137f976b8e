import Corpora
import Evaluation
import Foundation
import Page
import Testing

@Suite("Page")
struct PageTests {
  /// Text that would end an element or start one, and characters that end lines in JavaScript alone.
  static let hostile =
    "</script><img src=x onerror=alert(1)>&amp;{data}{script}\u{2028}\u{2029}\u{0}\r\n\"\\é"

  @Test("no text of a corpus, a system or a configuration leaves the block of data")
  func escaping() throws {
    let foreign = Self.hostile
    let triple = Triple(head: .span(Span(0, 0)), relation: foreign, tail: .text(foreign))
    let sentence = Sentence(id: foreign, tokens: [foreign, "left"], triples: [triple])
    let group = Prediction.Group(
      head: Argument.text(foreign + "2"), relation: foreign + "3", tail: .span(Span(1, 1)))
    let split = Split([sentence], [Prediction(groups: [group])])
    let html = try split.page(title: foreign, names: [foreign, foreign + "4"], foreign).html
    #expect(html.ranges(of: "<script").count == 2 && html.ranges(of: "</script>").count == 2)
    #expect(!html.contains("<img") && !html.unicodeScalars.contains("\u{2028}"))
    let contents = try Contents(of: html)
    #expect(contents.string("title") == foreign)
    #expect(contents.strings("relations") == [foreign, foreign + "3"])
    #expect(contents.systems.map { $0["name"] as? String } == [foreign, foreign + "4"])
    #expect(contents.systems.map { $0["configuration"] as? String } == [foreign, foreign])
    #expect(contents.corpus("words", of: String.self).sorted() == [foreign, "left"].sorted())
    #expect(contents.corpus("texts", of: String.self) == [foreign + "2", foreign])
    #expect(contents.corpus("ids", of: String.self) == [foreign])
  }

  @Test("no address is named from which anything could come")
  func noNetwork() throws {
    let html = try Split.mixed(sentences: 2).page().html
    #expect(html.contains("default-src 'none'"))
    #expect(
      html.matches(of: /https?:\/\/[^"]*/).map { "\($0.output)" } == ["http://www.w3.org/2000/svg"])
    #expect(!html.contains("@import") && html.ranges(of: "src=").isEmpty)
  }

  @Test("every fault is an item of its kind, and every right triple one")
  func items() throws {
    let split = Split.mixed(sentences: 90)
    let report = try split.result(["A"]).systems[0].runs[0].report
    let contents = try Contents(of: split.page().html)
    let kinds = contents.strings("kinds")
    let counts = Dictionary(grouping: contents.items, by: { kinds[$0.kind] }).mapValues(\.count)
    #expect(counts["right"] == report.otherMatches[.exact]?.counts.tp)
    for kind in FaultKind.allCases {
      #expect(
        counts[kind.rawValue] ?? 0 == max(report.faults.wrong(kind), report.faults.missing(kind)))
    }
    #expect(counts.count == 8, "\(counts)")
    #expect(contents.items.count { $0.hasGold } == report.score.counts.gold)
    #expect(contents.items.count { $0.hasPrediction } == report.score.counts.predicted)
  }

  @Test("the kinds of wrong predictions have their numbers and rates")
  func errorKinds() throws {
    let split = Split.mixed(sentences: 90)
    let errors = try split.result(["A"]).systems[0].runs[0].report.errors
    let report = try #require(
      Contents(of: split.page().html).systems[0]["report"] as? [String: Any])
    let found = try #require(report["errors"] as? [[String: Any]])
    #expect(found.map { $0["kind"] as? String } == ErrorKind.allCases.map(\.rawValue))
    #expect(found.map { $0["count"] as? Int } == ErrorKind.allCases.map { errors[$0] })
    for (kind, entry) in zip(ErrorKind.allCases, found) {
      let rate = try #require(entry["perThousandGold"] as? Double)
      #expect(abs(rate - errors.perThousandGold(kind)) < 1e-5)
    }
    #expect(errors[.swapped] > 0 && errors[.other] > 0)
  }

  @Test("an item says head, relation, tail and probability")
  func item() throws {
    let sentence = Sentence(
      id: "1", tokens: ["Ann", "Lee", "left", "Rome"],
      triples: [Triple(head: .span(Span(0, 1)), relation: "b", tail: .text("Time"))])
    var prediction = Prediction()
    prediction.append(
      Prediction.Group(head: Span(0, 1), relation: "a", tail: nil), score: 0.1234)
    let contents = try Contents(of: Split([sentence], [prediction]).page().html)
    let kinds = contents.strings("kinds")
    let (incomplete, missed) = (kinds.firstIndex(of: "incomplete"), kinds.firstIndex(of: "missed"))
    #expect(
      contents.corpus("items", of: Int.self)
        == [4 * (incomplete ?? 0) + 2, 0, 2, 0, -1, -1, 123, 4 * (missed ?? 0) + 1, 0, 2, 1, 0, 0])
    #expect(contents.corpus("texts", of: String.self) == ["Time"])
  }

  @Test("a sentence has the overlap classes by which it is scored")
  func classes() throws {
    let triples = { (pairs: [(Int, String, Int)]) in
      pairs.map { Triple(head: .span(Span($0, $0)), relation: $1, tail: .span(Span($2, $2))) }
    }
    let sentences = [
      triples([(0, "r", 1)]), triples([(0, "r", 1), (0, "q", 1)]),
      triples([(0, "r", 1), (1, "r", 2)]),
      triples([(0, "r", 1), (0, "q", 1), (1, "r", 2)]), [],
    ].enumerated().map { Sentence(id: "\($0)", tokens: ["a", "b", "c"], triples: $1) }
    let split = Split(sentences, sentences.map { _ in Prediction() })
    let contents = try Contents(of: split.page().html)
    #expect(contents.strings("classes") == ["Normal", "EPO", "SEO"])
    #expect(contents.corpus("classes", of: Int.self) == [1, 2, 4, 6, 0])
  }

  @Test("equal reports are the same bytes")
  func bytes() throws {
    let split = Split.mixed(sentences: 50)
    #expect(try split.page(names: ["A", "B"]).html == split.page(names: ["A", "B"]).html)
  }

  @Test("5,000 sentences of WebNLG's kind are at most 2 MB")
  func size() throws {
    let size = try Split.mixed(sentences: 5000).page().html.utf8.count
    #expect((500_000...Page.comfortableSize).contains(size), "\(size)")
  }
}
