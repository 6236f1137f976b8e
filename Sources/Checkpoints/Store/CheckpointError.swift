/// What the world did to a file: its path, what was found, and what to do about it.
public struct CheckpointError: Error, Equatable, Sendable {
  /// The file or folder, as it was named by the caller.
  public let path: String
  /// What was wrong with it.
  public let reason: Reason

  /// Why a file could not be read or written.
  public enum Reason: Equatable, Sendable {
    /// No file has this name.
    case missing
    /// A folder has the file's name.
    case folder
    /// The system refused to open or read the file, for the reason given.
    case unreadable(String)
    /// The file holds no byte.
    case empty
    /// The file ends after `found` of `expected` bytes.
    case truncated(found: Int, expected: Int)
    /// The file goes on after the `expected` bytes that were written.
    case overlong(found: Int, expected: Int)
    /// The file is something else: what it looks like.
    case foreign(String)
    /// The file's format is of a later version than this program knows.
    case newer(version: UInt32)
    /// The part that is named does not match its checksum.
    case damaged(String)
    /// The object that is named is not what was asked for.
    case unfit(name: String, problem: String)
    /// The disk has fewer bytes free than the file needs; `free` is nil where it was not told.
    case diskFull(needed: Int, free: Int?)
    /// The system refused to write the file, for the reason given.
    case unwritable(String)
    /// None of the checkpoints of a folder is whole; what is wrong with one of them.
    case noneWhole(count: Int, first: String)
    /// The folder of a run cannot be used, for the reason given.
    case unusableFolder(String)
    /// A function of the HDF5 library failed with this text.
    case hdf5(function: String, text: String)
  }

  init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line: the path, what was found, what to do.
  public var description: String { finding + advice }

  /// The path and what was found.
  var finding: String { "\(path): \(sentence)" }

  private var advice: String {
    switch reason {
    case .empty, .truncated, .overlong, .damaged: "; take another checkpoint"
    default: ""
    }
  }

  /// Whether the file can be read and what it holds is no whole checkpoint.
  var isAboutContents: Bool {
    switch reason {
    case .missing, .folder, .empty, .truncated, .overlong, .foreign, .damaged, .unfit, .hdf5: true
    case .unreadable, .newer, .diskFull, .unwritable, .noneWhole, .unusableFolder: false
    }
  }

  private var sentence: String {
    switch reason {
    case .missing:
      "no such file"
    case .folder:
      "is a folder, not a file; name a file in it"
    case .unreadable(let cause):
      "cannot be read: \(cause)"
    case .empty:
      "is empty"
    case .truncated(let found, let expected):
      "is cut short: \(found) of \(expected) bytes are there"
    case .overlong(let found, let expected):
      "holds \(found) bytes where \(expected) were written"
    case .foreign(let looks):
      "is not a checkpoint of tercet: \(looks)"
    case .newer(let version):
      "was written by a newer tercet: format version \(version), this one reads up to "
        + "\(UserBlock.version); update tercet"
    case .damaged(let part):
      "is damaged: \(part)"
    case .unfit(let name, let problem):
      "'\(name)' \(problem)"
    case .diskFull(let needed, let free):
      "the disk is full: \(needed) bytes are needed, \(free.map(String.init) ?? "too few") are "
        + "free; nothing was replaced; free some space or name another folder"
    case .unwritable(let cause):
      "cannot be written: \(cause)"
    case .noneWhole(let count, let first):
      "none of its checkpoints is whole, \(count) damaged, such as \(first); nothing was changed; "
        + "put a whole one there, or start afresh with --overwrite"
    case .unusableFolder(let cause):
      "cannot hold checkpoints: \(cause); name another folder"
    case .hdf5(let function, let text):
      "HDF5 failed in \(function): \(text)"
    }
  }
}
