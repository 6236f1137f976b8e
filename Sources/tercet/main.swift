import Checkpoints
import Commands
import Glibc

CheckpointReader.serveIfAsked()
do {
  exit(try Program.tercet.run(Array(CommandLine.arguments.dropFirst())).rawValue)
} catch {
  exit(Job.end(error).rawValue)
}
