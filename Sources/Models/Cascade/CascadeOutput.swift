import Autodiff
import Corpora
import Glibc
import Kernels
import Layers
import Tensors

extension Cascade {
  /// Rows of subjects whose objects are computed together.
  private static let mostRows = 2048

  package func predict(_ batch: [CascadeInput], scoring: Bool, on tape: Tape) -> [Prediction] {
    let encoded = encoded(batch, streams: nil, on: tape)
    let subjectLogits = subjects(encoded.features, on: tape).value
    let subjects = placed(
      spans(subjectLogits, encoded.layout, threshold: options.subjectThreshold))
    let certainties =
      scoring ? subjects.map { certainty(of: $0, subjectLogits, encoded.layout) } : nil
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
      let wanted = run.filter { !predictions[subjects[$0].sentence].isCut }
      guard !wanted.isEmpty else { continue }
      let (logits, rows) = objectLogits(
        encoded, tokens: tokens, wanted.map { subjects[$0] }, entityLogits, on: tape)
      for (index, number) in wanted.enumerated() {
        let found = groups(
          of: subjects[number].span, certainties?[number],
          logits.value.rows(rows.rows(ofSubject: index)))
        for (group, score) in found {
          guard predictions[subjects[number].sentence].append(group, score: score) else { break }
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

  /// The logarithm of the probability that a subject starts and ends where it does.
  ///
  /// - Parameter logits: `[tokens, 2]`.
  private func certainty(
    of subject: PlacedSubject, _ logits: Matrix, _ layout: SequenceLayout
  ) -> Double {
    let ends = [subject.span.start, subject.span.end].enumerated()
    return ends.reduce(0) { sum, end in
      let row = layout.row(sentence: subject.sentence, position: end.element)
      return sum + logProbability(ofLogit: logits[row, end.offset])
    }
  }

  /// The triples of a subject, relations in order, then objects, with their probabilities: that of the subject's
  /// start and end, times that of the object's (Models/README.md 1.14).
  ///
  /// - Parameters:
  ///   - certainty: the logarithm of the subject's probability; `nil` for triples without.
  ///   - logits: those of the sentence's tokens, `[tokens, 2R]`.
  private func groups(
    of subject: Span, _ certainty: Double?, _ logits: Matrix
  ) -> [(group: Prediction.Group, score: Float?)] {
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
      NearestEnd.spans(starts: marks.starts, ends: marks.ends).map { object in
        let (start, end) = (logits[object.start, relation], logits[object.end, count + relation])
        let score = certainty.map {
          Float(exp($0 + logProbability(ofLogit: start) + logProbability(ofLogit: end)))
        }
        let name = vocabularies.relations[relation]
        return (Prediction.Group(head: subject, relation: name, tail: object), score)
      }
    }
  }
}
