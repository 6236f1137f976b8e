/// How a program ends, as its shell or launcher sees it; numbers above 1 are those of `sysexits.h`.
package enum ExitStatus: Int32, Sendable {
  /// All that was asked for is done.
  case success = 0
  /// An error was reported.
  case failure = 1
  /// `EX_USAGE`: the command line asks for nothing that the program can do.
  case usage = 64
  /// `EX_TEMPFAIL`: the work is saved unfinished and goes on when the program is started again.
  case resumable = 75
}
