import Corpora
import Layers
import Models
import Tensors
import Testing

/// A fixture of decoding: both objectives, with and without copying, step by step.
struct DecodingFixture {
  private let parts: GenerativeFixture
  private var fixture: Fixture { parts.fixture }
  private let limit: Int

  init(_ fixture: Fixture) throws {
    parts = try GenerativeFixture(fixture)
    limit = try fixture.integer("limit")
  }

  func check() throws {
    let sources = zip(try fixture.rows("input/source"), try fixture.integers("input/length")).map {
      $0.prefix($1).map { Int32($0) }
    }
    for objective in GenerativeObjective.allCases {
      for copies in [true, false] {
        try check(sources, objective, copies: copies)
      }
    }
  }

  private func check(_ sources: [[Int32]], _ objective: GenerativeObjective, copies: Bool) throws {
    let group = "\(objective)/\(copies ? "copy" : "free")"
    let decoder = GreedyDecoder(
      parts.network, parts.symbols, objective, limit: limit, copies: copies)
    var steps = [[(tokens: [Float], labels: [Float], allowed: [Int])]](
      repeating: [], count: sources.count)
    let classes = parts.network.encoder.shape.vocabulary
    let targets = decoder.targets(for: sources, on: fixture.tape(parts.values)) { choice in
      let allowed = (0..<Int32(classes)).map {
        choice.allowed?.contains($0) ?? !parts.symbols.banned.contains($0) ? 1 : 0
      }
      steps[choice.sentence].append(
        (choice.tokens.elements, choice.labels?.elements ?? [], allowed))
    }
    func padded<T>(_ values: [[T]], _ filler: T, width: Int = 1) -> [T] {
      values.flatMap { $0 + [T](repeating: filler, count: limit * width - $0.count) }
    }
    try fixture.compare("\(group)/length", targets.map(\.tokens.count))
    try fixture.compare("\(group)/tokens", padded(targets.map { $0.tokens.map { Int($0) } }, -1))
    try fixture.compare("\(group)/labels", padded(targets.map { $0.labels.map(\.rawValue) }, -1))
    try fixture.compare(
      "\(group)/token_logits", padded(steps.map { $0.flatMap(\.tokens) }, 0, width: classes))
    try fixture.compare(
      "\(group)/label_logits", padded(steps.map { $0.flatMap(\.labels) }, 0, width: 3))
    try fixture.compare(
      "\(group)/allowed", padded(steps.map { $0.flatMap(\.allowed) }, 0, width: classes))
  }
}
