import Glibc

extension CheckpointFolder {
  /// The result of ``newest()``.
  public struct Newest: Equatable, Sendable {
    /// The whole checkpoint of the highest step; nil where the folder holds no checkpoint.
    public var path: String?
    /// A line for the user about each damaged file and its new name.
    public var setAside: [String]

    package init(path: String?, setAside: [String] = []) {
      (self.path, self.setAside) = (path, setAside)
    }
  }

  /// The root attribute of a file that no run goes on from.
  private static let contents = "contents"

  /// Says in a file that it holds what evaluates alone, so that no run goes on from it.
  public static func markWeightsAlone(
    _ writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    try writer.attribute(contents, .string("weights"))
  }

  /// Whether a file holds what evaluates alone.
  public static func isWeightsAlone(_ file: borrowing Checkpoint) throws(CheckpointError) -> Bool {
    try file.attributeNames().contains(contents)
  }

  /// Finds the whole checkpoint of the highest step, by the root attribute `step`, that a run can go on from.
  ///
  /// Damaged and foreign files are renamed to end in `.damaged`; where `last.h5` was one of them, the found
  /// checkpoint becomes `last.h5`.
  ///
  /// - Throws: `CheckpointError` where no checkpoint is whole, or all that are hold weights alone, and for a file that
  ///   cannot be read or is of a newer version; all files keep their names then.
  public func newest() throws(CheckpointError) -> Newest {
    var found: (step: Int64, path: String)?
    var damaged: [(error: CheckpointError, names: [String])] = []
    var slim: String?
    // `last.h5` first: of a file's two names the result then has this one.
    for names in try namesByFile() {
      let path = "\(path)/\(names[0])"
      do throws(CheckpointError) {
        guard let step = try Self.step(in: path) else {
          slim = path
          continue
        }
        if step > found?.step ?? .min { found = (step, path) }
      } catch {
        guard error.isAboutContents else { throw error }
        damaged.append((error, names))
      }
    }
    if found == nil, let first = damaged.first {
      throw CheckpointError(path, .noneWhole(count: damaged.count, first: first.error.finding))
    }
    if found == nil, let slim { throw CheckpointError(slim, .weightsAlone) }
    var result = Newest(path: found?.path)
    for (error, names) in damaged {
      var aside: [String] = []
      for name in names { aside.append(try setAside(name)) }
      result.setAside.append("\(error.finding); set aside as \(aside.joined(separator: " and "))")
    }
    if let newest = result.path, access(last, F_OK) != 0 {
      try AtomicFile.duplicate(newest, as: last)
    }
    return result
  }

  /// Makes the file of the best step `best.h5` again, where that is missing.
  ///
  /// - Parameter step: the step of the best score.
  /// - Returns: whether `best.h5` exists now.
  public func restoreBest(step: Int) throws(CheckpointError) -> Bool {
    if access(best, F_OK) == 0 { return true }
    let file = file(ofStep: step)
    guard access(file, F_OK) == 0 else { return false }
    try AtomicFile.duplicate(file, as: best)
    return true
  }

  /// The path of each checkpoint, `last.h5` first; a file of several names has one of them.
  public func files() throws(CheckpointError) -> [String] {
    try namesByFile().map { "\(path)/\($0[0])" }
  }

  /// Whether a file lies in this folder, whatever links lead there.
  public func holds(_ file: String) -> Bool {
    let end = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
    let place = FileNumber(of: end == file.startIndex ? "." : String(file[..<end]))
    return place != nil && place == FileNumber(of: path)
  }

  /// The checkpoints' names, grouped by file, `last.h5` first.
  private func namesByFile() throws(CheckpointError) -> [[String]] {
    let names = try checkpoints()
    var groups: [[String]] = []
    var places: [FileNumber: Int] = [:]
    for name in names.filter({ $0 == "last.h5" }) + names.filter({ $0 != "last.h5" }) {
      let number = FileNumber(of: "\(path)/\(name)")
      if let number, let place = places[number] {
        groups[place].append(name)
      } else {
        if let number { places[number] = groups.count }
        groups.append([name])
      }
    }
    return groups
  }

  /// The step of a checkpoint; `nil` where it holds weights alone.
  private static func step(in path: String) throws(CheckpointError) -> Int64? {
    let file = try CheckpointFile.open(path, reading: .none)
    guard case .integer(let step) = try file.attribute("step") else {
      throw CheckpointError(path, .unfit(name: "step", problem: "is not an integer"))
    }
    return try isWeightsAlone(file) ? nil : step
  }

  /// Renames a damaged file.
  ///
  /// - Returns: its new name, which no other file has.
  private func setAside(_ name: String) throws(CheckpointError) -> String {
    var aside = "\(name).damaged"
    var number = 1
    var status = stat()
    while lstat("\(path)/\(aside)", &status) == 0 {
      number += 1
      aside = "\(name).damaged-\(number)"
    }
    guard rename("\(path)/\(name)", "\(path)/\(aside)") == 0 else {
      throw CheckpointError("\(path)/\(name)", .unwritable(Descriptor.systemError()))
    }
    return aside
  }
}
