import Checkpoints
import Commands

/// `tercet inspect`: prints what a checkpoint holds.
enum Inspect {
  static func run(_ arguments: InspectArguments) throws {
    Console.line(try Inspection.listing(of: arguments.checkpoint))
  }
}
