import Glibc

/// One measured figure, printed as a line of name, value and unit between tabs; ``Benchmarks/run``
/// gathers the lines.
func report(_ name: String, _ value: Double, _ unit: String) {
  print("\(name)\t\(value)\t\(unit)")
}

/// Seconds that `work` takes.
func elapsedSeconds(_ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let elapsed = try clock.measure(work).components
  return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
}

/// Seconds of one call of `work`, as the mean of as many calls as fill `least` seconds, after one call
/// that makes its memory warm.
func secondsOfCall(least: Double = 0.02, _ work: () -> Void) -> Double {
  work()
  var (calls, elapsed) = (1, elapsedSeconds(work))
  while elapsed < least {
    calls *= max(2, min(100, Int(1.2 * least / max(elapsed, 1e-7))))
    elapsed = elapsedSeconds { for _ in 0..<calls { work() } }
    if elapsed >= least { return elapsed / Double(calls) }
  }
  return elapsed
}

/// The middle of `values`, or the mean of the two middle ones.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Floats for a kernel: warm, on a cache line, of either sign and below 1.
final class Floats {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    self.count = count
    start = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: count)
    for i in 0..<count { (start + i).initialize(to: Float(i % 255) / 128 - 0.996) }
  }

  deinit { start.deallocate() }
}
