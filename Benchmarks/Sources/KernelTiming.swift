import Glibc

/// A kernel, what it touches, and a call of it.
struct KernelCase {
  let name: String
  /// Floats that it reads and floats that it writes, counting one that is read and written twice.
  let touched: Int
  /// Floats of its arrays together.
  let footprint: Int
  let call: () -> Void
}

/// Kernels beside a copy (`memcpy`) of as many bytes in as much memory.
enum KernelTiming {
  /// GB/s of each kernel and of the copy, in turn: medians of five.
  static func run() {
    for kernel in cellKernels() { time(kernel) }
    for kernel in elementKernels() { time(kernel) }
    for kernel in slabKernels() { time(kernel) }
  }

  private static func time(_ kernel: KernelCase) {
    let half = kernel.footprint / 2
    let (source, target) = (Floats(half), Floats(half))
    let copy = { _ = memcpy(target.start, source.start, half * MemoryLayout<Float>.stride) }
    let pairs = (0..<5).map { _ in
      (
        gigabytes(kernel.touched) / secondsOfCall(least: 0.01, kernel.call),
        gigabytes(2 * half) / secondsOfCall(least: 0.01, copy)
      )
    }
    report("kernels.\(kernel.name)", median(pairs.map(\.0)), "GB/s")
    report("copy.\(kernel.name)", median(pairs.map(\.1)), "GB/s")
  }

  private static func gigabytes(_ floats: Int) -> Double {
    Double(floats * MemoryLayout<Float>.stride) * 1e-9
  }
}
