import Glibc

/// The folder of one run: a file for each of the last steps, `last.h5` and `best.h5`.
///
/// `step-00000120.h5` and `last.h5` are two hard links to one file: `last.h5` costs no disk space, and removing
/// old steps takes nothing from `best.h5`, which is a third link or a file of its own. A name is only ever replaced as
/// a whole.
public struct CheckpointFolder: Sendable {
  /// The folder's path.
  public let path: String
  /// Held by all copies of the claimed folder.
  private var claim: FolderClaim?

  /// Whether a checkpoint is the best of its run so far.
  public enum Standing: Sendable {
    /// An earlier checkpoint was at least as good.
    case ordinary
    /// It beats all earlier checkpoints.
    case best
  }

  /// A folder that need not exist yet.
  public init(_ path: String) {
    self.path = path
  }

  /// The path of the newest checkpoint.
  public var last: String { "\(path)/last.h5" }
  /// The path of the checkpoint with the best score.
  public var best: String { "\(path)/best.h5" }
  /// The path of the file that says which run has the folder (``FolderClaim``).
  var claimFile: String { "\(path)/run.lock" }

  /// Makes the folder and claims it for a run, until the last copy of this value is gone or the process ends.
  ///
  /// - Parameter holder: the host, process and start of the run, between blanks.
  /// - Returns: whether the claim keeps other runs out, which the file system must have locks for.
  /// - Throws: `CheckpointError` where another run has the folder, or it cannot be made or written.
  public mutating func claim(for holder: String) throws(CheckpointError) -> Bool {
    try makeFolders()
    claim = try FolderClaim.make(in: self, for: holder)
    return claim != nil
  }

  /// Makes the folder, proves that it can be written, and removes the temporary files of killed runs.
  ///
  /// - Throws: `CheckpointError` where the folder cannot be made or written.
  public func prepare() throws(CheckpointError) {
    try makeFolders()
    let probe = AtomicFile.temporary(for: last)
    defer { unlink(probe) }
    do throws(CheckpointError) {
      _ = try Descriptor.creating(probe)
    } catch {
      if case .unwritable(let cause) = error.reason { throw unusable(cause) }
      throw error
    }
    for name in try entries() where Self.isTemporary(name) { try remove(name) }
  }

  /// Writes the checkpoint of a step, makes it `last.h5` and, if it is the best, `best.h5`; then removes all but
  /// the last `keep` step files.
  ///
  /// - Parameters:
  ///   - step: the number of optimiser steps so far; the file is named by it.
  ///   - standing: whether this is the best checkpoint so far.
  ///   - keep: the number of step files that stay, this one included.
  ///   - bytes: a lower bound of what is written; where the disk has less room, nothing is.
  ///   - best: writes the contents of `best.h5` where they are others than those of the step (``markWeightsAlone(_:)``).
  ///   - body: writes the contents, the root attribute `step` among them.
  /// - Throws: `CheckpointError`; all earlier checkpoints exist then.
  /// - Precondition: `0 <= step`, `0 < keep`.
  public func save(
    step: Int, _ standing: Standing, keep: Int, bytes: Int = 0,
    best other: ((borrowing CheckpointWriter) throws(CheckpointError) -> Void)? = nil,
    _ body: (borrowing CheckpointWriter) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    precondition(step >= 0 && keep > 0, "save step \(step), keep \(keep)")
    let name = Self.name(ofStep: step)
    let file = file(ofStep: step)
    try CheckpointFile.write(to: file, bytes: bytes, body)
    try AtomicFile.duplicate(file, as: last)
    if standing == .best {
      if let other {
        try CheckpointFile.write(to: best, other)
      } else {
        try AtomicFile.duplicate(file, as: best)
      }
    }
    let others = try entries().filter { Self.step(of: $0) != nil && $0 != name }
    let oldestFirst = others.sorted { (Self.step(of: $0) ?? 0) < (Self.step(of: $1) ?? 0) }
    for old in oldestFirst.dropLast(keep - 1) { try remove(old) }
  }

  /// The path of a step's checkpoint.
  public func file(ofStep step: Int) -> String { "\(path)/\(Self.name(ofStep: step))" }

  /// Whether the folder exists and holds any checkpoint, whole or not.
  public func containsCheckpoints() throws(CheckpointError) -> Bool {
    try !checkpoints().isEmpty
  }

  /// Removes the checkpoints and the temporary files of killed runs, and nothing else.
  public func clear() throws(CheckpointError) {
    for name in try entries() where Self.isCheckpoint(name) || Self.isTemporary(name) {
      try remove(name)
    }
  }
}

extension CheckpointFolder {
  static func name(ofStep step: Int) -> String {
    let digits = String(step)
    return "step-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).h5"
  }

  /// The step in a file's name; nil for other names.
  private static func step(of name: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(".h5"),
      let step = Int(name.dropFirst(5).dropLast(3)), name == self.name(ofStep: step)
    else { return nil }
    return step
  }

  private static func isCheckpoint(_ name: String) -> Bool {
    name == "last.h5" || name == "best.h5" || step(of: name) != nil
  }

  /// Whether a file is the temporary one of an unfinished checkpoint (``AtomicFile/temporary(for:)``).
  private static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix("."), let end = name.firstRange(of: ".tmp-") else { return false }
    return isCheckpoint(String(name[..<end.lowerBound].dropFirst()))
      && UInt(name[end.upperBound...]) != nil
  }

  func checkpoints() throws(CheckpointError) -> [String] {
    try entries().filter(Self.isCheckpoint)
  }

  /// The names in the folder, sorted; none where the folder does not exist.
  private func entries() throws(CheckpointError) -> [String] {
    guard let stream = opendir(path) else {
      if errno == ENOENT { return [] }
      throw unusable(errno == ENOTDIR ? "it is a file" : Descriptor.systemError())
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.sorted()
  }

  private func remove(_ name: String) throws(CheckpointError) {
    let file = "\(path)/\(name)"
    guard unlink(file) == 0 || errno == ENOENT else {
      throw CheckpointError(file, .unwritable(Descriptor.systemError()))
    }
  }

  private func makeFolders() throws(CheckpointError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += "\(part)/"
      if mkdir(prefix, 0o777) == 0 || errno == EEXIST { continue }
      // Also where it stands on a file system that cannot be written.
      let cause = Descriptor.systemError()
      if access(prefix, F_OK) != 0 { throw unusable("\(prefix): \(cause)") }
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw unusable(Descriptor.systemError()) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw unusable("it is a file") }
  }

  func unusable(_ cause: String) -> CheckpointError {
    CheckpointError(path, .unusableFolder(cause))
  }
}
