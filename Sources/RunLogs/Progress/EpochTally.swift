/// The updates of an epoch so far, as means.
struct EpochTally: Sendable {
  /// The epoch, from 0.
  let epoch: Int
  private var steps = 0
  private var sums: [String: (sum: Double, steps: Int)] = [:]
  private var norms = 0.0
  private var (sentences, seconds) = (0.0, 0.0)
  private let names: [String]

  /// - Parameter names: the terms of the objective in their order.
  init(epoch: Int, names: [String]) { (self.epoch, self.names) = (epoch, names) }

  mutating func add(_ step: StepEntry) {
    steps += 1
    for (name, loss) in step.losses {
      let before = sums[name, default: (0, 0)]
      sums[name] = loss.map { (before.sum + $0, before.steps + 1) } ?? before
    }
    norms += step.gradientNorm
    sentences += step.sentences
    seconds += step.duration
  }

  /// The mean of each loss over the steps that have it; `nil` where none has.
  var losses: [(name: String, mean: Double?)] {
    sums.ordered(by: names).map { name, value in
      (name, value.steps == 0 ? nil : value.sum / Double(value.steps))
    }
  }

  /// The mean norm of the gradient.
  var norm: Double { steps == 0 ? 0 : norms / Double(steps) }
  /// Sentences by the seconds of the steps.
  var speed: Double { seconds > 0 ? sentences / seconds : 0 }
}

extension Dictionary where Key == String {
  /// The values in the order of some names, or, where those are not all, in that of the alphabet.
  package func ordered(by names: [String]) -> [(name: String, value: Value)] {
    let order = Set(names) == Set(keys) ? names : keys.sorted()
    return order.compactMap { name in self[name].map { (name, $0) } }
  }
}
