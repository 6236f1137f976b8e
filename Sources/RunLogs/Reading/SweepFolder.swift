import Foundation
import Typesetting

/// A folder of `cluster/sweep`: that of a sweep, or the `trials` in it, below which each trial has a run's folder.
struct SweepFolder {
  /// The folder of the trials' folders.
  private let folder: String
  /// The names of the trials' folders, sorted.
  private let trials: [String]

  /// - Parameter path: `nil` is made of any folder but a sweep's.
  init?(_ path: String) {
    let top = path.hasSuffix("/") ? String(path.dropLast()) : path
    for folder in ["\(top)/trials", top] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let trials = names.filter { Self.exists("\(folder)/\($0)/trial.json") }.sorted()
      if !trials.isEmpty {
        (self.folder, self.trials) = (folder, trials)
        return
      }
    }
    return nil
  }

  /// How its runs are shown, for a message that begins with its name.
  var advice: String {
    let kind = "is a sweep of \(Figures.count(trials.count, "trial"))"
    let log = RunLogReader.fileName
    guard let first = trials.first(where: { Self.exists("\(folder)/\($0)/\(log)") }) else {
      return "\(kind), none of which has begun"
    }
    return "\(kind): tercet log \(folder)/*/\(log) shows those that have begun, "
      + "such as \(folder)/\(first)"
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }
}
