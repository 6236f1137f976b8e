import RunLogs

/// Short names for runs that are shown together.
enum RunNames {
  /// A name for each path, by as many of its last parts as tell it from the others; the name of the log itself is no
  /// part of it.
  static func distinct(_ paths: [String]) -> [String] {
    let parts = paths.map { path in
      let all = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
      return all.last == RunLogReader.fileName[...] && all.count > 1 ? all.dropLast() : all[...]
    }
    let longest = parts.map(\.count).max() ?? 1
    for count in 1...max(1, longest) {
      let names = parts.map { $0.suffix(count).joined(separator: "/") }
      if Set(names).count == names.count { return names.map { $0.isEmpty ? "run" : $0 } }
    }
    // The same run twice.
    return parts.enumerated().map { "\($0 + 1)-\($1.suffix(1).joined())" }
  }
}
