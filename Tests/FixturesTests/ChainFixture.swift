import Autodiff
import Tensors
import Testing

/// Checks a fixture of the linear-chain CRF alone: every dataset of every group.
func checkChains(_ fixture: Fixture) throws {
  for group in try fixture.groups() { try checkChain(fixture, group) }
}

private func checkChain(_ fixture: Fixture, _ group: String) throws {
  let shape = try fixture.shape("\(group)/emissions")
  let (time, tags) = (shape[1], shape[2])
  var layout = ParameterLayout()
  let chain = CRFParameters(
    transitions: layout.declare("transitions", rows: tags, columns: tags, .zeros),
    start: layout.declare("start", columns: tags, .zeros),
    end: layout.declare("end", columns: tags, .zeros))
  let ends = try #require(zip2(chain.start, chain.end))
  let (values, gradients) = (Slab(count: layout.count), Slab(count: layout.count))
  for (parameter, name) in [(chain.transitions, "trans"), (ends.0, "start"), (ends.1, "end")] {
    values(parameter).assign(elements: try fixture.floats("\(group)/\(name)"))
  }
  let batch = Sorted(try fixture.integers("\(group)/lengths"))
  let tape = fixture.tape(values, mode: .oneShard)
  let emissions = tape.variable(
    batch.pack(try fixture.floats("\(group)/emissions"), time: time, width: tags, tape),
    rows: batch.layout.tokenRows)
  let gold = try fixture.integers("\(group)/tags")
  let paths = batch.order.enumerated().map { sorted, original in
    Array(gold[original * time..<original * time + batch.layout.lengths[sorted]])
  }
  let loss = LossTerm("nll", weight: 1, sentences: batch.count)
  tape.addCRFLoss(emissions, chain, gold: paths, layout: batch.layout, to: loss)
  let best = tape.bestPaths(emissions, chain, layout: batch.layout)
  loss.gradientScale = 1 / Float(batch.count)
  tape.collected().add(to: gradients)

  let nll = batch.restore(loss.perSentence)
  let scores = batch.restore(
    paths.enumerated().map { sentence, path in
      pathScore(path, sentence, emissions.value, batch.layout, values, chain)
    })
  try fixture.compare("\(group)/nll", nll.map { Float($0) })
  try fixture.compare("\(group)/gold_score", scores)
  try fixture.compare("\(group)/logZ", zip(nll, scores).map { Float($0) + $1 })
  try fixture.compareLosses("\(group)/mean_nll", [loss.sum / Double(batch.count)])
  try fixture.compare("\(group)/viterbi_score", batch.restore(best.map(\.score)))
  try fixture.compare(
    "\(group)/viterbi", batch.pad(best.map(\.tags), time: time, filler: -1))
  let gradient = batch.unpack(emissions.gradient, time: time)
  try fixture.compare("\(group)/grad_emissions", gradient)
  try fixture.compare(
    "\(group)/marginals",
    gradient.enumerated().map { index, d in
      let (token, tag) = (index / tags, index % tags)
      return d * Float(batch.count) + (gold[token] == tag ? 1 : 0)
    })
  try fixture.compare("\(group)/grad_trans", gradients(chain.transitions).elements)
  try fixture.compare("\(group)/grad_start", gradients(ends.0).elements)
  try fixture.compare("\(group)/grad_end", gradients(ends.1).elements)
}

private func pathScore(
  _ path: [Int], _ sentence: Int, _ emissions: Matrix, _ layout: SequenceLayout, _ values: Slab,
  _ chain: CRFParameters
) -> Float {
  var score: Float = 0
  for (position, tag) in path.enumerated() {
    score += emissions[layout.row(sentence: sentence, position: position), tag]
    if position > 0 { score += values(chain.transitions)[path[position - 1], tag] }
  }
  if let start = chain.start { score += values(start)[0, path[0]] }
  if let end = chain.end { score += values(end)[0, path[path.count - 1]] }
  return score
}

private func zip2<T>(_ a: T?, _ b: T?) -> (T, T)? {
  guard let a, let b else { return nil }
  return (a, b)
}
