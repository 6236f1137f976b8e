/// More epochs for a run, after the last one of its schedule.
public struct Extension: Codable, Sendable, Equatable {
  /// The epochs of the whole run.
  public var epochs: Int
  /// Whether warm-up and schedule begin anew, over the added epochs; otherwise the last rate is kept.
  public var rewarms: Bool

  /// Makes an extension to so many epochs.
  public init(epochs: Int, rewarms: Bool) { (self.epochs, self.rewarms) = (epochs, rewarms) }

  /// The extensions as checkpoints keep them: `60, 80 rewarm`.
  static func text(_ extensions: [Extension]) -> String {
    extensions.map { "\($0.epochs)\($0.rewarms ? " rewarm" : "")" }.joined(separator: ", ")
  }

  /// The extensions of a text; `nil` unless each has more epochs than the one before.
  static func list(_ text: String) -> [Extension]? {
    var list: [Extension] = []
    for part in text.split(separator: ",") {
      let words = part.split(separator: " ")
      guard let epochs = words.first.flatMap({ Int($0) }), epochs <= RunOptions.largestCount,
        epochs > list.last?.epochs ?? 0, words.dropFirst().allSatisfy({ $0 == "rewarm" })
      else { return nil }
      list.append(Extension(epochs: epochs, rewarms: words.count > 1))
    }
    return list
  }
}

/// A run's epochs and learning rates: the schedule of its options, and what each extension adds
/// (Configs/README.md, More epochs).
struct Course {
  /// Epochs under one schedule, or with one rate.
  private struct Part {
    let epochs: Int
    /// The updates before the first of the part, and before the first after it.
    let steps: Range<Int>
    let runsSchedule: Bool
  }

  private let optimizer: OptimizerOptions
  private let parts: [Part]

  init(_ options: RunOptions, _ extensions: [Extension], sentences: Int) {
    let stepsPerEpoch = options.stepsPerEpoch(sentences: sentences)
    optimizer = options.optimizer
    var parts: [Part] = []
    let all = [Extension(epochs: options.epochs, rewarms: true)] + extensions
    for part in all {
      let first = parts.last?.steps.upperBound ?? 0
      parts.append(
        Part(
          epochs: part.epochs, steps: first..<part.epochs * stepsPerEpoch,
          runsSchedule: part.rewarms))
    }
    self.parts = parts
  }

  /// The epochs of the whole run.
  var epochs: Int { parts.last?.epochs ?? 0 }

  /// The epochs with which a schedule, and so a part of the run, ends, from 1.
  var ends: [Int] { parts.map(\.epochs) }

  /// The learning rate of an update, from 1.
  func rate(step: Int) -> Float {
    rate(step: step, in: parts.firstIndex { step <= $0.steps.upperBound } ?? parts.count - 1)
  }

  private func rate(step: Int, in index: Int) -> Float {
    let part = parts[index]
    guard part.runsSchedule else { return lastRate(of: index - 1) }
    return optimizer.rate(step: step - part.steps.lowerBound, total: part.steps.count)
  }

  /// The last rate of a part that is above 0; a linear schedule's very last rate is 0.
  private func lastRate(of index: Int) -> Float {
    guard parts[index].runsSchedule else { return lastRate(of: index - 1) }
    let steps = parts[index].steps
    let last = steps.reversed().lazy.map { rate(step: $0 + 1, in: index) }.first { $0 > 0 }
    return last ?? optimizer.rate
  }

  /// What the last extension does; `nil` where there is none.
  var remark: String? {
    guard parts.count > 1, let part = parts.last else { return nil }
    let before = parts[parts.count - 2].epochs
    let rate = rate(step: part.steps.lowerBound + 1)
    return "extended from \(before) to \(part.epochs) epochs: from step "
      + "\(part.steps.lowerBound + 1) on "
      + (part.runsSchedule
        ? "warm-up and schedule begin anew" : "the schedule's last rate above 0, \(rate), is kept")
  }

  /// A warning where a warm-up is longer than the part of the run that begins with it.
  var warning: String? {
    guard let part = parts.last(where: \.runsSchedule), optimizer.warmup > part.steps.count else {
      return nil
    }
    return "optimizer.warmup=\(optimizer.warmup) is longer than the run of \(part.steps.count) "
      + "steps: the rate never reaches \(optimizer.rate)"
  }
}
