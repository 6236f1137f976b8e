import Checkpoints
import Commands
import Glibc
import Training

CheckpointReader.serveIfAsked()
do {
  exit(try Program.run(try Command.parse(Array(CommandLine.arguments.dropFirst()))))
} catch let error as UsageError {
  Console.errorOnceForJob(error.description)
  Console.awaitSpeaker()
  exit(UsageError.status)
} catch TrainingError.stoppedByFirstRank {
  Console.awaitSpeaker()
  exit(1)
} catch {
  Console.errorOnceForJob("tercet: \(error)")
  Console.awaitSpeaker()
  exit(1)
}

/// Hands every verb to what carries it out.
enum Program {
  /// - Returns: the exit status.
  static func run(_ command: Command) throws -> Int32 {
    switch command {
    case .show(let text): Console.line(text)
    case .train(let arguments): return try Train.run(arguments)
    case .evaluate(let arguments): try Evaluate.run(arguments)
    case .extract(let arguments): try Extract.run(arguments)
    case .inspect(let arguments): try Inspect.run(arguments)
    case .convert(let arguments): try DataConvert.run(arguments)
    case .synthesize(let arguments): try DataSynthesize.run(arguments)
    case .statistics(let arguments): try DataStats.run(arguments)
    }
    return 0
  }
}
