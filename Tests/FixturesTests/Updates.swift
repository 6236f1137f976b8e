import Autodiff
import Tensors
import Testing
import Training

extension Fixture {
  /// Updates on the whole batch, with the loss before each and after the last, as a group of this name has them: `adam`,
  /// `adam_clip`, `adamw`, `rmsprop`.
  ///
  /// - Parameters:
  ///   - steps: the number of updates.
  ///   - isNoise: whether a parameter's gradient is rounding noise, which Adam would enlarge.
  ///   - total: runs a tape forward; the mean loss.
  func checkUpdates(
    _ group: String, of layout: ParameterLayout, from values: Slab,
    _ parameters: FixtureParameters, steps: Int = 3,
    isNoise: (String) -> Bool = { _ in false },
    total: (Tape) throws -> Double
  ) throws {
    guard try contains("\(group)/losses") else { return }
    let options = try updateOptions(group)
    let optimizer = Optimizer(options, layout: layout)
    let moving = Slab(count: values.count)
    for i in 0..<values.count { moving.buffer[i] = values.buffer[i] }
    var (losses, norms): ([Double], [Double]) = ([], [])
    for step in 1...steps + 1 {
      let gradients = Slab(count: values.count)
      let tape = tape(moving, mode: .oneShard)
      losses.append(try total(tape))
      tape.collected().add(to: gradients)
      guard step <= steps else { break }
      norms.append(gradients.buffer.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
      let isFinite = optimizer.update(
        moving, partition: 0..<moving.count, gradient: try #require(gradients.buffer.baseAddress),
        Optimizer.Plan(norm: norms[step - 1], step: step, rate: options.rate), on: ThreadTeam(1))
      #expect(isFinite)
      let place = "\(group)/step\(step)"
      guard try contains(place) else { continue }
      for (name, _) in parameters where isNoise(name) { leaveOut("\(place)/\(name)") }
      try compare(place, parameters.filter { !isNoise($0.0) }, in: moving)
    }
    try compareLosses("\(group)/losses", losses)
    if try contains("\(group)/grad_norms") {
      try compare("\(group)/grad_norms", norms.map { Float($0) })
    }
  }

  private func updateOptions(_ group: String) throws -> OptimizerOptions {
    var options = OptimizerOptions()
    options.rate = try real("lr", on: group)
    options.epsilon = try real("eps", on: group)
    if group.hasPrefix("rmsprop") {
      options.kind = .rmsprop
      options.rho = try real("decay", on: group)
    } else {
      options.beta1 = try real("beta1", on: group)
      options.beta2 = try real("beta2", on: group)
    }
    if group == "adamw" {
      options.kind = .adamw
      options.weightDecay = try real("weight_decay", on: group)
    }
    if group.hasSuffix("clip") { options.clip = try real("clip", on: group) }
    return options
  }
}
