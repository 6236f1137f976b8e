import Corpora
import Evaluation
import Foundation
import Randomness
import TestSupport
import Testing

@Suite("What memory alone scores")
struct MemoryScoreTests {
  /// Names of one to three tokens, some of which nest in others, and one with two blanks.
  private static let names = ["a", "b", "a b", "b a", "c a b", "a  b", "d"]

  private static func split(_ count: Int, seed: UInt64) -> [Sentence] {
    let random = CounterRandom(seed: seed, purpose: "memory")
    var next = 0
    func draw(_ bound: Int) -> Int {
      next += 1
      return random.integer(next, below: bound)
    }
    return (0..<count).map { index in
      let text = (0...draw(6)).map { _ in ["a", "b", "c", "d"][draw(4)] }.joined(separator: " ")
      let triples = (0..<draw(4)).map { _ in
        (names[draw(names.count)], ["p", "q"][draw(2)], names[draw(names.count)])
      }
      return sentence(text, triples)
    }
  }

  /// Every training triple tried on every sentence.
  private static func bruteForce(_ training: [Sentence], _ split: [Sentence]) -> (TripleCounts, Int)
  {
    let known = Set(training.flatMap(\.facts))
    var (counts, seen) = (TripleCounts(), 0)
    for sentence in split {
      let text = " " + sentence.tokens.joined(separator: " ") + " "
      let found = known.filter { fact in
        [fact.head, fact.tail].allSatisfy { text.contains(" \($0.value) ") }
      }
      counts.tp += found.intersection(sentence.facts).count
      counts.predicted += found.count
      counts.gold += sentence.facts.count
      seen += known.intersection(sentence.facts).count
    }
    return (counts, seen)
  }

  @Test("is what trying every triple on every sentence scores")
  func brute() {
    var hits = 0
    for seed in 0..<200 {
      let training = Self.split(1 + seed % 50, seed: UInt64(seed))
      let other = Self.split(5, seed: UInt64(1000 + seed))
      let score = MemoryScore(of: FactMemory(training), on: other)
      let (counts, seen) = Self.bruteForce(training, other)
      #expect(score.counts == counts && score.seen == seen, "\(seed)")
      hits += counts.tp
    }
    #expect(hits > 50)
  }

  @Test("counts of WebNLG are those of another program", .enabled(if: corpusFolder != nil))
  func webNLG() throws {
    let folder = try #require(corpusFolder).appending(path: "WebNLG/prgc-exact")
    func read(_ name: String) throws -> [Sentence] {
      try CorpusFormat.triples.read(folder.appending(path: name).path).sentences
    }
    let memory = FactMemory(try read("train_triples.json.gz"))
    let score = MemoryScore(of: memory, on: try read("test_triples.json"))
    #expect(score.counts == TripleCounts(tp: 1464, predicted: 3408, gold: 1607))
    #expect(score.seen == 1464)
  }
}
