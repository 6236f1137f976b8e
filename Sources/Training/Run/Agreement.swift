import Collectives

/// The decisions that all ranks take together after each step, each round of an evaluation and the last save.
final class Agreement {
  /// What the ranks did before they agreed.
  enum Activity: String { case training, evaluation, saving }

  /// The notices of any rank, as of the last agreement.
  private(set) var notices: Notices = []
  /// The signal that the run follows: the first that the ranks have agreed on.
  private(set) var stop: StopSignal?
  private let run: Run
  private let saver: RunSaver
  private let reporter: Reporter

  init(_ run: Run, _ saver: RunSaver, _ reporter: Reporter) {
    (self.run, self.saver, self.reporter) = (run, saver, reporter)
  }

  /// Sends this rank's notices to the other ranks and returns the notices of any rank.
  @discardableResult
  func reach(
    _ own: Notices = [], after activity: Activity, on session: borrowing Session
  ) throws -> Notices {
    notices = try session.agree(saver.isTimeToSave ? own.union(.saveDue) : own)
    if stop == nil, let signal = notices.signal {
      stop = signal
      reporter.tell(.signal(signal, during: activity, step: run.progress.step))
    }
    return notices
  }
}
