import Testing

@testable import Tensors

/// Numbers that follow from a seed (the generator of Knuth's MMIX).
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  private mutating func bits() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  /// An integer in `0..<bound`.
  mutating func integer(below bound: Int) -> Int { Int(bits()) % bound }

  /// Uniform in `-1..<1`, all 24 bits of the significand in use.
  mutating func float() -> Float { Float(bits() >> 6) * 0x1p-24 - 1 }

  /// Elements for a matrix.
  mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

@Suite("Memory of matrices")
struct PoolTests {
  /// Small and large runs, and the sizes at which one becomes the other.
  private static let shapes = [
    (1, 1), (0, 5), (3, 21), (13, 5), (1, 64), (1, 65), (7, 300), (1, 16_383), (1, 16_384),
    (128, 128), (1, 16_385), (40, 1000), (300, 301), (1, 1 << 19),
  ]

  @Test("live matrices never share memory", arguments: 1...4)
  func overlap(seed: UInt64) {
    let pool = MatrixPool()
    var numbers = Numbers(seed: seed)
    var live: [(matrix: Matrix, number: Float)] = []
    var damaged = 0
    func check(_ entry: (matrix: Matrix, number: Float)) {
      let values = UnsafeBufferPointer(start: entry.matrix.pointer, count: entry.matrix.count)
      if !values.allSatisfy({ $0 == entry.number }) { damaged += 1 }
    }
    for step in 1...400 {
      let (rows, columns) = Self.shapes[numbers.integer(below: Self.shapes.count)]
      let matrix = pool.uninitialized(rows, columns)
      matrix.fill(Float(step))
      live.append((matrix, Float(step)))
      while live.count > numbers.integer(below: 30) {
        check(live.remove(at: numbers.integer(below: live.count)))
      }
    }
    pool.trim()
    for entry in live { check(entry) }
    #expect(damaged == 0)
  }

  @Test("a part keeps the memory of its matrix")
  func part() {
    let pool = MatrixPool()
    var row = pool.zeros(200, 200).rows(3..<4)
    row.fill(7)
    pool.uninitialized(200, 200).fill(1)
    #expect(row.elements == [Float](repeating: 7, count: 200))
    row = pool.zeros(5, 3).columns(1..<2)
    row.fill(8)
    pool.uninitialized(5, 3).fill(1)
    #expect(row.elements == [8, 8, 8, 8, 8])
  }

  @Test("what was given back is taken again, small or large", arguments: [12, 5000, 100_000])
  func reuse(count: Int) {
    let pool = MatrixPool()
    let first = pool.uninitialized(1, count).pointer
    #expect(pool.uninitialized(1, count).pointer == first)
  }
}

@Suite("Large runs")
struct HeapTests {
  private static let page = RangeAllocator.rounded(1)

  private func addresses(
    _ sizes: [Int], _ heap: inout RangeAllocator
  ) -> [(start: UnsafeMutablePointer<Float>, count: Int)] {
    sizes.map { (heap.take($0 * Self.page), $0 * Self.page) }
  }

  @Test("runs are whole pages")
  func rounding() {
    #expect(Self.page * MemoryLayout<Float>.stride == 4096)
    #expect([0, 1, 1024, 1025, 2049].map(RangeAllocator.rounded) == [0, 1024, 1024, 2048, 3072])
  }

  /// The runs fill a huge page between them, so a run of it all fits only where they are one again.
  @Test(
    "neighbours join in whatever order they come back",
    arguments: [
      [0, 1, 2, 3], [3, 2, 1, 0], [0, 2, 1, 3], [1, 3, 0, 2], [2, 0, 3, 1], [1, 2, 3, 0],
    ])
  func joining(order: [Int]) {
    var heap = RangeAllocator()
    defer { heap.deallocate() }
    let runs = addresses([1, 255, 100, 156], &heap)
    for index in order { heap.give(runs[index].start, runs[index].count) }
    #expect(heap.take(512 * Self.page) == runs[0].start)
  }

  @Test("a run of two neighbours goes where they were, beside others that are in use")
  func between() {
    var heap = RangeAllocator()
    defer { heap.deallocate() }
    let runs = addresses([2, 3, 4, 5], &heap)
    heap.give(runs[2].start, runs[2].count)
    heap.give(runs[1].start, runs[1].count)
    #expect(heap.take(7 * Self.page) == runs[1].start)
  }

  @Test("a longer run than is left takes in the free end of the range")
  func growing() {
    var heap = RangeAllocator()
    defer { heap.deallocate() }
    let first = addresses([500], &heap)[0].start
    #expect(heap.take(600 * Self.page) == first + 500 * Self.page)
  }

  /// A step takes runs of random sizes and gives all of them back. Afterwards one run of the most that was
  /// ever alive at a time, rounded to huge pages, begins where the range begins: no step left a gap, and
  /// none of them reached farther.
  @Test("steps of other sizes leave nothing behind", arguments: 1...3)
  func steps(seed: UInt64) {
    var heap = RangeAllocator()
    defer { heap.deallocate() }
    let first = addresses([1], &heap)[0]
    heap.give(first.start, first.count)
    var numbers = Numbers(seed: seed)
    let hugePage = 1 << 19
    for _ in 0..<50 {
      let sizes = (0..<20).map { _ in 1 + numbers.integer(below: 300) }
      var runs = addresses(sizes, &heap)
      let most = sizes.reduce(0, +) * Self.page
      #expect(runs.allSatisfy { $0.start >= first.start })
      #expect(runs.map { $0.start - first.start + $0.count }.max() == most)
      while !runs.isEmpty {
        let run = runs.remove(at: numbers.integer(below: runs.count))
        heap.give(run.start, run.count)
      }
      let whole = (most + hugePage - 1) / hugePage * hugePage
      #expect(heap.take(whole) == first.start)
      heap.give(first.start, whole)
    }
  }
}
