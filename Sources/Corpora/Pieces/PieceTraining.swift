/// Makes a vocabulary of pieces from counted words by byte pair encoding (Sennrich et al., 2016) over characters: the
/// two neighbouring pieces that occur together most often become one, until there are enough
/// (Models/Generative/README.md 7.2).
struct PieceTraining {
  /// A word as its pieces are so far.
  private struct Word {
    var pieces: [Int32]
    let count: Int
  }

  /// A pair of pieces that occurs less often is left apart.
  private static let leastCount = 2

  private(set) var pieces = SpecialPiece.allCases.map(\.rawValue) + [";", "|"]
  private var ids: [ExactString: Int32] = [:]
  private var words: [Word]
  private var counts: [PiecePair: Int] = [:]
  /// The words that have, or had, each pair.
  private var holders: [PiecePair: [Int]] = [:]
  private var queue = PairQueue()

  /// Starts with a piece for each character, at the start of a word and within one.
  ///
  /// - Parameter counts: the words and their numbers.
  init(_ counts: [ExactString: Int]) {
    words = []
    for (id, piece) in pieces.enumerated() { ids[ExactString(piece)] = Int32(id) }
    let characters = Set(counts.keys.lazy.flatMap(\.value.unicodeScalars)).sorted()
    for mark in ["", PieceVocabulary.continuation] {
      for character in characters { _ = id(of: mark + String(character)) }
    }
    for (word, count) in counts.sorted(by: { $0.key < $1.key }) {
      let pieces = word.value.unicodeScalars.enumerated().map { index, character in
        id(of: (index == 0 ? "" : PieceVocabulary.continuation) + String(character))
      }
      words.append(Word(pieces: pieces, count: count))
    }
    for index in words.indices { add(pairsOf: index) { _ in true } }
    for (pair, count) in self.counts { queue.push(count, pair) }
  }

  /// The id of a piece, which is added where it is new.
  private mutating func id(of piece: String) -> Int32 {
    let id = ids[ExactString(piece), default: Int32(pieces.count)]
    if id == pieces.count {
      ids[ExactString(piece)] = id
      pieces.append(piece)
    }
    return id
  }

  private mutating func add(pairsOf word: Int, where isWanted: (PiecePair) -> Bool) {
    for pair in PiecePair.all(in: words[word].pieces) where isWanted(pair) {
      counts[pair, default: 0] += words[word].count
      holders[pair, default: []].append(word)
    }
  }

  /// Joins pairs until there are `size` pieces, or none occurs twice.
  mutating func run(to size: Int) {
    while pieces.count < size, let (count, pair) = queue.pop(), count >= Self.leastCount {
      let current = counts[pair, default: 0]
      if count == current { join(pair) } else if current > 0 { queue.push(current, pair) }
    }
  }

  /// Makes one piece of a pair in every word.
  private mutating func join(_ pair: PiecePair) {
    let second = pieces[Int(pair.second)].unicodeScalars.dropFirst(2)
    let joined = id(of: pieces[Int(pair.first)] + String(second))
    var changes: [PiecePair: Int] = [:]
    for index in Set(holders.removeValue(forKey: pair) ?? []) {
      let (before, count) = (words[index].pieces, words[index].count)
      let after = pair.joined(as: joined, in: before)
      guard after.count < before.count else { continue }
      words[index].pieces = after
      for old in PiecePair.all(in: before) { changes[old, default: 0] -= count }
      for new in PiecePair.all(in: after) {
        changes[new, default: 0] += count
        if new.first == joined || new.second == joined { holders[new, default: []].append(index) }
      }
    }
    for (changed, change) in changes {
      let count = counts[changed, default: 0] + change
      counts[changed] = count == 0 ? nil : count
      if change > 0 { queue.push(count, changed) }
    }
  }
}
