import Models

/// What a command line changes in how the model of a checkpoint decodes.
enum DecodingChange {
  /// Tags are decoded without I after O or at the start.
  case constrained
  /// How tagged heads and tails become triples.
  case pairing(Pairing)

  /// The key of the configuration and its value.
  var setting: String {
    switch self {
    case .constrained: "model.crfConstrained=true"
    case .pairing(let rule): "model.pairing=\(rule.rawValue)"
    }
  }

  /// Refuses the change for a model that does not decode so.
  func check(_ model: ModelSection, of path: String) throws {
    switch self {
    case .constrained where !model.type.hasCRF:
      throw model.refusal("--constrained", "tag with a CRF", of: path)
    case .pairing where !model.type.pairsTags:
      throw model.refusal("--pairing", "pair tagged heads and tails, hmt", of: path)
    default: break
    }
  }
}

extension ModelSection {
  /// The refusal of a flag that only other models have a use for.
  ///
  /// - Parameter purpose: what those models do.
  func refusal(_ flag: String, _ purpose: String, of path: String) -> Failure {
    Failure(
      description: "\(path): \(flag) is for models that \(purpose); '\(kind)' does not, "
        + "so leave it out")
  }
}
