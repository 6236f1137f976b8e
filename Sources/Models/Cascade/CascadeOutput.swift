import Autodiff
import Corpora
import Layers
import Tensors

extension Cascade {
  /// Rows of subjects whose objects are computed together.
  private static let mostRows = 2048

  package func predict(_ batch: [CascadeInput], on tape: Tape) -> [Prediction] {
    let encoded = encoded(batch, streams: nil, on: tape)
    let subjects = placed(
      spans(
        subjects(encoded.features, on: tape).value, encoded.layout,
        threshold: options.subjectThreshold))
    let entityLogits = entities.map { $0(encoded.features, on: tape) }
    var predictions = batch.map { _ in Prediction() }
    if let entityLogits {
      let found = spans(entityLogits.value, encoded.layout, threshold: 0.5)
      for (sentence, spans) in found.enumerated() {
        predictions[sentence].entities = spans.map { EntityMention(span: $0) }
      }
    }
    let tokens = objects.token(encoded.features, on: tape)
    let runs = BatchPartition.runs(
      of: Array(subjects.indices), rows: Self.mostRows,
      rowsOf: { batch[subjects[$0].sentence].length })
    for run in runs {
      let wanted = run.map { subjects[$0] }.filter { !predictions[$0.sentence].isCut }
      guard !wanted.isEmpty else { continue }
      let (logits, rows) = objectLogits(encoded, tokens: tokens, wanted, entityLogits, on: tape)
      for (index, subject) in wanted.enumerated() {
        for group in groups(of: subject.span, logits.value.rows(rows.rows(ofSubject: index))) {
          guard predictions[subject.sentence].append(group) else { break }
        }
      }
    }
    return predictions
  }

  /// The spans that the marks of each sentence's tokens have.
  ///
  /// - Parameter logits: `[tokens, 2]`.
  private func spans(
    _ logits: Matrix, _ layout: SequenceLayout, threshold: Float
  ) -> [[Span]] {
    let least = threshold.logit
    return (0..<layout.sentences).map { sentence in
      let rows = layout.rows(ofSentence: sentence)
      func marks(_ end: Int) -> [Int] { rows.indices.filter { logits[rows[$0], end] >= least } }
      return NearestEnd.spans(starts: marks(0), ends: marks(1))
    }
  }

  /// The triples of a subject, relations in order, then objects.
  ///
  /// - Parameter logits: those of the sentence's tokens, `[tokens, 2R]`.
  private func groups(of subject: Span, _ logits: Matrix) -> [Prediction.Group] {
    let (least, count) = (options.objectThreshold.logit, vocabularies.relations.count)
    var marks: [Int: (starts: [Int], ends: [Int])] = [:]
    for position in 0..<logits.rows {
      let values = logits.row(position)
      for column in 0..<2 * count where values[column] >= least {
        if column < count {
          marks[column, default: ([], [])].starts.append(position)
        } else {
          marks[column - count, default: ([], [])].ends.append(position)
        }
      }
    }
    return marks.sorted { $0.key < $1.key }.flatMap { relation, marks in
      NearestEnd.spans(starts: marks.starts, ends: marks.ends).map {
        Prediction.Group(
          head: subject, relation: vocabularies.relations[relation], tail: $0)
      }
    }
  }
}
