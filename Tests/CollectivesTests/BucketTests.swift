import Testing

@testable import Collectives

@Suite("Buckets of a slab")
struct BucketTests {
  private let block = GradientReducer.block

  @Test("a table is cut by itself, from block to block, the rest beside it")
  func table() {
    let count = 100 * block + 7
    let buckets = Bucket.buckets(of: count, tables: [5..<40 * block + 9], ranks: 2)
    #expect(
      buckets == [
        Bucket(values: 0..<block, isTable: false),
        Bucket(values: block..<40 * block, isTable: true),
        Bucket(values: 40 * block..<count, isTable: false),
      ])
  }

  @Test("a table at either end has nothing beside it there")
  func ends() {
    let count = 100 * block + 7
    let buckets = Bucket.buckets(
      of: count, tables: [0..<50 * block, 50 * block..<count], ranks: 2)
    #expect(
      buckets == [
        Bucket(values: 0..<50 * block, isTable: true),
        Bucket(values: 50 * block..<count, isTable: true),
      ])
  }

  @Test("a table of less than 64 KB for each rank is cut with the rest")
  func small() {
    let (count, tables) = (100 * block, [block..<17 * block])
    #expect(Bucket.buckets(of: count, tables: tables, ranks: 4).count == 3)
    #expect(
      Bucket.buckets(of: count, tables: tables, ranks: 5)
        == [Bucket(values: 0..<count, isTable: false)])
  }
}
