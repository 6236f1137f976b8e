import Autodiff
import Corpora
import Layers
import Randomness
import Tensors
import Testing

@testable import Models

@Suite("Targets that the generative model writes")
struct GreedyDecoderTests {
  private static let never = Set<Int32>([0, 1, 2, 4])
  private static let symbols = GenerativeSymbols(start: 2, end: 3, mask: 4, banned: never)

  private func network(seed: UInt64) -> (GenerativeNetwork, Slab) {
    let network = GenerativeNetwork(
      TransformerShape(
        layers: 2, hidden: 16, heads: 2, inner: 24, vocabulary: 40, positions: 60),
      hasLabels: true)
    let values = Slab(count: network.layout.count)
    values.initialize(network.layout, seed: seed)
    for i in 0..<values.count { values.buffer[i] *= 20 }
    return (network, values)
  }

  private static let sources: [[Int32]] = [[7, 9, 8, 7, 9, 12], [30], [11, 12, 13, 11, 14]]

  @Test(
    "the logits of each step are those of the whole sentence read anew",
    arguments: GenerativeObjective.allCases, [true, false])
  func wholePass(_ objective: GenerativeObjective, copies: Bool) throws {
    for seed: UInt64 in 1...5 {
      let (network, values) = network(seed: seed)
      let tape = Tape(weights: WeightStore(values))
      var choices: [[[Float]]] = Self.sources.map { _ in [] }
      let targets = GreedyDecoder(network, Self.symbols, objective, limit: 20, copies: copies)
        .targets(for: Self.sources, on: tape) {
          choices[$0.sentence].append($0.tokens.elements + ($0.labels?.elements ?? []))
        }
      for (sentence, source) in Self.sources.enumerated() {
        let target = targets[sentence].tokens
        #expect(choices[sentence].count == target.count && target.count <= 20)
        for (step, found) in choices[sentence].enumerated() {
          let ids = [2] + source + [3] + target.prefix(step) + (objective == .mask ? [4] : [])
          let task = ReadingTask(ids: ids, source: source.count + 2, questions: [])
          let hidden = network.hidden([task], TransformerPass(over: [task], on: tape), on: tape)
          let last = tape.gathered(hidden, rows: [ids.count - 1])
          let labels = try #require(network.labels)
          let truth =
            network.tokens(last, on: tape).value.elements
            + labels(last, on: tape).value.elements
          let largest = truth.map(abs).max() ?? 0
          for (a, b) in zip(found, truth) { #expect(abs(a - b) <= 1e-5 * max(largest, 1)) }
        }
      }
    }
  }

  @Test("a target does not depend on the sentences beside it")
  func alone() {
    let (network, values) = network(seed: 3)
    let decoder = GreedyDecoder(network, Self.symbols, .mask, limit: 20, copies: true)
    let tape = Tape(weights: WeightStore(values))
    let together = decoder.targets(for: Self.sources, scoring: true, on: tape)
    for (source, target) in zip(Self.sources, together) {
      let alone = decoder.targets(for: [source], scoring: true, on: tape)[0]
      #expect(alone.tokens == target.tokens && alone.labels == target.labels)
      #expect(alone.logProbabilities == target.logProbabilities)
      #expect(alone.sourceLabels == target.sourceLabels)
      #expect(alone.sourceLabels.count == source.count)
      #expect(Set(target.tokens).isDisjoint(with: Self.never))
    }
  }

  @Test("right labels are counted apart in source and target, sentence by sentence")
  func rightLabels() throws {
    let (network, values) = network(seed: 2)
    let tape = Tape(weights: WeightStore(values))
    let head = try #require(network.labels)
    // Of each sentence the questions whose label is to be right, by position.
    let right: [[Int]] = [[1, 5], [2, 4, 5, 6], []]
    let sentences: [[Int32]] = [
      [2, 7, 9, 3, 8, 7, 3], [2, 11, 12, 3, 12, 9, 3], [2, 8, 8, 3, 9, 9, 3],
    ]
    func task(_ index: Int, _ questions: [ReadingTask.Question]) -> ReadingTask {
      ReadingTask(ids: sentences[index], source: 4, questions: questions)
    }
    let plain = sentences.indices.map { task($0, []) }
    let pass = TransformerPass(over: plain, on: tape)
    let logits = head(network.hidden(plain, pass, on: tape), on: tape).value
    let tasks = sentences.indices.map { index in
      task(
        index,
        [1, 2, 4, 5, 6].map { position in
          let row = pass.layout.rows(ofSentence: index).lowerBound + position
          let best = (0..<3).max { logits[row, $0] < logits[row, $1] } ?? 0
          let label = right[index].contains(position) ? best : (best + 1) % 3
          return .init(
            position: position, token: 7, label: CopyLabel(rawValue: label) ?? .outside,
            isOfSource: position < 4)
        })
    }
    let terms = (0..<4).map { LossTerm("\($0)", weight: 1, sentences: 3) }
    network.addLosses(
      tasks, network.hidden(tasks, pass, on: tape), pass.layout, to: terms, on: tape)
    #expect(terms[2].perSentence == [1, 3, 0])
    #expect(terms[3].perSentence == [1, 1, 0])
  }

  @Test("no more tokens than there are positions, and none where there is no room")
  func positions() {
    let (network, values) = network(seed: 1)
    let decoder = GreedyDecoder(network, Self.symbols, .shift, limit: 500, copies: false)
    let long = (0..<56).map { Int32(5 + $0 % 30) }
    let targets = decoder.targets(
      for: [long, long + [5], long + [5, 6]], on: Tape(weights: WeightStore(values)))
    #expect(targets.map(\.tokens.count).enumerated().allSatisfy { $1 <= 2 - $0 })
    #expect(targets[2].tokens.isEmpty && !targets[0].tokens.isEmpty)
  }
}
