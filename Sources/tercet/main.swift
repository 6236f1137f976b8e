import Commands
import Glibc

do {
  switch try Command.parse(Array(CommandLine.arguments.dropFirst())) {
  case .show(let text): Console.line(text)
  case let command: Console.line("\(command)")
  }
} catch {
  Console.errorOnceForJob(error.description)
  exit(UsageError.status)
}
