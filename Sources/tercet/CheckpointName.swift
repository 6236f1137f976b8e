import Checkpoints
import Foundation

/// A checkpoint as a command line names it.
enum CheckpointName {
  /// Whether a name is that of a checkpoint or of a run's folder, by its ending or by what is there.
  static func isMeant(by name: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
    return name.hasSuffix(".h5") || exists && isFolder.boolValue
  }

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
