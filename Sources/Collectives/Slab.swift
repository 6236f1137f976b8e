/// Memory for values of a sum: zeros at first, made once, kept, and freed with its owner.
final class Slab {
  private let memory: UnsafeMutableRawBufferPointer
  /// Starts on a cache line.
  let start: UnsafeMutablePointer<Float>

  init(count: Int) {
    memory = .allocate(byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
    let values = memory.bindMemory(to: Float.self)
    values.initialize(repeating: 0)
    guard let base = values.baseAddress else { preconditionFailure("a slab without memory") }
    start = base
  }

  deinit { memory.deallocate() }
}

/// `target += source`, element by element.
func add(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
  for i in 0..<count { target[i] += source[i] }
}
