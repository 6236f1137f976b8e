import Collectives
import Commands
import Configuration
import Corpora
import Training

/// `tercet train`.
enum Train {
  /// The exit status of a run that a signal ended: it has saved and goes on when it is started again
  /// (`EX_TEMPFAIL` of sysexits.h).
  private static let saved: Int32 = 75

  /// - Returns: the exit status.
  static func run(_ arguments: TrainArguments) throws -> Int32 {
    let document = try ConfigurationDocument(contentsOf: arguments.configuration)
      .overridden(by: arguments.overrides)
    let options = try RunOptions.decoded(from: document)
    if arguments.action == .printConfiguration {
      Console.textOnceForJob(ConfigurationText.yaml(of: options))
      return 0
    }
    let session = try Session()
    return try guarded(on: session) { try train(arguments, options, on: session) }
  }

  /// Runs `body` so that an error on any rank ends the whole job.
  ///
  /// An error that all ranks know of is printed by rank 0, and all of them leave; finalising waits for
  /// the last, so that no rank's exit can take the message with it. One that a single rank has met must
  /// not leave the session's scope, where finalising would wait for the others and they for this rank:
  /// it is printed, and the job aborted.
  private static func guarded<Result>(
    on session: borrowing Session, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      let isShared = (error as? TrainingError)?.isOnEveryRank ?? (error is SharedError)
      guard isShared || session.size == 1 else {
        Console.error("tercet: rank \(session.rank) on \(Session.hostName): \(error)")
        session.abort(status: 1)
      }
      if session.rank == 0 { Console.error("tercet: \(error)") }
      throw TrainingError.stoppedByFirstRank
    }
  }

  private static func train(
    _ arguments: TrainArguments, _ options: RunOptions, on session: borrowing Session
  ) throws -> Int32 {
    let plan = RunPlan(
      options: options, configuration: ConfigurationText.yaml(of: options.portable),
      folder: arguments.checkpoints, start: arguments.runStart, stopAfter: arguments.stopAfter,
      program: Command.version)
    let voice = Console.isTerminal ? terminalVoice : plainVoice
    let check = ResumeCheck(differences: options.differences(fromStored:in:))
    let trainer = try Trainer(plan, check: check, voice: voice, on: session)
    let ending = try trainer.train(on: session)
    if session.rank == 0 { voice.say(farewell(ending, arguments)) }
    return if case .signal = ending { saved } else { 0 }
  }

  private static let plainVoice = RunVoice(say: Console.line, warn: Console.error, progress: nil)

  /// On a terminal the line of progress is written over.
  private static var terminalVoice: RunVoice {
    let clear = "\r\u{1B}[K"
    return RunVoice(
      say: { Console.line(clear + $0) }, warn: Console.error,
      progress: { Console.text(clear + $0) })
  }

  private static func farewell(_ ending: Trainer.Ending, _ arguments: TrainArguments) -> String {
    let folder = arguments.checkpoints
    switch ending {
    case .allEpochs: return "training is complete; checkpoints are in \(folder)"
    case .patience:
      return "training ends: no better score within evaluation.patience; "
        + "checkpoints are in \(folder)"
    case .stopAfter:
      return "stopped after the steps asked for; go on with --resume from \(folder)/last.h5"
    case .signal(let signal, let step):
      return "\(signal.rawValue): step \(step) is saved in \(folder)/last.h5; go on with --resume"
    }
  }
}

extension TrainArguments {
  var runStart: RunStart {
    switch start {
    case .afresh: .afresh
    case .overwriting: .overwriting
    case .newest: .newest
    case .file(let path): .file(path)
    }
  }
}
