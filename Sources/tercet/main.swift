import Checkpoints
import Commands
import Glibc
import Limits

CheckpointReader.serveIfAsked()
MemoryFault.watch()
Console.begin()
do {
  exit(Console.finish(try Program.tercet.run(Array(CommandLine.arguments.dropFirst()))).rawValue)
} catch {
  exit(Job.end(error).rawValue)
}
