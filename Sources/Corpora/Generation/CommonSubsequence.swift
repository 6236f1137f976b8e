/// The longest common subsequence of an entity and a source: of the longest ones that with the smallest span in the
/// source, and then with the smallest list of places.
struct CommonSubsequence<Token: Hashable> {
  private let entity: [Token]
  private let source: [Token]
  /// The places of the subsequence in the source, ascending; none where no token is common.
  private(set) var places: [Int] = []

  init(of entity: ArraySlice<Token>, in source: [Token]) {
    (self.entity, self.source) = (Array(entity), source)
    let tokens = Set(entity)
    let starts = source.indices.filter { tokens.contains(source[$0]) }
    let length = lengths(source.indices)[0][0]
    guard length > 0 else { return }
    var best: Range<Int>?
    for start in starts {
      let limit = min(source.count, start + (best?.count ?? .max - start) - 1)
      if let end = end(from: start, upTo: limit, length) { best = start..<end }
    }
    places = smallest(in: best ?? source.indices, length)
  }

  /// Lengths of the longest common subsequences of what is left of a window and of the entity:
  /// `[place in the window, place in the entity]`, each with a last row or column of zeros.
  private func lengths(_ window: Range<Int>) -> [[Int]] {
    var rows = [[Int](repeating: 0, count: entity.count + 1)]
    for place in window.reversed() {
      let below = rows[rows.count - 1]
      var row = below
      for i in entity.indices.reversed() {
        row[i] = source[place] == entity[i] ? 1 + below[i + 1] : max(below[i], row[i + 1])
      }
      rows.append(row)
    }
    return rows.reversed()
  }

  /// The end of the shortest window from `start` that has a common subsequence of `length` tokens; `nil` where it would
  /// pass `limit`.
  private func end(from start: Int, upTo limit: Int, _ length: Int) -> Int? {
    var row = [Int](repeating: 0, count: entity.count + 1)
    for place in start..<max(start, limit) {
      var diagonal = 0
      for i in entity.indices {
        let above = row[i + 1]
        row[i + 1] = source[place] == entity[i] ? diagonal + 1 : max(above, row[i])
        diagonal = above
      }
      if row[entity.count] == length { return place + 1 }
    }
    return nil
  }

  /// The smallest list of `length` places in a window.
  private func smallest(in window: Range<Int>, _ length: Int) -> [Int] {
    let left = lengths(window)
    var places: [Int] = []
    var next = 0
    for place in window where places.count < length {
      let rest = left[place - window.lowerBound + 1]
      guard let i = entity[next...].firstIndex(of: source[place]),
        places.count + 1 + rest[i + 1] == length
      else { continue }
      places.append(place)
      next = i + 1
    }
    return places
  }
}
