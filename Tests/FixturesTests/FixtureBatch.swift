import Autodiff
import Corpora
import Models
import Tensors
import Testing

/// The sentences of a fixture as a model reads them, longest first.
struct FixtureBatch<Model: ExtractionModel> {
  let model: Model
  let sorted: Sorted
  let inputs: [Model.Input]

  init(_ model: Model, _ sentences: [Sentence]) {
    let sorted = Sorted(sentences.map(\.tokens.count))
    (self.model, self.sorted) = (model, sorted)
    inputs = sorted.order.map { model.input(sentences[$0], index: $0, limit: .max) }
  }

  /// Runs all sentences forward. Each term is divided by what the objective counts.
  func losses(on tape: Tape) -> (terms: [(loss: LossTerm, mean: Double)], total: Double) {
    let streams = RandomStreams(seed: 0, epoch: 0)
    let terms = zip(model.losses(of: inputs, streams: streams, on: tape), model.objective).map {
      loss, term in
      let count = inputs.reduce(0) { $0 + term.count($1, streams) }
      loss.gradientScale = loss.weight / Float(count)
      return (loss, loss.sum / Double(count))
    }
    return (terms, terms.reduce(0) { $0 + Double($1.0.weight) * $1.1 })
  }

  /// The predictions in the fixture's order.
  func predictions(on tape: Tape) -> [Prediction] {
    sorted.restore(model.predict(inputs, on: tape))
  }

  /// Triples as rows of sentence, head start and end, relation, tail start and end.
  func rows(_ triples: [[Triple]]) -> [[Int]] {
    triples.enumerated().flatMap { rows($1, ofSentence: $0) }
  }

  /// The rows of a sentence's triples.
  func rows(_ triples: [Triple], ofSentence sentence: Int) -> [[Int]] {
    triples.compactMap { triple in
      guard let head = triple.head.span, let tail = triple.tail.span else { return nil }
      let relation = model.vocabularies.relations.id(of: triple.relation) ?? -1
      return [sentence, head.start, head.end, relation, tail.start, tail.end]
    }
  }
}

extension Fixture {
  /// Compares all terms of the loss and, where the fixture has them, the gradients.
  func checkLosses<Model>(
    _ batch: FixtureBatch<Model>, of values: Slab, _ parameters: FixtureParameters
  ) throws {
    let tape = tape(values, mode: .oneShard)
    let (terms, total) = batch.losses(on: tape)
    for (loss, mean) in terms {
      try compareLosses("loss/\(loss.name)", [mean])
      try compare(
        "loss/\(loss.name)_per_sentence", batch.sorted.restore(loss.perSentence).map { Float($0) })
    }
    try compareLosses("loss/total", [total])
    let gradients = Slab(count: values.count)
    tape.collected().add(to: gradients)
    for group in ["grad", "loss/grad"] where try contains("\(group)/word_emb") {
      try compare(group, parameters, in: gradients)
    }
  }

  /// Compares predicted triples with rows, and their number, that of gold ones and of those in both with counts.
  func checkTriples(_ dataset: String, counts: String, _ predicted: [[Int]], gold: [[Int]]) throws {
    try compareRows("predict/\(dataset)", predicted)
    try compare(
      "predict/\(counts)",
      [Set(predicted).intersection(gold).count, Set(predicted).count, Set(gold).count])
  }

  /// Compares the tags of each sentence, in the fixture's order; -1 behind a sentence's end.
  func compareTags(_ dataset: String, _ tags: [[Int]]) throws {
    let time = try shape(dataset)[1]
    try compare(dataset, tags.flatMap { $0 + [Int](repeating: -1, count: time - $0.count) })
  }
}
