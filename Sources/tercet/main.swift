import Checkpoints
import Commands
import Glibc
import Training

CheckpointReader.serveIfAsked()
do {
  exit(try Program.run(try Command.parse(Array(CommandLine.arguments.dropFirst()))))
} catch let error as UsageError {
  fail(error.description, status: UsageError.status)
} catch TrainingError.stoppedByFirstRank {
  fail(nil)
} catch {
  fail("tercet: \(error)")
}

/// Ends this rank after what is wrong was said, by the rank that speaks for the job.
func fail(_ text: String?, status: Int32 = 1) -> Never {
  if let text { Console.errorOnceForJob(text) }
  Console.awaitSpeaker()
  exit(status)
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
