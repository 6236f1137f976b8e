import Checkpoints
import Commands
import Glibc

CheckpointReader.serveIfAsked()
Console.begin()
do {
  exit(Console.finish(try Program.tercet.run(Array(CommandLine.arguments.dropFirst()))).rawValue)
} catch {
  exit(Job.end(error).rawValue)
}
