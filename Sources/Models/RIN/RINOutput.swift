import Autodiff
import Corpora
import Glibc
import Kernels
import Layers
import Tensors

extension RIN {
  package func predict(_ batch: [RINInput], scoring: Bool, on tape: Tape) -> [Prediction] {
    let features = features(of: batch, streams: nil, on: tape)
    let scores = entities(features.entities, on: tape).value
    let logits = pairs.logits(features.relations, layout: features.layout, on: tape)
    return batch.indices.map { sentence in
      let rows = features.layout.rows(ofSentence: sentence)
      let tags = rows.map { indexOfLargest(scores.row($0), count: scores.columns) }
      let (cells, cellLogits) = cells(logits, ofSentence: sentence)
      return read(
        cells, tags: Tags(tags, .bioes),
        scores: scoring
          ? RINScores(pairs: cellLogits, tags: TagScores(tags: tags, logits: scores, rows: rows))
          : nil)
    }
  }

  /// The pairs with a relation, heads in order, then tails, then relations, and their logits; one more than a
  /// prediction keeps, at most.
  private func cells(
    _ logits: PairLogits, ofSentence sentence: Int
  ) -> (cells: [PairTarget], logits: [Float]) {
    // The decision is taken on logits: a rounded probability may tie at the threshold.
    let least = options.threshold.logit
    var cells: [PairTarget] = []
    var found: [Float] = []
    logits.forEachRun(ofSentence: sentence) { run in
      guard cells.count <= Prediction.mostGroups else { return }
      for row in 0..<run.scores.rows {
        let scores = run.scores.row(row)
        for relation in 0..<logits.count where scores[relation] >= least {
          let (head, tail) = row.quotientAndRemainder(dividingBy: run.tokens.count)
          cells.append(
            PairTarget(head: run.heads.lowerBound + head, tail: tail, relation: relation))
          found.append(scores[relation])
        }
      }
    }
    return (cells, found)
  }

  /// Converts pairs and tags into triples: an anchor stands for the span that ends or starts there, or else
  /// for itself (RIN/README.md 6.6, D38).
  ///
  /// - Parameter scores: the probabilities of pairs and tags; `nil` for triples without.
  package func read(
    _ cells: [PairTarget], tags: Tags, scores: RINScores? = nil
  ) -> Prediction {
    let spans = tags.spans
    let known = Dictionary(
      uniqueKeysWithValues: spans.map { (options.anchor.position(in: $0), $0) })
    func entity(_ position: Int) -> Span { known[position] ?? Span(position, position) }
    var prediction = Prediction(tags: tags)
    for (index, cell) in cells.enumerated() {
      let (head, tail) = (entity(cell.head), entity(cell.tail))
      let group = Prediction.Group(
        head: head, relation: vocabularies.relations[cell.relation], tail: tail)
      let score = scores?.probability(ofPair: index, head, tail)
      guard prediction.append(group, score: score) else { break }
    }
    return prediction
  }
}

/// The probabilities of what RIN finds in one sentence.
package struct RINScores {
  /// The logit of each pair that was found.
  let pairs: [Float]
  let tags: TagScores

  /// The probability of a pair's relation, times those of the tags of both spans (Models/README.md 1.14).
  func probability(ofPair index: Int, _ head: Span, _ tail: Span) -> Float {
    Float(exp(logProbability(ofLogit: pairs[index]) + tags.logProbability(of: [head, tail])))
  }
}
