import Foundation
import TestSupport

/// A terminal for programs: what they write to it, and on how wide a screen.
enum Terminal {
  /// Runs a program on a terminal of its own and writes what came to standard output.
  ///
  /// Its arguments: the columns, those once it has said how long it takes, or `-`, and the command. A program that writes
  /// more than the terminal holds waits until it is read, so that the columns change while it writes.
  private static let script = """
    import fcntl, os, struct, subprocess, sys, termios
    columns, later, *command = sys.argv[1:]
    master, slave = os.openpty()
    def resize(columns):
      fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('4H', 24, int(columns), 0, 0))
    resize(columns)
    environment = {**os.environ, 'TERM': 'xterm'}
    environment.pop('COLUMNS', None)
    run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=slave, env=environment)
    if later != '-':
      text = b''
      while b' left' not in text: text += os.read(master, 64)
      sys.stdout.buffer.write(text)
      resize(later)
    os.close(slave)
    while True:
      try:
        text = os.read(master, 4096)
      except OSError:
        break
      if not text: break
      sys.stdout.buffer.write(text)
    sys.exit(run.wait())
    """

  /// What a command writes to a terminal of `columns` columns.
  ///
  /// - Parameter later: the columns once it has said how long it takes.
  static func output(
    of command: [String], columns: Int, later: Int? = nil, in place: Workplace
  ) throws -> ProcessResult {
    try place.python(script, ["\(columns)", later.map(String.init) ?? "-"] + command)
  }
}

extension ProcessResult {
  /// The texts that stood on a line of the screen, one after the other where a line was written over.
  var drawn: [String] {
    stdout.replacing("\u{1B}[K", with: "").split(whereSeparator: \.isNewline).map(String.init)
  }
}
