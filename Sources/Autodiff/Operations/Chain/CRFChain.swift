import Kernels
import Tensors

/// A copy of a chain's parameters, with zeros for missing ones.
struct CRFChain {
  let tags: Int
  private(set) var start: [Float]
  let end: [Float]
  private(set) var transitions: [Float]

  /// - Parameter forbidden: pairs of tags (from, to) without a transition; a `nil` from is the start of
  ///   the sentence.
  init(_ parameters: CRFParameters, forbidden: [(from: Int?, to: Int)] = [], tape: Tape) {
    let zeros = [Float](repeating: 0, count: parameters.tags)
    tags = parameters.tags
    start = parameters.start.map { tape.values($0).elements } ?? zeros
    end = parameters.end.map { tape.values($0).elements } ?? zeros
    transitions = tape.values(parameters.transitions).elements
    for (from, to) in forbidden { forbid(from: from, to: to) }
  }

  func transition(_ from: Int, _ to: Int) -> Float { transitions[from * tags + to] }

  private mutating func forbid(from: Int?, to: Int) {
    let never: Float = -1e9
    if let from { transitions[from * tags + to] = never } else { start[to] = never }
  }

  func score(
    of path: [Int], _ emissions: Matrix, _ layout: SequenceLayout, sentence: Int
  ) -> Float {
    var score = start[path[0]] + end[path[path.count - 1]]
    for (i, tag) in path.enumerated() {
      score += emissions.row(layout.row(sentence: sentence, position: i))[tag]
    }
    for (from, to) in zip(path, path.dropFirst()) { score += transition(from, to) }
    return score
  }

  func bestPath(emissions: [UnsafeMutablePointer<Float>]) -> (tags: [Int], score: Float) {
    var scores = (0..<tags).map { start[$0] + emissions[0][$0] }
    var origins: [[Int]] = []
    for phi in emissions.dropFirst() {
      var next = scores
      var origin = [Int](repeating: 0, count: tags)
      for to in 0..<tags {
        let reached = (0..<tags).map { scores[$0] + transition($0, to) }
        origin[to] = indexOfLargest(reached, count: tags)
        next[to] = reached[origin[to]] + phi[to]
      }
      scores = next
      origins.append(origin)
    }
    for tag in 0..<tags { scores[tag] += end[tag] }
    var path = [indexOfLargest(scores, count: tags)]
    let best = scores[path[0]]
    for origin in origins.reversed() { path.append(origin[path[path.count - 1]]) }
    return (path.reversed(), best)
  }
}
