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
    let asked = masking.asked(in: size, stream)
    switch masking.objective {
    case .shift:
      return ReadingTask(
        ids: ids, source: source, questions: asked.map { question($0, at: $0 - 1) })
    case .mask:
      return ReadingTask(
        ids: masking.masked(ids, at: asked, in: size, stream), source: source,
        questions: asked.sorted().map { question($0, at: $0) })
    }
  }

  private func question(_ asked: Int, at position: Int) -> ReadingTask.Question {
    ReadingTask.Question(
      position: position, token: ids[asked], label: labels[asked], isOfSource: asked < source)
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

  /// The positions of the tokens that are asked in an epoch, in the order of their draws.
  ///
  /// - Parameter stream: the sentence's draws for masks in this epoch.
  package func asked(in size: SequenceSize, _ stream: CounterRandom) -> [Int] {
    if objective == .shift { return Array(size.source..<size.rows) }
    var places = size.candidates(segments)
    let count = count(of: places.count)
    // The first places of a permutation.
    for index in 0..<count {
      places.swapAt(index, index + stream.integer(index, below: places.count - index))
    }
    return Array(places.prefix(count))
  }

  /// What is read where some tokens are asked.
  ///
  /// - Parameter asked: their positions, in the order of their draws.
  func masked(
    _ ids: [Int32], at asked: [Int], in size: SequenceSize, _ stream: CounterRandom
  ) -> [Int32] {
    // Draws before these have chosen the positions.
    let first = size.candidates(segments).count
    var read = ids
    for (index, place) in asked.enumerated() {
      read[place] = replacement(of: ids[place], first + 2 * index, stream)
    }
    return read
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
