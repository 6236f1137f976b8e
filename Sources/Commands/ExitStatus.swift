/// How a program ends, as its shell or launcher sees it; numbers above 1 are those of `sysexits.h`.
package enum ExitStatus: Int32, CaseIterable, Sendable {
  /// All that was asked for is done.
  case success = 0
  /// An error was reported.
  case failure = 1
  /// `EX_USAGE`: the command line asks for nothing that the program can do.
  case usage = 64
  /// `EX_TEMPFAIL`: the work is saved unfinished and goes on when the program is started again.
  case resumable = 75
  /// As of `timeout`: the watchdog has ended a job of which a rank stood still.
  case stalled = 124

  /// What has happened, and what to do.
  var help: String {
    switch self {
    case .success: "all that was asked for is done"
    case .failure:
      "an error: a line on standard error names it, and says what to do; another start would meet "
        + "it again. Of doctor: a check has failed"
    case .usage:
      "the command line asks for nothing that tercet can do; 'tercet VERB --help' says what it can"
    case .resumable:
      "training was asked to leave, by Ctrl-C or another signal, and has saved; the same command "
        + "with --resume goes on"
    case .stalled:
      "the watchdog has ended training, of which a rank stood still; an error names rank, host and "
        + "step; look at that host, then start the same command with --resume"
    }
  }
}

extension Program {
  /// Statuses and their meaning, in the order of their numbers.
  var exitStatuses: [(name: String, text: String)] {
    ExitStatus.allCases.map { ("\($0.rawValue)", $0.help) } + [
      (
        "128 + N",
        "signal N has ended it: 130 for a second Ctrl-C, 137 for SIGKILL, perhaps for want of "
          + "memory, 141 where nobody read its output; training goes on from its last checkpoint "
          + "with --resume"
      )
    ]
  }

  /// What `help exit` shows.
  var exitHelp: String {
    [
      HelpText.paragraph("\(path(to: ["help", "exit"])): how \(name) ends, and what to do then"),
      "Exit statuses:\n" + HelpText.table(exitStatuses),
      HelpText.paragraph(
        "Under mpirun the status is that of the first rank that failed. cluster/run ends with the "
          + "same ones, and with 205 where a host was lost."),
    ].joined(separator: "\n\n")
  }
}
