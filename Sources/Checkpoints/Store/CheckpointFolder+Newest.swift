import Glibc

extension CheckpointFolder {
  /// What a look for the newest checkpoint has found.
  public struct Newest: Equatable, Sendable {
    /// The whole checkpoint of the highest step; nil where the folder holds none.
    public var path: String?
    /// A line for each damaged file, which has another name now.
    public var setAside: [String]

    package init(path: String?, setAside: [String] = []) {
      (self.path, self.setAside) = (path, setAside)
    }
  }

  /// The whole checkpoint of the highest step, by the root attribute `step`.
  ///
  /// Files that are damaged, or something else, get names that end in `.damaged`; where `last.h5` was one of
  /// them the checkpoint that is found becomes it.
  ///
  /// - Throws: `CheckpointError` where no checkpoint is whole, and for what cannot be read or comes from a
  ///   newer version; all files keep their names then.
  public func newest() throws(CheckpointError) -> Newest {
    var found: (step: Int64, path: String)?
    var damaged: [(error: CheckpointError, names: [String])] = []
    // `last.h5` first, so that of its two names this one is given.
    for names in try namesByFile() {
      let path = "\(path)/\(names[0])"
      do throws(CheckpointError) {
        let step = try Self.step(in: path)
        if step > found?.step ?? .min { found = (step, path) }
      } catch {
        guard error.isAboutContents else { throw error }
        damaged.append((error, names))
      }
    }
    if found == nil, let first = damaged.first {
      throw CheckpointError(path, .noneWhole(count: damaged.count, first: first.error.finding))
    }
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

  /// Where `best.h5` is missing, makes the file of the best step it again.
  ///
  /// - Returns: whether `best.h5` is there.
  public func restoreBest(step: Int) throws(CheckpointError) -> Bool {
    if access(best, F_OK) == 0 { return true }
    let file = file(ofStep: step)
    guard access(file, F_OK) == 0 else { return false }
    try AtomicFile.duplicate(file, as: best)
    return true
  }

  /// The names of checkpoints, those of one file together, `last.h5` first.
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

  private static func step(in file: String) throws(CheckpointError) -> Int64 {
    guard case .integer(let step) = try CheckpointFile.open(file, reading: .none).attribute("step")
    else {
      throw CheckpointError(file, .unfit(name: "step", problem: "is not an integer"))
    }
    return step
  }

  /// Gives a file a name that no other has.
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
