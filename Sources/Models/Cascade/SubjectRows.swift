import Autodiff
import Corpora

/// A subject of a sentence of a batch.
package struct PlacedSubject {
  /// The sentence's index in the batch.
  let sentence: Int
  /// The subject's number among those of its sentence.
  let number: Int
  let span: Span
}

/// The rows of a matrix with a row for each token of each subject's sentence: those of the first subject, in order,
/// then those of the second.
package struct SubjectRows {
  /// The row of each subject's first token, then the number of rows.
  private(set) var firsts = [0]
  /// Of each row: the token's row in the layout, the index of its subject, and the row of its distance from the subject
  /// among the vectors of positions.
  private(set) var tokens: [Int] = []
  private(set) var subjects: [Int] = []
  private(set) var positions: [Int] = []
  /// The place of each row among those of its sentence.
  private(set) var units: [Int] = []
  let map: RowMap

  /// - Parameter limit: the largest distance with a vector of its own.
  init(_ subjects: [PlacedSubject], _ layout: SequenceLayout, limit: Int) {
    var sentences: [Int32] = []
    for (index, subject) in subjects.enumerated() {
      let rows = layout.rows(ofSentence: subject.sentence)
      for (position, row) in rows.enumerated() {
        tokens.append(row)
        self.subjects.append(index)
        positions.append(
          limit + max(-limit, min(limit, Self.distance(of: position, from: subject.span))))
        units.append(subject.number * rows.count + position)
        sentences.append(Int32(subject.sentence))
      }
      firsts.append(tokens.count)
    }
    map = RowMap(sentences)
  }

  /// The number of rows.
  var count: Int { tokens.count }

  /// The rows of a subject.
  package func rows(ofSubject index: Int) -> Range<Int> { firsts[index]..<firsts[index + 1] }

  /// Negative to the left of a span, 0 within, positive to the right.
  private static func distance(of position: Int, from span: Span) -> Int {
    if position < span.start { return position - span.start }
    return max(0, position - span.end)
  }
}
