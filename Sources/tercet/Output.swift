import Commands
import Corpora
import Glibc

/// Where a verb writes what it makes: a file, or standard output for `-`. What the verb says besides goes to
/// standard output too where that is free, else to standard error.
struct Output {
  /// The file, or `-`.
  let path: String

  var isStandardOutput: Bool { path == "-" || path == "/dev/stdout" }

  /// As messages name it.
  var name: String { isStandardOutput ? "standard output" : path }

  /// Writes all of `text`; a file appears whole or not at all.
  func write(_ text: String) throws {
    if isStandardOutput { Console.text(text) } else { try TextFile.write(text, to: path) }
  }

  /// Prints a line for the user.
  func say(_ line: String) {
    if isStandardOutput { Console.error(line) } else { Console.line(line) }
  }

  /// Refuses outputs of which one would be written over another.
  static func refuseRepeats(_ outputs: [Output]) throws {
    for (index, output) in outputs.enumerated()
    where outputs[..<index].contains(where: { output.isSame(as: $0) }) {
      throw Failure(description: "\(output.name): is named for two outputs; name another file")
    }
  }

  private func isSame(as other: Output) -> Bool {
    if isStandardOutput || other.isStandardOutput {
      return isStandardOutput == other.isStandardOutput
    }
    if let file = FileIdentity(path) { return file == FileIdentity(other.path) }
    return path == other.path
  }

  /// Refuses to be one of the files that the verb reads.
  ///
  /// - Parameter inputs: files, folders of them, or the first part of the paths of several.
  func refuse(_ inputs: [String]) throws {
    let own = isStandardOutput ? FileIdentity(descriptor: STDOUT_FILENO) : FileIdentity(path)
    guard let own else { return }
    for file in inputs.flatMap(FileIdentity.files) where FileIdentity(file) == own {
      throw Failure(
        description: "\(name): is the input \(file) too, which would be lost; name another file")
    }
  }
}

/// What tells a regular file from every other, whatever names and links it has.
struct FileIdentity: Hashable {
  private let device: dev_t
  private let number: ino_t

  /// The file of a path; `nil` where there is none, or it is a folder, a pipe or a device.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The open file of a descriptor; `nil` as for a path.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }

  /// The files that a name of input means: itself, those of a folder, or those whose paths begin with it.
  static func files(_ name: String) -> [String] {
    if FileIdentity(name) != nil { return [name] }
    let prefix = opendir(name).map(closedir) == nil ? name : name + "/"
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    guard let listing = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(listing) }
    var files: [String] = []
    while let entry = readdir(listing) {
      let path = withUnsafePointer(to: &entry.pointee.d_name) {
        folder + String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if path.hasPrefix(prefix) { files.append(path) }
    }
    return files
  }
}
