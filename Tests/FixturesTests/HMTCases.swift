import Corpora
import Foundation
import Models
import Testing

/// Checks the parts of a file of cases that concern HMT: tags to spans and triples, and back.
///
/// - Parameter json: the whole file.
func checkHMTCases(_ json: Data) throws {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  let cases = try decoder.decode(HMTCases.self, from: json)
  for test in cases.readJe ?? [] { test.check() }
  for test in cases.readEe ?? [] { test.check() }
  for test in cases.buildEe ?? [] { test.check() }
  for test in cases.buildJe ?? [] { test.check() }
}

private struct HMTCases: Decodable {
  let readJe: [JointReading]?
  let readEe: [EntityReading]?
  let buildEe: [EntityBuilding]?
  let buildJe: [JointBuilding]?
}

/// `start`, `end` and the kind of an entity.
private struct CaseSpan: Decodable {
  let start: Int
  let end: Int
  let relation: Int?
  let role: Int?
  let type: Int?

  /// The entity as tags number it; roles count from 1.
  var tagged: TaggedSpan {
    TaggedSpan(
      Span(start, end),
      kind: type ?? JointTags.kind(relation ?? 0, role == 1 ? .head : .tail))
  }
}

private func form(_ scheme: String) -> TagScheme.Form { scheme == "BIOES" ? .bioes : .bio }

/// The triples that each rule reads from tags, as rows, sorted.
private func triples(_ tags: Tags, _ rule: Pairing) -> [[Int]] {
  var options = HMTOptions()
  (options.pairing, options.withEE) = (rule, false)
  let relations = tags.scheme.kinds / JointTags.Role.allCases.count
  let model = HMT(
    options: options,
    vocabularies: Vocabularies(
      lists: [
        ("words", NameList([])), ("relations", NameList((0..<relations).map { "\($0)" })),
        ("entity_types", NameList([])),
      ], sizes: []))
  return model.read(tags, entities: nil).triples.compactMap { triple in
    guard let head = triple.head.span, let tail = triple.tail.span,
      let relation = Int(triple.relation)
    else { return nil }
    return [head.start, head.end, relation, tail.start, tail.end]
  }.sorted { $0.lexicographicallyPrecedes($1) }
}

private func expectTriples(_ expected: [String: [[Int]]], of tags: Tags, _ note: String) {
  #expect(expected.count == Pairing.allCases.count)
  for (name, rows) in expected {
    guard let rule = Pairing(rawValue: name) else {
      Issue.record("pairing \(name)")
      continue
    }
    #expect(triples(tags, rule) == rows, "\(name): \(note) \(tags.values)")
  }
}

private struct JointReading: Decodable {
  let note: String
  let scheme: String
  let tags: [Int]
  let spans: [CaseSpan]
  let triples: [String: [[Int]]]

  func check() {
    let largest = tags.max() ?? 0
    let form = form(scheme)
    let relations = max(1, (largest + 2 * form.positions - 1) / (2 * form.positions))
    let tags = Tags(tags, TagScheme(form, kinds: 2 * relations))
    #expect(Set(tags.entities) == Set(spans.map(\.tagged)), "\(note) \(tags.values)")
    expectTriples(triples, of: tags, note)
  }
}

private struct EntityReading: Decodable {
  let note: String
  let tags: [Int]
  let spans: [CaseSpan]

  func check() {
    let kinds = max(1, ((tags.max() ?? 0) + 3) / 4)
    let found = Tags(tags, TagScheme(.bioes, kinds: kinds)).entities
    #expect(found == spans.map(\.tagged), "\(note) \(tags)")
  }
}

private struct EntityBuilding: Decodable {
  let note: String
  let n: Int
  let spans: [[Int]]
  let tags: [Int]
  let tagsUntyped: [Int]

  func check() {
    let kinds = (spans.map { $0[2] }.max() ?? 0) + 1
    func built(_ kinds: Int) -> [Int] {
      Tags(
        of: spans.map { TaggedSpan(Span($0[0], $0[1]), kind: kinds == 1 ? 0 : $0[2]) }, count: n,
        TagScheme(.bioes, kinds: kinds)
      ).values
    }
    #expect(built(kinds) == tags, "\(note) \(spans)")
    #expect(built(1) == tagsUntyped, "\(note) \(spans)")
  }
}

private struct JointBuilding: Decodable {
  let note: String
  let scheme: String
  let n: Int
  let triples: [[Int]]
  let tags: [Int]
  let kept: [Int]
  let decoded: [String: [[Int]]]

  func check() {
    let relations = (triples.map { $0[2] }.max() ?? 0) + 1
    var joint = JointTags(count: n, TagScheme(form(scheme), kinds: 2 * relations))
    let added = triples.map {
      joint.add(head: Span($0[0], $0[1]), relation: $0[2], tail: Span($0[3], $0[4])) ? 1 : 0
    }
    #expect(added == kept && joint.tags.values == tags, "\(note) \(triples)")
    expectTriples(decoded, of: joint.tags, note)
  }
}
