/// A failure to read or write a checkpoint or its folder: the path, the finding, and the remedy.
///
/// Its description is one line for the user.
public struct CheckpointError: Error, Equatable, Sendable {
  /// The file or folder, as the caller named it.
  public let path: String
  /// The finding.
  public let reason: Reason

  /// Why a file could not be read or written.
  public enum Reason: Equatable, Sendable {
    /// No file has this name.
    case missing
    /// A folder has the file's name.
    case folder
    /// The system refused to open or read the file, with its reason.
    case unreadable(String)
    /// The file has no bytes.
    case empty
    /// The file ends after `found` of `expected` bytes.
    case truncated(found: Int, expected: Int)
    /// The file has more than the `expected` bytes of its header.
    case overlong(found: Int, expected: Int)
    /// The file is no checkpoint; the text says what it resembles.
    case foreign(String)
    /// The file's format version is later than this program's.
    case newer(version: UInt32)
    /// The file does not match a checksum, or its structures cannot be read; the text says which.
    case damaged(String)
    /// The named object is missing, or has another kind or shape than required.
    case unfit(name: String, problem: String)
    /// The disk has fewer bytes free than the file needs; `free` is nil where the system does not tell.
    case diskFull(needed: Int, free: Int?)
    /// The system refused to write the file, with its reason.
    case unwritable(String)
    /// None of a folder's checkpoints is whole: their number, and the finding about one of them.
    case noneWhole(count: Int, first: String)
    /// The file holds what evaluates, not what a run goes on from.
    case weightsAlone
    /// Another run has the folder: its host, process and start, between blanks.
    case inUse(by: String)
    /// The folder of a run cannot be used, with the reason.
    case unusableFolder(String)
    /// A function of the HDF5 library failed, with the library's text.
    case hdf5(function: String, text: String)
  }

  package init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// An object of a file that is missing, or not as its reader needs it.
  public init(_ path: String, name: String, problem: String) {
    self.init(path, .unfit(name: name, problem: problem))
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line: path, finding, remedy.
  public var description: String { finding + advice }

  /// The line without the remedy.
  package var finding: String { "\(path): \(sentence)" }

  private var advice: String {
    switch reason {
    case .empty, .truncated, .overlong, .damaged: "; take another checkpoint"
    case .folder: "; name a file in it"
    default: ""
    }
  }

  /// Whether the file, which can be read, is no whole checkpoint. Such files are set aside.
  var isAboutContents: Bool {
    switch reason {
    case .missing, .folder, .empty, .truncated, .overlong, .foreign, .damaged, .unfit, .hdf5: true
    case .unreadable, .newer, .diskFull, .unwritable, .noneWhole, .weightsAlone, .inUse,
      .unusableFolder:
      false
    }
  }

  private var sentence: String {
    switch reason {
    case .missing:
      "no such file"
    case .folder:
      "is a folder, not a file"
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
    case .weightsAlone:
      "holds weights alone (checkpoint.slimBest), which no run can go on from; name a last.h5 or a step's file, "
        + "or start afresh with --overwrite"
    case .inUse(let holder):
      "is in use by another run\(Self.description(of: holder)); wait for its end, or name another folder"
    case .unusableFolder(let cause):
      "cannot hold checkpoints: \(cause); name another folder"
    case .hdf5(let function, let text):
      "HDF5 failed in \(function): \(text)"
    }
  }

  /// The words for host, process and start, which a file gives.
  private static func description(of holder: String) -> String {
    let words = holder.split(separator: " ")
    return words.count == 3 ? ", process \(words[1]) on \(words[0]), since \(words[2])" : ""
  }
}
