import Autodiff
import Corpora
import Evaluation
import Foundation
import Layers
import ModelCases
import Tensors
import Testing

@testable import Models

@Suite("The LSTM rows of GenerativeRE")
struct WordSequenceTests {
  /// `a b c` are known; `x` and `y` are not.
  static let vocabularies = Vocabularies(
    lists: [
      ("words", NameList(WordEntries.separators + ["a", "b", "c"])),
      ("characters", NameList(["a", "b", "c"])), ("relations", NameList(["lives in", "owns"])),
    ], sizes: [])

  static func model(_ copy: WordSequenceOptions.Copy, limit: Int = 20) -> WordSequence {
    var options = WordSequenceOptions()
    (options.embedding, options.characterEmbedding, options.characterFilters) = (3, 2, 3)
    (options.encoderHidden, options.hidden, options.attentionWidth) = (2, 4, 3)
    (options.copy, options.limit) = (copy, limit)
    return WordSequence(options: options, vocabularies: vocabularies)
  }

  private static func input(_ tokens: String, _ triples: [Triple] = []) -> WordSequenceInput {
    let sentence = Sentence(id: "", tokens: tokens.components(separatedBy: " "), triples: triples)
    return model(.none).input(sentence, index: 0, limit: .max)
  }

  /// Written words from text: known words, separators and relations; `?` is unknown, `?2` stands for the third token.
  private static func written(_ text: String) -> [WrittenWord] {
    let entries = model(.none).entries
    return text.components(separatedBy: " ").enumerated().map { place, word in
      let relation = entries.entry(ofRelation: word == "lives" ? "lives in" : word)
      let token = word.hasPrefix("?") ? Int(word.dropFirst()) : nil
      return WrittenWord(
        entry: word == "END" ? entries.end : relation ?? entries.entry(of: word),
        label: TagScheme.outside, token: token, logProbability: -Double(place + 1))
    }
  }

  // MARK: Entries and targets

  @Test("the vocabulary has words that occur twice, behind the separators, which come once")
  func vocabulary() {
    let sentences = ["a b ;", "a c |", "c a ; d"].map {
      Sentence(id: $0, tokens: $0.components(separatedBy: " "))
    }
    let words = WordSequence.vocabularies(of: sentences).words
    #expect(words.words == [";", "|", "a", "c"])
    let frequent = WordSequence.vocabularies(of: sentences, minimumCount: 3).words
    #expect(frequent.words == [";", "|", "a"])
    // Names that the tokens do not hold are written too.
    let triple = Triple(head: .text("e f"), relation: "r", tail: .text("e"))
    let named = Sentence(id: "", tokens: ["a", "f"], triples: [triple])
    #expect(WordSequence.vocabularies(of: [named]).words.words == [";", "|", "e", "f"])
  }

  @Test("a target is the triples in order, then the end, without names that hold separators")
  func targets() {
    func triple(_ head: Argument, _ relation: String, _ tail: Argument) -> Triple {
      Triple(head: head, relation: relation, tail: tail)
    }
    let input = Self.input(
      "a x b ; a",
      [
        triple(.span(Span(0, 1)), "owns", .span(Span(2, 2))),
        triple(.span(Span(2, 3)), "owns", .span(Span(0, 0))),
        triple(.span(Span(0, 0)), "lives in", .text("c y")),
        triple(.span(Span(4, 4)), "lives in", .text("c y")),
        triple(.span(Span(0, 0)), "unheard of", .span(Span(2, 2))),
      ])
    var model = Self.model(.bio)
    func target(_ order: TargetOrder) -> WordTarget {
      var options = model.options
      options.targetOrder = order
      model = WordSequence(options: options, vocabularies: Self.vocabularies)
      return model.target(of: input, streams: RandomStreams(seed: 1, epoch: 0))
    }
    func entries(_ text: String) -> [Int] { Self.written(text).map(\.entry) }
    let file = target(.file)
    #expect(file.entries == entries("a ? ; b ; owns | a ; c ? ; lives END"))
    #expect(input.targetLength == file.entries.count)
    #expect(file.labels?.tokens == [1, 2, 1, 0, 0])
    // The sentence holds no word of "c y", whose unknown word is another than the sentence's.
    #expect(file.labels?.entries == [1, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    #expect(target(.sorted).entries == entries("a ; c ? ; lives | a ? ; b ; owns END"))
    let streams = RandomStreams(seed: 1, epoch: 0)
    #expect(Self.model(.none).target(of: input, streams: streams).labels == nil)
    let empty = model.target(of: Self.input("a"), streams: streams)
    #expect(empty.entries == [model.entries.end] && empty.labels?.entries == [0])
  }

  @Test("unknown words are told apart in triples and labels, though they are one entry")
  func unknownWords() {
    func triple(_ head: Int, _ tail: Int) -> Triple {
      Triple(head: .span(Span(head, head)), relation: "owns", tail: .span(Span(tail, tail)))
    }
    let model = Self.model(.bio)
    func target(_ triples: [Triple]) -> WordTarget {
      model.target(of: Self.input("x a y", triples), streams: RandomStreams(seed: 1, epoch: 0))
    }
    #expect(target([triple(2, 1)]).labels?.tokens == [0, 1, 1])
    #expect(target([triple(0, 1)]).labels?.tokens == [1, 1, 0])
    let both = target([triple(0, 1), triple(2, 1), triple(2, 1)])
    #expect(both.entries.count == 12 && both.labels?.tokens == [1, 1, 1])
    #expect(both.entries.allSatisfy { $0 < model.entries.count })
  }

  // MARK: What is allowed

  private func label(_ entry: String, _ label: Int, in source: inout WordSource) {
    source.append(
      WrittenWord(
        entry: Self.written(entry)[0].entry, label: label, token: nil, logProbability: 0))
  }

  @Test("WordDec: the sentence's words, relations, separators, unknown and end")
  func ownWords() {
    let (input, entries) = (Self.input("b x b"), Self.model(.none).entries)
    let allowed = WordSource(input.words.words, entries, .vocabulary).allowed(label: nil)
    #expect(
      allowed.entries
        == ([1, 2, 3, entries.entry(of: "b"), entries.end] + entries.relationEntries).sorted())
    #expect(allowed.unknownTokens == [0, 1, 2])
    let free = WordSource(input.words.words, entries, .none).allowed(label: nil)
    #expect(free.entries == nil && free.unknownTokens.isEmpty)
    #expect(entries.written == [1, 2, 3, 4, 5, 6, 8, 9, 10])
  }

  @Test("labels: under B all tokens, under I those behind what is copied, else any; O frees")
  func labels() {
    let entries = Self.model(.none).entries
    var source = WordSource(Self.input("x a y a b x").words.words, entries, .bio)
    func allowed(_ label: Int) -> AllowedWords { source.allowed(label: label) }
    let (a, b) = (entries.entry(of: "a"), entries.entry(of: "b"))
    #expect(allowed(0).entries == nil && allowed(0).unknownTokens.isEmpty)
    #expect(allowed(1).entries == [1, a, b] && allowed(1).unknownTokens == [0, 2, 5])
    #expect(allowed(2).entries == nil && allowed(2).unknownTokens == [0, 2, 5])
    label("a", 1, in: &source)
    #expect(allowed(2).entries == [1, b] && allowed(2).unknownTokens == [2])
    label("?", 2, in: &source)
    #expect(allowed(2).entries == [a] && allowed(2).unknownTokens.isEmpty)
    label("c", 2, in: &source)
    #expect(allowed(2).entries == nil && allowed(2).unknownTokens == [0, 2, 5])
  }

  // MARK: Reading

  private func read(_ text: String, in tokens: String = "a x b a b", scoring: Bool = false)
    -> Prediction
  {
    Self.model(.none).read(Self.written(text), of: Self.input(tokens), scoring: scoring)
  }

  @Test("triples are read between bars; names are their first places, or text")
  func reading() {
    let found = read("a b ; b ; owns | c ; a ?1 ; lives | a ; b | a ; b ; c | ; a ; owns END")
    #expect(
      found.groups == [
        Prediction.Group(head: .span(Span(3, 4)), relation: "owns", tail: .span(Span(2, 2))),
        Prediction.Group(head: .text("c"), relation: "lives in", tail: .span(Span(0, 1))),
      ])
    #expect(read("END").groups.isEmpty)
    #expect(read("a ; b ; owns | a ; b ; owns").groups.count == 1, "a repeat, and no end")
  }

  @Test("a word that stays unknown leaves its slot empty; one in a relation's place is no triple")
  func unknown() {
    let found = read("a ? ; b ; owns | a ; b ; ? | ? ; ? ; owns END")
    #expect(
      found.groups == [
        Prediction.Group(head: nil, relation: "owns", tail: .span(Span(2, 2))),
        Prediction.Group(head: Argument?.none, relation: "owns", tail: nil),
      ])
  }

  @Test("a triple's probability is that of its words, the bar and the end left out")
  func probabilities() {
    let found = read("a ; b ; owns | b ; a ; owns END", scoring: true)
    let sums = [15.0, 45.0].map { Float(exp(-$0)) }
    #expect(found.scores == sums)
  }

  // MARK: Writing

  @Test(
    "a batch is written as each sentence alone, up to the end or the limit",
    arguments: WordSequenceOptions.Copy.allCases)
  func alone(_ copy: WordSequenceOptions.Copy) {
    let model = Self.model(copy, limit: 12)
    var lengths: Set<Int> = []
    for seed: UInt64 in 1...20 {
      let values = Slab(count: model.layout.count)
      values.initialize(model.layout, seed: seed)
      for i in 0..<values.count { values.buffer[i] *= 4 }
      let batch = ["a x b a b c y", "b c a x", "x y", "c"].map { Self.input($0) }
      func written(_ inputs: [WordSequenceInput]) -> [[WrittenWord]] {
        let tape = Tape(parameters: values)
        let encoded = model.encoded(inputs, streams: nil, on: tape)
        return WordWriter(model, inputs, encoded, scoring: true, on: tape).finish()
      }
      let together = written(batch)
      for (input, words) in zip(batch, together) {
        let alone = written([input])[0]
        #expect(alone.map(\.entry) == words.map(\.entry))
        #expect(alone.map(\.token) == words.map(\.token))
        for (x, y) in zip(alone, words) {
          #expect(abs(x.logProbability - y.logProbability) <= 1e-5)
        }
        #expect(words.dropLast().allSatisfy { $0.entry != model.entries.end })
        #expect(words.count == 12 || words.last?.entry == model.entries.end)
        lengths.insert(words.count)
      }
    }
    #expect(lengths.count > 2, "\(lengths)")
  }

  @Test(
    "a word's probability is its softmax among the allowed entries, with labels times that of its label",
    arguments: WordSequenceOptions.Copy.allCases)
  func words(_ copy: WordSequenceOptions.Copy) {
    func share(of chosen: Int, among logits: [Float]) -> Double {
      let powers = logits.map { exp(Double($0)) }
      return powers[chosen] / powers.reduce(0, +)
    }
    let model = Self.model(copy)
    let values = Slab(count: model.layout.count)
    values.initialize(model.layout, seed: 3)
    for i in 0..<values.count { values.buffer[i] *= 4 }
    let (tape, batch) = (Tape(parameters: values), [Self.input("a x b a b y")])
    let writer = WordWriter(
      model, batch, model.encoded(batch, streams: nil, on: tape), scoring: true, on: tape)
    var bound = 0
    while let step = writer.step(), let word = writer.written[0].last {
      let candidates = step.allowed[0].entries ?? model.entries.written
      var expected = share(
        of: candidates.firstIndex(of: word.entry) ?? -1,
        among: candidates.map { step.logits.value[0, $0] })
      if let labels = step.labelLogits {
        expected *= share(of: word.label, among: labels.value.elements)
      }
      #expect(abs(exp(word.logProbability) - expected) <= 1e-6 * expected)
      if candidates.count < model.entries.written.count { bound += 1 }
    }
    #expect((bound > 0) == (copy != .none))
  }

  @Test("triples that take more words than are written are counted")
  func longTargets() {
    let triple = Triple(head: .span(Span(0, 0)), relation: "owns", tail: .span(Span(2, 2)))
    let inputs = [Self.input("a x b", [triple]), Self.input("a x b")]
    #expect(Self.model(.none, limit: 5).remarks(on: inputs, isTaught: false).isEmpty)
    let remarks = Self.model(.none, limit: 4).remarks(on: inputs, isTaught: false)
    #expect(remarks.count == 1 && remarks[0].hasSuffix("(model.limit): 1"))
  }

  @Test("a triple whose head is its tail is read, or dropped, and is out of reach then")
  func selfTriples() {
    let gold = Triple(head: .span(Span(0, 0)), relation: "owns", tail: .span(Span(2, 2)))
    let named = Triple(head: .text("c"), relation: "owns", tail: .text("c"))
    let input = Self.input("a x a b", [gold, named])
    for (rule, tails) in [(SelfTriples.keep, [0, nil, 3]), (.drop, [3])] {
      var options = Self.model(.bio).options
      options.selfTriples = rule
      let model = WordSequence(options: options, vocabularies: Self.vocabularies)
      let triples = model.read(
        Self.written("a ; a ; owns | c ; c ; owns | a ; b ; owns END"), of: input, scoring: false
      ).triples
      #expect(triples.map { $0.tail.span?.start } == tails)
      let ceiling = TripleCounts(
        ceilingOf: input.sentence, model.expressible(in: input), match: .exact)
      #expect(ceiling.tp == (rule == .keep ? 2 : 0))
      // Two unknown words need not be the same.
      let unknown = model.read(Self.written("? ; ? ; owns END"), of: input, scoring: false)
      #expect(unknown.groups.count == 1)
    }
  }

  @Test("the published network has the parameters that its parts have")
  func parameters() {
    func count(_ copy: WordSequenceOptions.Copy) -> Int {
      var options = WordSequenceOptions()
      options.copy = copy
      return WordSequence(options: options, vocabularies: Self.vocabularies).layout.count
    }
    let (entries, characters) = (11, 5)
    let encoder = 2 * 4 * 150 * (350 + 150 + 1)
    let decoder = 4 * 300 * (600 + 300 + 1) + 300 * (600 + 1) + 300 + entries * 301
    let plain = entries * 300 + characters * 50 + 50 * 151 + encoder + decoder
    #expect(count(.none) == plain && count(.vocabulary) == plain)
    #expect(count(.bio) == plain + 2 * 3 * 301)
  }
}
