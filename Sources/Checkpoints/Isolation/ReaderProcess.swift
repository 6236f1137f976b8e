import CGlibc
import Glibc
import Limits

/// The other process, seen by the one that wants a checkpoint: its start, its end and its message.
///
/// It gets the checkpoint as an open file, and memory for the message (``ReaderMessage``) of a sealed size. The
/// memory is sealed against writing once the process has ended, before a byte of it is looked at.
struct ReaderProcess {
  private let number: pid_t
  /// One end of a pipe; the process alone has the other, so the pipe closes when the process ends.
  private let life: Int32
  private let path: String

  /// The finding where the library fell over the file.
  static let unreadable = "its HDF5 structures cannot be read"
  /// The finding where the message is none.
  static let unsound = "\(unreadable): what their reader hands over is not sound"

  /// Has `program` read a checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: the file's descriptor.
  ///   - length: the file's length in bytes.
  ///   - path: the file's name in errors.
  ///   - wanted: the arrays whose elements are to be read.
  ///   - patience: seconds after which the process is killed.
  /// - Returns: bytes that claim to be a message, which nobody can change any more.
  static func message(
    of checkpoint: Int32, length: Int, _ path: String, _ wanted: ArraySelection, by program: String,
    patience: Int
  ) throws(CheckpointError) -> Mapping {
    // A kill from outside, such as the system's where memory is short, says nothing about the file.
    var killer = ""
    for _ in 0..<3 {
      let memory = memfd_create("checkpoint", UInt32(MFD_CLOEXEC | MFD_ALLOW_SEALING))
      guard memory >= 0 else { throw failure(path, "no memory for it") }
      defer { close(memory) }
      guard ftruncate(memory, length + ReaderMessage.spare) == 0,
        seal(memory, tercet_seal_shrink | tercet_seal_grow)
      else { throw failure(path, "no memory for it") }
      let process = try ReaderProcess(program, checkpoint, memory, wanted, path)
      guard let signal = try process.end(patience: patience) else {
        return try sealed(memory, path)
      }
      killer = signal
    }
    throw CheckpointError(path, .unreadable("its reader was ended by '\(killer)'; try again"))
  }

  /// Seals the memory against writing and maps the message.
  private static func sealed(_ memory: Int32, _ path: String) throws(CheckpointError) -> Mapping {
    // A program that looks at the process in /proc, such as `ps`, holds its memory a while longer; a copy was mapped
    // by nobody.
    guard seal(memory, tercet_seal_write) else {
      let copy = try copy(of: memory, path)
      defer { close(copy) }
      return try sealed(copy, path)
    }
    var head = [UInt8](repeating: 0, count: ReaderMessage.headBytes)
    guard pread(memory, &head, head.count, 0) == head.count,
      let count = head.withUnsafeBytes(ReaderMessageDecoder.written)
    else { throw CheckpointError(path, .damaged(unsound)) }
    var status = stat()
    guard fstat(memory, &status) == 0, count <= status.st_size else {
      throw CheckpointError(path, .damaged(unsound))
    }
    guard let mapping = Mapping(memory, count: count) else {
      throw failure(path, "no memory for it")
    }
    return mapping
  }

  /// Copies the memory to another that can be sealed.
  private static func copy(of memory: Int32, _ path: String) throws(CheckpointError) -> Int32 {
    var status = stat()
    let copy = memfd_create("checkpoint", UInt32(MFD_CLOEXEC | MFD_ALLOW_SEALING))
    guard copy >= 0, fstat(memory, &status) == 0, ftruncate(copy, status.st_size) == 0 else {
      throw failure(path, "no memory for it")
    }
    var (start, done) = (0 as off_t, 0)
    while start < status.st_size && done >= 0 {
      done = sendfile(copy, memory, &start, Int(status.st_size - start))
    }
    guard done >= 0, seal(copy, tercet_seal_shrink | tercet_seal_grow | tercet_seal_write) else {
      let error = errno
      close(copy)
      throw failure(path, "no memory for it", error)
    }
    return copy
  }

  private static func seal(_ memory: Int32, _ seals: Int) -> Bool {
    fcntl(memory, Int32(tercet_add_seals), Int32(seals)) == 0
  }

  private static func failure(
    _ path: String, _ what: String, _ error: Int32 = errno
  ) -> CheckpointError {
    CheckpointError(path, .unreadable("\(what): \(SystemError.text(error))"))
  }
}

extension ReaderProcess {
  private init(
    _ program: String, _ checkpoint: Int32, _ memory: Int32, _ wanted: ArraySelection,
    _ path: String
  ) throws(CheckpointError) {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Self.failure(path, "no pipe for its reader") }
    defer { close(ends[1]) }
    let error: Int32
    (number, error) = Self.spawn(
      program, [CheckpointReader.name] + wanted.words, open: [checkpoint, memory, ends[1]])
    guard error == 0 else {
      close(ends[0])
      throw Self.failure(
        path, "\(program), which reads checkpoints here, cannot be started", error)
    }
    (life, self.path) = (ends[0], path)
  }

  /// Starts a program with some files open from number 3 on and all others closed, standard streams to nowhere,
  /// no signal handled or blocked, and in a process group of its own, which signals of a terminal or launcher
  /// do not reach.
  private static func spawn(
    _ program: String, _ words: [String], open files: [Int32]
  ) -> (pid_t, error: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let first = CheckpointReader.checkpoint
    for stream in 0..<first {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    // Copies above the final numbers, since one file may have the number meant for another.
    let above = files.map { fcntl($0, F_DUPFD_CLOEXEC, first + Int32(files.count)) }
    defer { for file in above where file >= 0 { close(file) } }
    if above.contains(-1) { return (0, errno) }
    for (index, file) in above.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file, first + Int32(index))
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, first + Int32(files.count))
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var number: pid_t = 0
    let error = withCStrings(words) { words in
      withCStrings(environment) {
        posix_spawn(&number, program, &actions, &attributes, words, $0)
      }
    }
    return (number, error)
  }

  /// The part of this process's environment that the program needs: it is no rank and has one thread.
  private static var environment: [String] {
    var kept = ["OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "HDF5_PLUGIN_PRELOAD=::"]
    kept.append("SWIFT_BACKTRACE=enable=no")
    var place = environ
    while let entry = place.pointee {
      let text = String(cString: entry)
      let name = text.prefix { $0 != "=" }
      if name.hasPrefix("LD_") || name.hasSuffix("SAN_OPTIONS") { kept.append(text) }
      place += 1
    }
    return kept
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }

  /// Waits for the end of the process, and kills it when its time is up.
  ///
  /// - Returns: the signal by which another process ended it, in words; nil where it ended by itself.
  /// - Throws: `CheckpointError` for an end that is the file's fault, a failure of the program, or a timeout.
  private func end(patience: Int) throws(CheckpointError) -> String? {
    let isInTime = waitForEnd(seconds: patience)
    close(life)
    // A process that has ended keeps its status; one that only closed the pipe ends now.
    kill(number, SIGKILL)
    var status: Int32 = 0
    while waitpid(number, &status, 0) < 0 && errno == EINTR {}
    guard isInTime else {
      throw CheckpointError(
        path, .unreadable("its reader has not ended after \(patience) s; try again"))
    }
    let signal = status & 0x7F
    if signal == 0 {
      guard status != 0 else { return nil }
      if Self.isRefusal(status >> 8) {
        throw Self.failure(path, "no memory for the process that reads it", ENOMEM)
      }
      throw CheckpointError(path, .unreadable("its reader ended with status \(status >> 8)"))
    }
    let text = String(cString: strsignal(signal))
    guard !Self.faults.contains(signal) else {
      throw CheckpointError(path, .damaged("\(Self.unreadable): their reader met '\(text)'"))
    }
    return text
  }

  /// Whether a status is that of a reader that the system gives too little memory, or of the loader where a limit
  /// keeps it from mapping the libraries.
  private static func isRefusal(_ status: Int32) -> Bool {
    status == EX_OSERR || status == 127 && SystemLimit.addresses.value != nil
  }

  /// The signals that a process causes itself.
  private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGXCPU]

  /// Waits second by second: time during which this process is stopped, as by a scheduler that suspends a job,
  /// does not count.
  private func waitForEnd(seconds: Int) -> Bool {
    var left = seconds
    while left > 0 {
      var end = pollfd(fd: life, events: Int16(POLLIN), revents: 0)
      switch poll(&end, 1, 1000) {
      case 0: left -= 1
      case 1...: return true
      // A signal has interrupted the wait.
      default: continue
      }
    }
    return false
  }
}

/// A mapping of a file for reading only, unmapped at the end of its life.
struct Mapping: ~Copyable {
  let bytes: UnsafeRawBufferPointer

  /// The first `count` bytes of a file; nil where the system refuses.
  init?(_ file: Int32, count: Int) {
    guard count > 0, let start = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0),
      start != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
