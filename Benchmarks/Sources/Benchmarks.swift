import Collectives
import Commands
import Glibc
import Tensors

/// A request that cannot be served, in one line.
struct Mistake: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The measuring loops behind `Benchmarks/run`; one round of one of them.
@main
struct Benchmarks {
  static let usage =
    "usage: Benchmarks peak | products | kernels | reduction [BYTES] | inference FOLDER PRECISION THREADS "
    + "| pieces FOLDER | written FOLDER THREADS"

  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      Console.error("Benchmarks: \(error)")
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) throws {
    switch arguments.first {
    case "peak" where arguments.count == 1: ProductTiming.peak()
    case "products" where arguments.count == 1: ProductTiming.run()
    case "kernels" where arguments.count == 1: KernelTiming.run()
    case "reduction" where arguments.count <= 2:
      let largest = try arguments.dropFirst().first.map(bytes) ?? .max
      reduction(upTo: largest, on: try Session())
    case "inference" where arguments.count == 4: try inference(arguments)
    case "pieces" where arguments.count == 2: try Generating.pieces(arguments[1])
    case "written" where arguments.count == 3:
      guard let threads = Int(arguments[2]), threads > 0 else { throw Mistake(usage) }
      try Generating.run(arguments[1], threads: threads)
    default: throw Mistake(usage)
    }
  }

  private static func bytes(_ text: String) throws -> Int {
    guard let bytes = Int(text), bytes > 0 else {
      throw Mistake("the largest sum must be a number of bytes, found '\(text)'")
    }
    return bytes
  }

  /// An error of one rank ends the job, where the others would wait for it.
  private static func reduction(upTo largest: Int, on session: borrowing Session) {
    do {
      try Reduction.run(upTo: largest, on: session)
    } catch {
      Console.error("Benchmarks: rank \(session.rank): \(error)")
      session.abort(status: 1)
    }
  }

  private static func inference(_ arguments: [String]) throws {
    guard let precision = Precision(rawValue: arguments[2]) else {
      let known = Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw Mistake("unknown precision '\(arguments[2])', known: \(known)")
    }
    guard precision.isSupported else { throw Mistake("this CPU has no products of \(precision)") }
    guard let threads = Int(arguments[3]), (1...1024).contains(threads) else {
      throw Mistake("threads must be 1 to 1024, found '\(arguments[3])'")
    }
    try Decoding.run(arguments[1], precision: precision, threads: threads)
  }
}
