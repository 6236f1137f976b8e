import Autodiff
import Corpora
import Layers
import Randomness
import Tensors
import Testing

@testable import Models

@Suite("The generative model")
struct GenerativeTests {
  private static let sequence = GenerativeSequence(
    ids: [2] + (10..<30) + [3] + (30..<49) + [3],
    labels: (0..<42).map { CopyLabel(rawValue: $0 % 3) ?? .outside }, source: 22)

  private func masking(
    _ objective: GenerativeObjective = .mask, _ segments: MaskedSegments = .both,
    probability: Float = 0.15
  ) -> Masking {
    Masking(
      objective, segments: segments, probability: probability, mask: 4, plain: Array(5..<60))
  }

  /// Each of 40 candidates is chosen 6 times of 40; of 6,000 choices each share is within five deviations.
  @Test("masks: as many as wanted, everywhere but at [CLS] and the first [SEP], 8 : 1 : 1")
  func masks() {
    var (chosen, kinds) = ([Int](repeating: 0, count: 42), [0, 0, 0])
    let sequence = Self.sequence
    for example in 0..<1000 {
      let stream = RandomStreams(seed: 1, epoch: 2).stream("masks", example: example)
      let task = sequence.task(masking(), stream)
      #expect(task.questions.count == 6 && masking().questions(of: sequence.size) == 6)
      #expect(task.questions.map(\.position) == Set(task.questions.map(\.position)).sorted())
      for question in task.questions {
        chosen[question.position] += 1
        #expect(question.token == sequence.ids[question.position])
        #expect(question.label == sequence.labels[question.position])
        let read = task.ids[question.position]
        kinds[read == 4 ? 0 : read == question.token ? 2 : 1] += 1
        #expect(read == 4 || 5 <= read || read == question.token)
      }
      let asked = Set(task.questions.map(\.position))
      #expect(
        task.ids.indices.allSatisfy { asked.contains($0) || task.ids[$0] == sequence.ids[$0] })
    }
    #expect(chosen[0] == 0 && chosen[21] == 0)
    #expect(chosen.indices.allSatisfy { $0 == 0 || $0 == 21 || abs(chosen[$0] - 150) < 57 })
    #expect(abs(kinds[0] - 4800) < 155 && abs(kinds[1] - 600) < 120 && abs(kinds[2] - 600) < 120)
  }

  @Test("masks of targets alone, at least one, rounded half up, drawn anew each epoch")
  func maskCounts() {
    let stream = RandomStreams(seed: 1, epoch: 0).stream("masks", example: 0)
    let target = Self.sequence.task(masking(.mask, .target, probability: 1), stream)
    #expect(target.questions.map(\.position) == Array(22..<42))
    #expect(masking().count(of: 1) == 1 && masking().count(of: 10) == 2)
    #expect(masking().count(of: 9) == 1 && masking(probability: 0.7).count(of: 5) == 4)
    let again = Self.sequence.task(
      masking(), RandomStreams(seed: 1, epoch: 1).stream("masks", example: 0))
    #expect(again.ids != Self.sequence.task(masking(), stream).ids)
    #expect(Self.sequence.task(masking(.shift), stream).questions.map(\.position) == Array(21..<41))
  }

  private static let sentences = [
    Sentence(
      id: "a", tokens: ["Ann", "Moore", "left", "Time"],
      triples: [
        Triple(head: .span(Span(0, 1)), relation: "employer", tail: .span(Span(3, 3))),
        Triple(head: .span(Span(3, 3)), relation: "place", tail: .text("New York")),
      ]),
    Sentence(id: "b", tokens: ["Nothing", "here"], triples: []),
  ]

  private static let streams = RandomStreams(seed: 1, epoch: 0)

  private func model(_ change: (inout GenerativeOptions) -> Void) -> Generative {
    var options = GenerativeOptions()
    (options.layers, options.hidden, options.heads, options.inner) = (1, 8, 2, 8)
    change(&options)
    return Generative(
      options: options,
      vocabularies: Generative.vocabularies(of: Self.sentences, options: options))
  }

  @Test("source and target in pieces with labels, and the triples read back")
  func input() throws {
    let model = model { _ in }
    let input = model.input(Self.sentences[0], index: 0, limit: .max)
    let sequence = try #require(model.sequence(of: input, streams: Self.streams))
    let pieces = model.vocabularies.lists[0].list
    #expect(sequence.ids.first == model.symbols.start && sequence.ids.last == model.symbols.end)
    #expect(sequence.ids[sequence.source - 1] == model.symbols.end)
    let target = sequence.ids[sequence.source...].map { pieces[Int($0)] }
    #expect(target.filter { $0 == ";" }.count == 4 && target.filter { $0 == "|" }.count == 1)
    #expect(sequence.labels[1] == .begin && sequence.labels[sequence.source] == .begin)
    var said = GeneratedTarget(source: input.source.ids, model.symbols)
    for id in sequence.ids[sequence.source...] { said.append(id, .outside, logProbability: nil) }
    #expect(Set(model.read(said, of: input).triples) == Set(Self.sentences[0].triples))
    let empty = model.input(Self.sentences[1], index: 1, limit: .max)
    #expect(empty.rows == empty.source.count + 3)
  }

  @Test("a triple whose head is its tail is read, or dropped", arguments: SelfTriples.allCases)
  func selfTriples(_ rule: SelfTriples) throws {
    let model = model { $0.selfTriples = rule }
    let triples = [
      Triple(head: .span(Span(3, 3)), relation: "place", tail: .text("Time")),
      Triple(head: .span(Span(3, 3)), relation: "place", tail: .span(Span(0, 1))),
    ]
    let sentence = Sentence(id: "s", tokens: Self.sentences[0].tokens, triples: triples)
    let input = model.input(sentence, index: 0, limit: .max)
    let sequence = try #require(model.sequence(of: input, streams: Self.streams))
    var said = GeneratedTarget(source: input.source.ids, model.symbols)
    for id in sequence.ids[sequence.source...] { said.append(id, .outside, logProbability: nil) }
    #expect(model.read(said, of: input).triples.count == (rule == .keep ? 2 : 1))
  }

  @Test("triples are taught in the order of the corpus, by relation and place, or by chance")
  func targetOrder() throws {
    let triples = Self.sentences[0].triples
    let sentence = Sentence(
      id: "o", tokens: Self.sentences[0].tokens, triples: [triples[1], triples[0]])
    func taught(_ order: TargetOrder, epoch: Int = 0) throws -> [Triple] {
      let model = model { $0.targetOrder = order }
      let input = model.input(sentence, index: 0, limit: .max)
      let sequence = try #require(
        model.sequence(of: input, streams: RandomStreams(seed: 1, epoch: epoch)))
      #expect(sequence.ids.count == input.rows)
      var said = GeneratedTarget(source: input.source.ids, model.symbols)
      for id in sequence.ids[sequence.source...] { said.append(id, .outside, logProbability: nil) }
      return model.read(said, of: input).triples
    }
    #expect(try taught(.file) == sentence.triples)
    #expect(try taught(.sorted) == triples)
    let epochs = 0..<20
    #expect(Set(try epochs.map { try taught(.shuffle, epoch: $0) }).count == 1)
    #expect(Set(try epochs.map { try taught(.reshuffle, epoch: $0) }).count == 2)
  }

  @Test("questions of source and target make up those of the loss", arguments: [true, false])
  func questionCounts(masksBoth: Bool) {
    let model = model {
      ($0.maskSegments, $0.maskProbability) = (masksBoth ? .both : .target, 0.4)
    }
    let input = model.input(Self.sentences[0], index: 0, limit: .max)
    let names = ["L_token", "L_bio", "A_target"] + (masksBoth ? ["A_source"] : [])
    #expect(model.objective.map(\.name) == names)
    let targets = Set(0..<input.rows).subtracting(0..<(input.lesson?.size.source ?? 0))
    for epoch in 0..<20 {
      let streams = RandomStreams(seed: 1, epoch: epoch)
      let counts = model.objective.map { $0.count(input, streams) }
      #expect(counts[0] == counts[1] && counts[2...].reduce(0, +) == counts[0])
      let sequence = model.sequence(of: input, streams: streams)
      let task = sequence?.task(model.masking, streams.stream("masks", example: 0))
      #expect(task?.questions.count { targets.contains($0.position) } == counts[2])
    }
  }

  @Test("sizes that no transformer has are refused by their keys")
  func invalidOptions() {
    let cases: [(key: String, change: (inout GenerativeOptions) -> Void)] = [
      ("heads", { ($0.hidden, $0.heads) = (8, 3) }), ("layers", { $0.layers = 0 }),
      ("positions", { $0.positions = 15 }), ("maskProbability", { $0.maskProbability = 0 }),
      ("epsilon", { $0.epsilon = 0 }), ("alpha", { $0.alpha = 1.5 }),
      ("dropout", { $0.dropout = 1 }),
    ]
    for (key, change) in cases {
      var options = GenerativeOptions()
      change(&options)
      #expect { try options.validate() } throws: { ($0 as? InvalidOption)?.key == key }
    }
  }

  @Test(
    "a target that is too long is not learnt, a source that is too long is cut, and both are said")
  func limits() throws {
    let short = model { $0.targetLimit = 5 }
    let inputs = Self.sentences.enumerated().map { short.input($1, index: $0, limit: .max) }
    #expect(inputs.map { $0.lesson == nil } == [true, false])
    #expect(
      inputs.map(short.triplesOfLongText) == [2, 0] && inputs.map(short.conflicts) == [0, 0])
    #expect(
      short.remarks(on: inputs, isTaught: true).count == 1
        && short.remarks(on: inputs, isTaught: false).isEmpty)
    #expect(short.objective[0].count(inputs[0], RandomStreams(seed: 0, epoch: 0)) == 0)
    let unfinished = model { $0.decodingLimit = 5 }.remarks(on: inputs, isTaught: false)
    #expect(unfinished.count == 1 && unfinished[0].hasSuffix("(model.decodingLimit): 1"))
    let narrow = model { ($0.positions, $0.pieces) = (16, 1) }
    let cut = narrow.input(
      Sentence(id: "c", tokens: ["Annleft", "here", "Moore"], triples: []), index: 0, limit: .max)
    #expect(cut.isCut && cut.source.count == 6 && cut.lesson?.size.target == 1 && cut.rows == 16)
    #expect(narrow.remarks(on: [cut], isTaught: false).count == 1)
    // Of 16 positions the source takes 8, so that one triple of five pieces has room, though 256 may be written.
    #expect(narrow.expressible(in: cut).triples == 1)
    #expect(!narrow.knows("xylophone") && narrow.knows("Annleft"))
  }

  @Test(
    "a name in which a piece parts text is no target, and is counted", arguments: [true, false])
  func partedNames(parts: Bool) {
    let model = model { $0.split = parts ? .punctuation : .blanks }
    let sentence = Sentence(
      id: "d", tokens: ["Ann;Moore", "here"],
      triples: [Triple(head: .span(Span(0, 0)), relation: "place", tail: .span(Span(1, 1)))])
    let input = model.input(sentence, index: 0, limit: .max)
    let isTaught = input.rows > input.source.count + 3
    #expect(isTaught == !parts)
    let names = model.expressible(in: input).names
    #expect((names?.fault(ofName: "Ann;Moore") == nil) == !parts)
  }

  @Test(
    "a relation whose pieces hold a separator is no target; one that they cannot spell is never written"
  )
  func unwrittenRelations() {
    func sentence(_ relation: String) -> Sentence {
      Sentence(
        id: relation, tokens: ["Ann", "here"],
        triples: [Triple(head: .span(Span(0, 0)), relation: relation, tail: .span(Span(1, 1)))])
    }
    var options = GenerativeOptions()
    (options.layers, options.hidden, options.heads, options.inner) = (1, 4, 1, 4)
    options.split = .punctuation
    let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ";", "|", "Ann", "here", "r", "is"]
    let model = Generative(
      options: options,
      vocabularies: Vocabularies(
        lists: [("pieces", NameList(pieces)), ("relations", NameList(["r;r", "is", "é"]))],
        sizes: []))
    let inputs = ["r;r", "is", "é"].enumerated().map {
      model.input(sentence($1), index: $0, limit: .max)
    }
    let forms = inputs.map(model.expressible)
    let names = inputs.map(\.sentence.triples[0].relation)
    #expect(zip(forms, names).map { $0.relation($1) } == [false, true, false])
    #expect(zip(forms, names).map { $0.names?.fault(ofRelation: $1) } == [.separator, nil, nil])
    #expect(inputs.map { $0.lesson?.triples.count } == [0, 1, 1])
    #expect(
      model.remarks(on: inputs, isTaught: true)
        == ["relations that the pieces cannot spell, so that they are never written: é"])
  }

  @Test("a vocabulary without separators or symbols is refused with a line")
  func faults() {
    let options = GenerativeOptions()
    func fault(_ pieces: [String]) -> String? {
      Generative.fault(
        of: Vocabularies(
          lists: [("pieces", NameList(pieces)), ("relations", NameList(["r"]))], sizes: []), options
      )
    }
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    #expect(fault(special + [";", "|"]) == nil)
    #expect(fault(special + [";"])?.contains("'|'") == true)
    #expect(fault([";", "|"])?.contains("[PAD]") == true)
  }
}
