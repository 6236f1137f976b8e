import Commands
import Configuration
import Training

/// A configuration file with what a command line changes in it.
struct ConfiguredRun {
  /// The options of the run.
  let options: RunOptions
  /// The changes, with whole keys.
  let overrides: [ConfigurationOverride]
  /// A note for each key that the user wrote by another name.
  let notes: [String]

  /// Reads a file.
  ///
  /// - Parameter overrides: changes, whose keys may have other names (``KeyNames``).
  /// - Throws: `ConfigurationError` or ``Failure`` with the place of the fault.
  init(_ path: String, _ overrides: [ConfigurationOverride]) throws {
    let file = try ConfigurationDocument(contentsOf: path)
    (self.overrides, notes) = try KeyNames.resolved(overrides, for: file)
    options = try RunOptions.decoded(from: try file.overridden(by: self.overrides))
  }
}

extension ArgumentLine {
  /// The values of a flag that sets keys, in the order of the line.
  func overrides(of flag: Flag) throws(UsageError) -> [ConfigurationOverride] {
    try values(of: flag).map { (text) throws(UsageError) in
      do {
        return try ConfigurationOverride(text)
      } catch {
        throw self.error("\(error)")
      }
    }
  }
}
