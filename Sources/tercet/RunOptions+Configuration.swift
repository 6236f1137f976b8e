import Configuration
import Models
import Training

extension RunOptions {
  /// Decodes and checks a configuration.
  ///
  /// - Throws: `ConfigurationError` or ``Failure`` with file, line and column of the fault.
  static func decoded(from document: ConfigurationDocument) throws -> RunOptions {
    let kind = document.string(at: "model.kind") ?? CopyMTL.names[0]
    guard let defaults = RunOptions(modelKind: kind) else {
      let place = document.position(of: "model.kind").map { "\($0): " } ?? ""
      let nearest = Wording.nearest(to: kind, among: ModelList.names)
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
      throw Failure(
        description: "\(place)'model.kind' must be one of "
          + "\(ModelList.names.joined(separator: ", ")); found \(Wording.quoted(kind))\(hint)")
    }
    let options = try document.decode(
      RunOptions.self, defaults: defaults, meanings: KeyNames(of: defaults))
    do {
      try options.validate()
    } catch {
      let place = document.position(of: error.key).map { "\($0): " } ?? ""
      throw Failure(description: "\(place)\(error)")
    }
    return options
  }

  /// The differences between a stored configuration and this one, key by key.
  ///
  /// - Parameter checkpoint: the file that holds the configuration.
  func differences(
    fromStored text: String, in checkpoint: String
  ) throws -> [ResumeCheck.Difference] {
    let stored = try RunOptions.decoded(
      from: try ConfigurationDocument(text: text, name: "\(checkpoint): configuration"))
    let before = ConfigurationText.flattened(of: stored)
    let now = ConfigurationText.flattened(of: portable)
    let values = Dictionary(uniqueKeysWithValues: before.map { ($0.key, $0.value) })
    let known = Set(now.map(\.key))
    let changed = now.filter { values[$0.key] != $0.value }
      .map { (key: $0.key, was: values[$0.key] ?? "nothing", now: $0.value) }
    let gone = before.filter { !known.contains($0.key) }
      .map { (key: $0.key, was: $0.value, now: "nothing") }
    return changed + gone
  }
}
