import Collectives
import Foundation
import Glibc

/// What the host gives this process: processors, memory and networks.
enum HostChecks {
  static func findings() -> [Finding] { [processors, memory, interfaces] }

  private static var processors: Finding {
    let (subject, mine) = ("processors", ProcessInfo.processInfo.activeProcessorCount)
    let text = "\(mine) of the host's \(Session.processorCount)"
    guard let quota = ControlGroup.processors, quota < Double(mine) else {
      return .ok(subject, text)
    }
    let share = (quota * 100).rounded() / 100
    return .warn(
      subject, "\(text), but the control group has the time of \(share)",
      remedy: "take so many threads and ranks altogether, or raise the limit")
  }

  /// Memory below which most runs do not fit.
  private static let leastMemory = 1_000_000_000

  private static var memory: Finding {
    let subject = "memory"
    let total = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let limit = ControlGroup.memory.flatMap { $0 < total ? $0 : nil }
    let text =
      "\(Size.gigabytes(total)) GB"
      + (limit.map { ", of which the control group has \(Size.gigabytes($0))" } ?? "")
    return min(total, limit ?? total) < leastMemory
      ? .warn(subject, text, remedy: "raise it, or lower batch.size and the model's widths")
      : .ok(subject, text)
  }

  private static var interfaces: Finding {
    let (subject, found) = ("interfaces", NetworkInterface.all)
    let text = found.map { "\($0.name) \($0.address)" }.joined(separator: ", ")
    switch found.count {
    case 0: return .ok(subject, "the loopback alone, which is enough for one host")
    case 1: return .ok(subject, text)
    default:
      return .warn(
        subject, text,
        remedy: "for several hosts name the one that they share: cluster/run --interface "
          + found[0].name)
    }
  }
}
