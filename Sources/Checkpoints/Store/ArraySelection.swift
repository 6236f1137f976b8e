/// The arrays of a checkpoint whose numbers are wanted; names, kinds and shapes of all are known anyway.
public enum ArraySelection: Equatable, Sendable {
  case all
  /// Those of some groups and of groups in them.
  case groups([String])

  /// No array's numbers.
  public static var none: ArraySelection { .groups([]) }

  func includes(_ name: String) -> Bool {
    switch self {
    case .all: true
    case .groups(let groups): groups.contains { name.hasPrefix("\($0)/") }
    }
  }

  /// The selection as words of a command line.
  var words: [String] {
    switch self {
    case .all: ["/"]
    case .groups(let groups): groups
    }
  }

  init(words: [String]) {
    self = words == ["/"] ? .all : .groups(words)
  }
}
