import Corpora
import Randomness

/// What a model predicts, and from where (Generative/README.md 7.5).
package enum GenerativeObjective: String, Codable, Sendable, CaseIterable {
  /// Tokens of source or target behind `[MASK]`, at their own rows.
  case mask
  /// Each token of the target, at the row before it.
  case shift
}

/// The segments that tokens are masked in.
package enum MaskedSegments: String, Codable, Sendable, CaseIterable {
  case both, target
}

/// The pieces of a sentence's source and target, symbols included.
package struct SequenceSize: Sendable {
  package let source: Int
  package let target: Int

  package init(source: Int, target: Int) { (self.source, self.target) = (source, target) }

  var rows: Int { source + target }

  /// The positions that may be masked: all but `[CLS]` and the first `[SEP]`.
  func candidates(_ segments: MaskedSegments) -> [Int] {
    (segments == .both ? Array(1..<source - 1) : []) + Array(source..<rows)
  }
}

/// A sentence as the generative model reads it: `[CLS] source [SEP] target [SEP]`, with a label for each piece.
package struct GenerativeSequence: Sendable {
  package let ids: [Int32]
  package let labels: [CopyLabel]
  /// The pieces of the source, both symbols included.
  package let source: Int

  /// - Precondition: there are as many labels as ids, and a target with its end behind the source.
  package init(ids: [Int32], labels: [CopyLabel], source: Int) {
    precondition(ids.count == labels.count && source < ids.count, "\(source) of \(ids.count)")
    (self.ids, self.labels, self.source) = (ids, labels, source)
  }

  package var size: SequenceSize { SequenceSize(source: source, target: ids.count - source) }

  /// What the model reads in an epoch, and what it is asked.
  ///
  /// - Parameter stream: the sentence's draws for masks in this epoch.
  package func task(_ masking: Masking, _ stream: CounterRandom) -> ReadingTask {
    switch masking.objective {
    case .shift:
      ReadingTask(
        ids: ids, source: source,
        questions: (source..<ids.count).map { question($0, at: $0 - 1) })
    case .mask: maskedTask(masking, stream)
    }
  }

  private func question(_ asked: Int, at position: Int) -> ReadingTask.Question {
    ReadingTask.Question(
      position: position, token: ids[asked], label: labels[asked], isOfSource: asked < source)
  }

  private func maskedTask(_ masking: Masking, _ stream: CounterRandom) -> ReadingTask {
    var places = size.candidates(masking.segments)
    let count = masking.count(of: places.count)
    // The first places of a permutation; draws from 0 on choose places, those from `places.count` on what stands there.
    for index in 0..<count {
      places.swapAt(index, index + stream.integer(index, below: places.count - index))
    }
    var read = ids
    for (index, place) in places.prefix(count).enumerated() {
      read[place] = masking.replacement(of: ids[place], places.count + 2 * index, stream)
    }
    return ReadingTask(
      ids: read, source: source,
      questions: places.prefix(count).sorted().map { question($0, at: $0) })
  }
}

/// How tokens are masked in training.
package struct Masking: Sendable {
  package let objective: GenerativeObjective
  package let segments: MaskedSegments
  /// The share of candidates that is masked.
  package let probability: Float
  /// The id of `[MASK]`, and the pieces that are not special.
  package let mask: Int32
  package let plain: [Int32]

  package init(
    _ objective: GenerativeObjective, segments: MaskedSegments, probability: Float, mask: Int32,
    plain: [Int32]
  ) {
    (self.objective, self.segments, self.probability) = (objective, segments, probability)
    (self.mask, self.plain) = (mask, plain)
  }

  /// The number of rows that are asked: `max(1, round(p · candidates))`, or the pieces of the target with its end.
  package func questions(of size: SequenceSize) -> Int {
    switch objective {
    case .shift: size.target
    case .mask: count(of: size.candidates(segments).count)
    }
  }

  func count(of candidates: Int) -> Int {
    max(1, Int((probability * Float(candidates) + 0.5).rounded(.down)))
  }

  /// What stands in the place of a masked token: of ten, eight become `[MASK]`, one a random piece, and one stays.
  func replacement(of id: Int32, _ draw: Int, _ stream: CounterRandom) -> Int32 {
    switch stream.uniform(2 * draw) {
    case ..<0.8: mask
    case ..<0.9: plain[stream.integer(draw + 1, below: plain.count)]
    default: id
    }
  }
}
