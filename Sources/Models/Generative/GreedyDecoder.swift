import Autodiff
import Corpora
import Kernels
import Layers
import Tensors

/// Generates a target for each source, token by token, with cached keys and values (Generative/README.md 7.6).
package struct GreedyDecoder {
  private let network: GenerativeNetwork
  private let symbols: GenerativeSymbols
  private let objective: GenerativeObjective
  /// The most tokens of a target, its end included.
  private let limit: Int
  /// Whether labels bind tokens to the source.
  private let copies: Bool

  package init(
    _ network: GenerativeNetwork, _ symbols: GenerativeSymbols, _ objective: GenerativeObjective,
    limit: Int, copies: Bool
  ) {
    precondition(!copies || network.labels != nil, "copying without labels")
    (self.network, self.symbols, self.objective) = (network, symbols, objective)
    (self.limit, self.copies) = (limit, copies)
  }

  /// One choice: the logits, and the tokens among which the largest wins; `nil` for all that are generated.
  package typealias Choice = (
    sentence: Int, tokens: Matrix, labels: Matrix?, allowed: [Int32]?
  )

  /// Generates targets. Sentences that have ended leave the batch; no bit of the others changes.
  ///
  /// - Parameters:
  ///   - sources: pieces, without symbols.
  ///   - scoring: whether each token gets its probability among those that were allowed.
  ///   - visit: receives each choice before it is made.
  package func targets(
    for sources: [[Int32]], scoring: Bool = false, on tape: Tape, visit: (Choice) -> Void = { _ in }
  ) -> [GeneratedTarget] {
    var targets = sources.map { GeneratedTarget(source: $0, symbols) }
    let caches = network.encoder.blocks.map { _ in KeyValueCache(on: tape) }
    var active = targets.indices.filter { !isComplete(targets[$0]) }
    var news = active.map { [symbols.start] + sources[$0] + [symbols.end] }
    while !active.isEmpty {
      let hidden = lastRows(of: news, active, &targets, caches, on: tape)
      let tokens = network.tokens(hidden, on: tape).value
      let labels = network.labels?(hidden, on: tape).value
      for (place, sentence) in active.enumerated() {
        let row = place..<place + 1
        choose(
          for: &targets[sentence], sentence, tokens.rows(row), labels?.rows(row), scoring, visit)
      }
      let kept = active.indices.filter { !isComplete(targets[active[$0]]) }
      for cache in caches { cache.keep(kept) }
      active = kept.map { active[$0] }
      news = active.map { Array(targets[$0].tokens.suffix(1)) }
    }
    return targets
  }

  private func isComplete(_ target: GeneratedTarget) -> Bool {
    target.tokens.last == symbols.end
      || target.tokens.count >= min(limit, network.encoder.shape.positions - target.sourceRows)
  }

  /// The outputs of the last block at the rows that predict the next tokens: a `[MASK]` behind new tokens, which leaves
  /// the caches again, or the last of the new tokens.
  private func lastRows(
    of news: [[Int32]], _ active: [Int], _ targets: inout [GeneratedTarget],
    _ caches: [KeyValueCache], on tape: Tape
  ) -> Variable {
    let ids = news.map { objective == .mask ? $0 + [symbols.mask] : $0 }
    let going = active.map { targets[$0] }
    let layout = SentenceLayout(lengths: ids.map(\.count), on: tape)
    let pass = TransformerPass(layout: layout, masks: going.map { .prefix($0.sourceRows) })
    let positions = layout.packed { going[$0].rows - news[$0].count + $1 }
    let segments = layout.packed { sentence, row in
      going[sentence].rows - news[sentence].count + row < going[sentence].sourceRows
        ? GenerativeNetwork.source : GenerativeNetwork.target
    }
    let hidden = network.encoder.following(
      layout.packed { Int(ids[$0][$1]) }, positions: positions, segments: segments, pass,
      caches: caches, on: tape)
    if objective == .mask { for cache in caches { cache.removeLast(1) } }
    for (place, target) in going.enumerated() where target.tokens.isEmpty {
      let rows = layout.rows(ofSentence: place).dropFirst().prefix(target.sourceRows - 2)
      targets[active[place]].sourceLabels = labels(
        of: tape.gathered(hidden, rows: Array(rows)), on: tape)
    }
    return tape.gathered(
      hidden, rows: ids.indices.map { layout.rows(ofSentence: $0).upperBound - 1 })
  }

  /// The best label of each row; none without a head for them.
  private func labels(of rows: Variable, on tape: Tape) -> [CopyLabel] {
    guard let logits = network.labels?(rows, on: tape).value else { return [] }
    return (0..<logits.rows).map { best(logits.rows($0..<$0 + 1)) }
  }

  private func best(_ logits: Matrix) -> CopyLabel {
    CopyLabel(rawValue: indexOfLargest(logits.pointer, count: logits.columns)) ?? .outside
  }

  private func choose(
    for target: inout GeneratedTarget, _ sentence: Int, _ tokens: Matrix, _ labels: Matrix?,
    _ scoring: Bool, _ visit: (Choice) -> Void
  ) {
    let label = labels.map(best)
    let allowed = copies ? label.flatMap { target.copy.allowed($0) } : nil
    visit((sentence, tokens, labels, allowed))
    for banned in symbols.banned { tokens[0, Int(banned)] = -.infinity }
    if let allowed { restrict(tokens, to: allowed) }
    let token = indexOfLargest(tokens.pointer, count: tokens.columns)
    target.append(
      Int32(token), label ?? .outside,
      logProbability: scoring
        ? logProbability(of: token, in: tokens.pointer, count: tokens.columns) : nil)
  }

  /// Removes all tokens but some.
  private func restrict(_ tokens: Matrix, to allowed: [Int32]) {
    let values = allowed.map { tokens[0, Int($0)] }
    tokens.fill(-.infinity)
    for (token, value) in zip(allowed, values) { tokens[0, Int(token)] = value }
  }
}
