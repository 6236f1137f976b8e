import Glibc
import Synchronization

/// The files that are being written under names of their own, which a signal removes before it ends the process.
enum UnfinishedFile {
  /// The signals that ask a process to end.
  private static let signals = [SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXCPU]
  /// More files at once are written without protection.
  private static let most = 16
  /// Their paths, which the handler reads; a free place is `nil`.
  nonisolated(unsafe) private static let paths = {
    let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: most)
    paths.initialize(repeating: nil, count: most)
    return paths
  }()
  /// What answered the signals before the first of the files.
  private static let before = Mutex<[__sighandler_t?]>([])

  /// Runs `body`, which writes the file `path`. A signal that is ignored stays so.
  static func removedBySignals<Result>(_ path: String, _ body: () -> Result) -> Result {
    let place = before.withLock { before -> Int? in
      let place = (0..<most).first { paths[$0] == nil }
      if (0..<most).allSatisfy({ paths[$0] == nil }) { before = listen() }
      if let place { paths[place] = strdup(path) }
      return place
    }
    defer {
      before.withLock { before in
        guard let place else { return }
        let path = paths[place]
        paths[place] = nil
        free(path)
        guard (0..<most).allSatisfy({ paths[$0] == nil }) else { return }
        for (number, handler) in zip(signals, before) { signal(number, handler) }
      }
    }
    return body()
  }

  /// - Returns: what answered the signals before.
  private static func listen() -> [__sighandler_t?] {
    signals.map { number in
      let before = signal(number) { number in
        for place in 0..<UnfinishedFile.most {
          if let path = UnfinishedFile.paths[place] { unlink(path) }
        }
        signal(number, SIG_DFL)
        raise(number)
      }
      if address(before) == address(SIG_IGN) { signal(number, SIG_IGN) }
      return before
    }
  }

  private static func address(_ handler: __sighandler_t?) -> Int {
    unsafeBitCast(handler, to: Int.self)
  }
}
