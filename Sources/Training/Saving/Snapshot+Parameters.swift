import Autodiff
import Checkpoints
import Tensors

extension Snapshot {
  /// Reads the parameters of a file's own model.
  ///
  /// - Throws: `TrainingError`, before any allocation, if the file is too short for the layout.
  public static func parameters(
    of layout: ParameterLayout, from file: inout Checkpoint, _ weights: Weights = .evaluated
  ) throws -> Slab {
    guard layout.count <= file.length / MemoryLayout<Float>.stride else {
      throw TrainingError.unfit(
        checkpoint: file.path,
        problem: "its configuration is that of a model of \(layout.count) parameters, "
          + "more than it holds")
    }
    let parameters = Slab(count: layout.count)
    try read(layout, group: weights.group, into: parameters, from: &file)
    return parameters
  }

  /// Reads the values of a group that has an array for each parameter. Some arrays at a time bound the memory of the
  /// open file; others that were read before leave it.
  static func read(
    _ layout: ParameterLayout, group: String, into slab: Slab, from file: inout Checkpoint
  ) throws {
    func name(_ parameter: Parameter) -> String { "\(group)/\(parameter.name)" }
    for part in layout.parts(ofAtMost: largestPart) {
      try file.read(.groups(part.map(name)))
      for parameter in part {
        let values = UnsafeMutableBufferPointer(rebasing: slab.buffer[parameter.values])
        try file.floats(name(parameter), into: values, shape: parameter.shape)
        guard values.allSatisfy(\.isFinite) else {
          throw TrainingError.unfit(
            checkpoint: file.path, problem: "'\(name(parameter))' is not finite")
        }
      }
    }
  }

  /// The most values that are read at once, unless one array has more.
  private static let largestPart = 1 << 25
}

extension ParameterLayout {
  /// The parameters in their order, in parts of at most so many values, or of one parameter.
  fileprivate func parts(ofAtMost most: Int) -> [[Parameter]] {
    var parts: [[Parameter]] = []
    var count = most
    for parameter in parameters {
      count += parameter.values.count
      if count > most || parts.isEmpty {
        parts.append([])
        count = parameter.values.count
      }
      parts[parts.count - 1].append(parameter)
    }
    return parts
  }
}
