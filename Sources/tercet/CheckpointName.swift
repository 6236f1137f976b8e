import Checkpoints
import Foundation

/// A checkpoint as a command line names it.
enum CheckpointName {
  /// The file that is meant: itself, or the best checkpoint of a run's folder.
  static func file(_ name: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue
    else { return name }
    let best = CheckpointFolder(name).best
    if FileManager.default.fileExists(atPath: best) { return best }
    throw Failure(
      description: "\(name): is a folder without best.h5; name a checkpoint in it, such as last.h5")
  }
}
