import Checkpoints
import Glibc

/// Whether checkpoints can be written and read, and how much room there is for them and for shared memory.
struct StorageChecks {
  /// The folder for checkpoints.
  let folder: String

  /// Free bytes that are enough for the checkpoints of most runs.
  private static let enoughDisk = 2 << 30
  /// Bytes of shared memory that are enough for the ranks of most runs.
  private static let enoughMemory = 512 << 20

  func findings() -> [Finding] { checkpoint() + [Self.sharedMemory] }

  /// Writes a small checkpoint, has it read by the reader's process and takes it away.
  private func checkpoint() -> [Finding] {
    let version = CheckpointFile.libraryVersion
    let file = "\(folder)/.tercet-doctor-\(getpid()).h5"
    let written: [Float] = (0..<1000).map(Float.init)
    do {
      try CheckpointFile.write(to: file) { writer throws(CheckpointError) in
        try written.withUnsafeBufferPointer { (values) throws(CheckpointError) in
          try writer.floats("parameters/trial", shape: [values.count], values)
        }
      }
    } catch {
      return [
        .warn("HDF5", "\(version), not tried", remedy: "see the next line"),
        .fail(
          "disk", "\(error)".replacing(file, with: folder),
          remedy: "'tercet doctor DIR' tries another folder"),
      ]
    }
    defer { unlink(file) }
    do {
      let read = try CheckpointFile.open(file).floats("parameters/trial").values
      guard read == written else { return [hdf5Failure("a checkpoint has other numbers"), disk] }
      return [.ok("HDF5", "\(version); a checkpoint was written and read"), disk]
    } catch {
      return [hdf5Failure("\(error)"), disk]
    }
  }

  private func hdf5Failure(_ text: String) -> Finding {
    .fail(
      "HDF5", "\(CheckpointFile.libraryVersion): \(text)", remedy: "install libhdf5-103-1 anew")
  }

  private var disk: Finding {
    guard let room = Room(folder) else {
      return .ok("disk", "\(folder) can be written; its room is unknown")
    }
    let text = "\(folder) can be written, \(room.freeText)"
    return room.free < Self.enoughDisk
      ? .warn(
        "disk", text, remedy: "keep fewer checkpoints (checkpoint.keep), or name another folder")
      : .ok("disk", text)
  }

  private static var sharedMemory: Finding {
    let (subject, path) = ("/dev/shm", "/dev/shm")
    let remedy = "enlarge it (mount -o remount,size=1G /dev/shm; docker run --shm-size=1g)"
    guard let room = Room(path), access(path, W_OK) == 0 else {
      return .warn(
        subject, "is missing or cannot be written, so that ranks of one host send messages",
        remedy: "mount it: mount -t tmpfs -o size=1G tmpfs /dev/shm")
    }
    return room.free < enoughMemory
      ? .warn(
        subject, "\(room.freeText); where a run's parameters do not fit, its ranks send messages",
        remedy: remedy)
      : .ok(subject, room.freeText)
  }
}
