/// The updates of an epoch so far, as means.
struct EpochTally: Sendable {
  /// The epoch, from 0.
  let epoch: Int
  private var steps = 0
  private var sums: [String: Double] = [:]
  private var norms = 0.0
  private var (sentences, seconds) = (0.0, 0.0)
  private let names: [String]

  /// - Parameter names: the terms of the objective in their order.
  init(epoch: Int, names: [String]) { (self.epoch, self.names) = (epoch, names) }

  mutating func add(_ step: StepEntry) {
    steps += 1
    for (name, loss) in step.losses { sums[name, default: 0] += loss }
    norms += step.gradientNorm
    sentences += step.sentences
    seconds += step.duration
  }

  /// The mean of each loss over the steps.
  var losses: [(name: String, mean: Double)] {
    sums.ordered(by: names).map { ($0.name, $0.value / Double(steps)) }
  }

  /// The mean norm of the gradient.
  var norm: Double { steps == 0 ? 0 : norms / Double(steps) }
  /// Sentences by the seconds of the steps.
  var speed: Double { seconds > 0 ? sentences / seconds : 0 }
}

extension [String: Double] {
  /// The values in the order of some names, or, where those are not all, in that of the alphabet.
  package func ordered(by names: [String]) -> [(name: String, value: Double)] {
    let order = Set(names) == Set(keys) ? names : keys.sorted()
    return order.compactMap { name in self[name].map { (name, $0) } }
  }
}
