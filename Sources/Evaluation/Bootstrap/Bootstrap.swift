import Randomness

/// Resamples of a split: each draws as many sentences as the split has, with replacement (Efron, 1979).
///
/// A resample depends on its number and the number of sentences alone, so that two systems are compared on the same
/// ones, and every machine gets the same digits.
struct Bootstrap {
  /// The number of resamples.
  static let resamples = 2000
  /// Resamples that are drawn together.
  private static let block = 250

  /// The number of sentences of the split.
  let sentences: Int

  /// The F1 of each resample, for each of some scores.
  func f1(of scores: [[SentenceCounts]]) -> [[Double]] {
    var values = scores.map { _ in [Double]() }
    for first in stride(from: 0, to: Self.resamples, by: Self.block) {
      let draws = draws(first..<min(first + Self.block, Self.resamples))
      for (index, counts) in scores.enumerated() { values[index] += draws.f1(of: counts) }
    }
    return values
  }

  /// How often each sentence is in each of some resamples.
  private func draws(_ numbers: Range<Int>) -> Draws {
    var draws = Draws(sentences: sentences, resamples: numbers.count)
    for (place, number) in numbers.enumerated() {
      let stream = CounterRandom(seed: 0, purpose: "bootstrap", example: number)
      for first in stride(from: 0, to: sentences, by: 4) {
        let bits = stream.lanes(ofBlock: UInt64(first) >> 2)
        for (offset, bits) in [bits.0, bits.1, bits.2, bits.3].enumerated()
        where first + offset < sentences {
          draws.add(Int((UInt64(bits) * UInt64(sentences)) >> 32), to: place)
        }
      }
    }
    return draws
  }
}

/// How often each sentence is in each of some resamples.
private struct Draws {
  private let resamples: Int
  /// `[sentences, resamples]`.
  private var times: [Int32]

  init(sentences: Int, resamples: Int) {
    self.resamples = resamples
    times = Array(repeating: 0, count: sentences * resamples)
  }

  mutating func add(_ sentence: Int, to resample: Int) {
    times[sentence * resamples + resample] += 1
  }

  /// The F1 of each resample of a score.
  func f1(of counts: [SentenceCounts]) -> [Double] {
    var (right, all) = (
      [Int32](repeating: 0, count: resamples), [Int32](repeating: 0, count: resamples)
    )
    for entry in counts {
      let (tp, sum) = (Int32(entry.counts.tp), Int32(entry.counts.predicted + entry.counts.gold))
      let row = entry.sentence * resamples
      times.withUnsafeBufferPointer { times in
        for resample in 0..<resamples {
          right[resample] &+= times[row + resample] &* tp
          all[resample] &+= times[row + resample] &* sum
        }
      }
    }
    return zip(right, all).map { $1 == 0 ? 0 : 2 * Double($0) / Double($1) }
  }
}
