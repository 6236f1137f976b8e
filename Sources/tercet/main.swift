import Checkpoints
import Commands
import Glibc
import Training

CheckpointReader.serveIfAsked()
do {
  exit(try Program.tercet.run(Array(CommandLine.arguments.dropFirst())).rawValue)
} catch let error as UsageError {
  fail(error.description, .usage)
} catch TrainingError.stoppedByFirstRank {
  fail(nil)
} catch {
  fail("tercet: \(error)")
}

/// Ends this rank; the rank that speaks for the job reports `text` first.
func fail(_ text: String?, _ status: ExitStatus = .failure) -> Never {
  if let text { Console.errorOnceForJob(text) }
  Console.awaitSpeaker()
  exit(status.rawValue)
}
