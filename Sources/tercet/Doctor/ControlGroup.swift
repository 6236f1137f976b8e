/// The limits of the control group that this process is in, and of those above it.
enum ControlGroup {
  /// The processors whose time it has; `nil` for no limit.
  static var processors: Double? {
    let quotas = values(of: "cpu.max").compactMap { line -> Double? in
      let words = line.split(separator: " ").map { Double($0) }
      guard words.count == 2, let quota = words[0], let period = words[1] else { return nil }
      return quota / period
    }
    return quotas.min()
  }

  /// The bytes of memory that it has; `nil` for no limit.
  static var memory: Int? { values(of: "memory.max").compactMap { Int($0) }.min() }

  /// What a file says in each of the groups, from this process's own up to the root, without line breaks.
  private static func values(of name: String) -> [String] {
    let entry = SystemText.lines("/proc/self/cgroup").first { $0.hasPrefix("0::") } ?? "0::/"
    var parts = entry.dropFirst(3).split(separator: "/")
    var found: [String] = []
    while true {
      let path = (["/sys/fs/cgroup"] + parts.map(String.init) + [name]).joined(separator: "/")
      if let line = SystemText.lines(path).first { found.append(line) }
      if parts.popLast() == nil { return found }
    }
  }
}
