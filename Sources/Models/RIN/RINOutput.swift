import Autodiff
import Corpora
import Kernels
import Layers
import Tensors

extension RIN {
  package func predict(_ batch: [RINInput], on tape: Tape) -> [Prediction] {
    let features = features(of: batch, streams: nil, on: tape)
    let scores = entities(features.entities, on: tape).value
    let logits = pairs.logits(features.relations, layout: features.layout, on: tape)
    return batch.indices.map { sentence in
      let tags = features.layout.rows(ofSentence: sentence).map { row in
        indexOfLargest(scores.row(row), count: scores.columns)
      }
      return read(cells(logits, ofSentence: sentence), tags: Tags(tags, .bioes))
    }
  }

  /// The pairs with a relation, heads in order, then tails, then relations; one more than a prediction keeps, at most.
  private func cells(_ logits: PairLogits, ofSentence sentence: Int) -> [PairTarget] {
    // The decision is taken on logits: a rounded probability may tie at the threshold.
    let least = options.threshold.logit
    var cells: [PairTarget] = []
    logits.forEachRun(ofSentence: sentence) { run in
      guard cells.count <= Prediction.mostGroups else { return }
      for row in 0..<run.scores.rows {
        let scores = run.scores.row(row)
        for relation in 0..<logits.count where scores[relation] >= least {
          let (head, tail) = row.quotientAndRemainder(dividingBy: run.tokens.count)
          cells.append(
            PairTarget(head: run.heads.lowerBound + head, tail: tail, relation: relation))
        }
      }
    }
    return cells
  }

  /// Converts pairs and tags into triples: an anchor stands for the span that ends or starts there, or else
  /// for itself (RIN/README.md 6.6, D38).
  package func read(_ cells: [PairTarget], tags: Tags) -> Prediction {
    let spans = tags.spans
    let known = Dictionary(
      uniqueKeysWithValues: spans.map { (options.anchor.position(in: $0), $0) })
    func entity(_ position: Int) -> Span { known[position] ?? Span(position, position) }
    return Prediction(
      groups: cells.map {
        Prediction.Group(
          head: entity($0.head), relation: vocabularies.relations[$0.relation],
          tail: entity($0.tail))
      }, tags: tags)
  }
}
