import Configuration
import Foundation

/// How many threads a verb computes with.
package enum ThreadCount: Hashable, Sendable {
  /// This many.
  case exactly(Int)
  /// One for each core that the process may use.
  case all

  /// The number of threads on this machine.
  package var count: Int {
    switch self {
    case .exactly(let count): count
    case .all: ProcessInfo.processInfo.activeProcessorCount
    }
  }
}

extension ArgumentLine {
  /// The number of threads after `flag`, or `least` where the flag is not given.
  package func threads(
    of flag: Flag, default least: ThreadCount = .exactly(1)
  ) throws(UsageError) -> ThreadCount {
    guard let text = value(of: flag) else { return least }
    if text == "all" { return .all }
    guard let number = Int(text), 1...4096 ~= number else {
      throw error(
        "'--\(flag.name)' must be a whole number from 1 to 4096 or 'all', "
          + "found \(Wording.quoted(text))")
    }
    return .exactly(number)
  }
}
