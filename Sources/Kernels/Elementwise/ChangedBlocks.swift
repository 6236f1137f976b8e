// The changed blocks of an array, packed: a word of 16 bits for every 512 numbers, with a bit for each block of 32
// that differs in any bit, then those blocks, one after the other. Units are of two bytes.

private let block = 32
private let blocksOfWord = UInt16.bitWidth

/// Units that ``packChanged(_:since:rounded:into:count:)`` writes at most.
package func packedCapacity(_ count: Int, rounded: Bool) -> Int {
  words(count) + count * units(rounded)
}

private func words(_ count: Int) -> Int {
  (count + block * blocksOfWord - 1) / (block * blocksOfWord)
}

private func units(_ rounded: Bool) -> Int { rounded ? 1 : 2 }

/// Packs the blocks that have changed.
///
/// - Parameters:
///   - before: the old numbers; `nil` for positive zeros.
///   - rounded: whether blocks are rounded to bfloat16.
/// - Returns: the number of units written.
package func packChanged(
  _ x: UnsafePointer<Float>, since before: UnsafePointer<Float>?, rounded: Bool,
  into packed: UnsafeMutablePointer<UInt16>, count: Int
) -> Int {
  var place = packed + words(count)
  for word in 0..<words(count) {
    packed[word] = 0
    for bit in 0..<blocksOfWord {
      let values = blockRange(word, bit, count)
      let source = x + values.lowerBound
      let hasChanged =
        before.map { differ(source, $0 + values.lowerBound, count: values.count) }
        ?? hasBits(source, count: values.count)
      guard hasChanged else { continue }
      packed[word] |= 1 << bit
      if rounded {
        round(source, toBFloat16: place, count: values.count)
      } else {
        UnsafeMutableRawPointer(place).copyMemory(
          from: source, byteCount: values.count * MemoryLayout<Float>.stride)
      }
      place += values.count * units(rounded)
    }
  }
  return place - packed
}

/// Writes packed blocks to their places.
///
/// - Parameter clearing: whether all other blocks become zeros.
package func unpackChanged(
  _ packed: UnsafePointer<UInt16>, clearing: Bool, rounded: Bool,
  into x: UnsafeMutablePointer<Float>, count: Int
) {
  var place = packed + words(count)
  for word in 0..<words(count) {
    for bit in 0..<blocksOfWord {
      let values = blockRange(word, bit, count)
      let target = x + values.lowerBound
      guard packed[word] >> bit & 1 == 1 else {
        if clearing { target.update(repeating: 0, count: values.count) }
        continue
      }
      if rounded {
        widen(bfloat16: place, to: target, count: values.count)
      } else {
        UnsafeMutableRawPointer(target).copyMemory(
          from: place, byteCount: values.count * MemoryLayout<Float>.stride)
      }
      place += values.count * units(rounded)
    }
  }
}

/// The block of a bit; the last may be shorter or empty.
private func blockRange(_ word: Int, _ bit: Int, _ count: Int) -> Range<Int> {
  let start = min((word * blocksOfWord + bit) * block, count)
  return start..<min(start + block, count)
}

private func hasBits(_ x: UnsafePointer<Float>, count: Int) -> Bool {
  var bits: UInt32 = 0
  for i in 0..<count { bits |= x[i].bitPattern }
  return bits != 0
}

private func differ(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int) -> Bool {
  var bits: UInt32 = 0
  for i in 0..<count { bits |= x[i].bitPattern ^ y[i].bitPattern }
  return bits != 0
}
