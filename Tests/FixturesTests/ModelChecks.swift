import Autodiff
import Corpora
import Layers
import Models
import Tensors
import Testing
import Training

extension ModelFixture {
  /// Encoder outputs and states, attention weights and context.
  func checkEncoder() throws {
    let (sorted, batch, _) = batch()
    let tape = fixture.tape(values)
    let encoding = network.encode(batch, streams: nil, on: tape)
    try fixture.compare("encoder/out", sorted.unpack(encoding.outputs.value, time: time))
    try fixture.compare("encoder/h", sorted.restoreRows(encoding.final.hidden.value))
    if let cell = encoding.final.cell {
      try fixture.compare("encoder/c", sorted.restoreRows(cell.value))
    }
    if contextIsConstant && network.heads.count == 1 {
      try checkAttention(encoding, batch, sorted, on: tape)
    }
  }

  /// Whether the decoder's state cancels in the attention, which has no gradient with respect to it.
  private var contextIsConstant: Bool {
    network.options.attention == .linear && !network.options.copyreSelu
  }

  private func checkAttention(
    _ encoding: BidirectionalEncoder.Encoding, _ batch: CopyBatch, _ sorted: Sorted,
    on tape: Tape
  ) throws {
    let attention = network.heads[0].attention
    let scores = attention.rightWithoutBias(encoding.outputs, on: tape)
    let context = tape.attended(
      scores: scores, values: encoding.outputs, layout: batch.layout)
    try fixture.compare("attention/context", sorted.restoreRows(context.value))
    // Attending to unit vectors gives the weights themselves.
    let units = tape.pool.zeros(batch.layout.rows, time)
    for sentence in 0..<batch.layout.sentences {
      for (position, row) in batch.layout.rows(ofSentence: sentence).enumerated() {
        units[row, position] = 1
      }
    }
    let weights = tape.attended(
      scores: scores, values: tape.variable(units, rows: batch.layout.tokenRows),
      layout: batch.layout)
    try fixture.compare("attention/weights", sorted.restoreRows(weights.value))
  }

  /// Emissions, losses and best paths of the CRF.
  func checkTagger() throws {
    guard let tagger = network.tagger else { return }
    let (sorted, batch, members) = batch()
    let tape = fixture.tape(values)
    let encoding = network.encode(batch, streams: nil, on: tape)
    let emissions = tagger.emissions(encoding.outputs, on: tape)
    let padded = sorted.unpack(emissions.value, time: time)
    try fixture.compare(
      "crf/emissions",
      padded.indices.map { padded[$0 - $0 % 3 + Self.tags[$0 % 3]] })
    let loss = LossTerm("L_E", weight: 1, sentences: batch.inputs.count)
    let gold = try sorted.order.map { try goldTags(members[$0]) }
    tagger.addLoss(encoding.outputs, gold: gold, layout: batch.layout, to: loss, on: tape)
    try fixture.compare("crf/nll", sorted.restore(loss.perSentence).map { Float($0) })
    let best = tape.bestPaths(emissions, tagger.chain, layout: batch.layout)
    try fixture.compare("crf/viterbi_score", sorted.restore(best.map(\.score)))
    let paths = best.map { $0.tags.map { tag in Self.tags.firstIndex(of: tag) ?? -1 } }
    try fixture.compare("crf/viterbi", sorted.pad(paths, time: time, filler: -1))
  }

  /// One pass over some sentences: its losses, and what the decoder made of every step.
  private func pass(
    _ forcing: Float, _ members: [Int]?, on tape: Tape
  ) throws -> (losses: [LossTerm], outcomes: [CopyDecoder.Outcome], sorted: Sorted) {
    let (sorted, batch, members) = batch(members)
    let encoding = network.encode(batch, streams: nil, on: tape)
    let decoding = LossTerm("L_D", weight: 1, sentences: members.count)
    let teaching = TeacherForcing(
      targets: try sorted.order.map { try targets(members[$0]) },
      streams: RandomStreams(seed: 0, epoch: 0),
      probability: forcing, loss: decoding)
    let outcomes = CopyDecoder(network, batch, encoding, on: tape).run(.training(teaching))
    let tagging = LossTerm("L_E", weight: lambda, sentences: members.count)
    if let tagger = network.tagger {
      tagger.addLoss(
        encoding.outputs, gold: try sorted.order.map { try goldTags(members[$0]) },
        layout: batch.layout, to: tagging, on: tape)
    }
    for loss in [decoding, tagging] {
      loss.gradientScale = loss.weight / Float(members.count)
    }
    return ([decoding, tagging], outcomes, sorted)
  }

  /// The mean total of a pass, L_D + λ L_E.
  private func total(_ losses: [LossTerm]) -> Double {
    losses.reduce(0) { $0 + Double($1.weight) * $1.sum / Double($1.perSentence.count) }
  }

  /// Losses, logits and gradients of a pass, where the fixture has them.
  func checkLoss(_ group: String, _ forcing: Float, members: [Int]? = nil) throws {
    let gradients = Slab(count: values.count)
    let tape = fixture.tape(values, mode: .oneShard)
    let (losses, outcomes, sorted) = try pass(forcing, members, on: tape)
    for loss in losses {
      try fixture.compareLosses("\(group)/\(loss.name)", [loss.sum / Double(sorted.count)])
    }
    try fixture.compareLosses("\(group)/total", [total(losses)])
    if try fixture.contains("\(group)/rel_logits") {
      try fixture.compare(
        "\(group)/L_D_per_sentence", sorted.restore(losses[0].perSentence).map { Float($0) })
      try checkLogits(group, outcomes, sorted)
    }
    tape.collected().add(to: gradients)
    try fixture.compare("\(group)/grad", try parameters(), in: gradients)
  }

  private func checkLogits(
    _ group: String, _ outcomes: [CopyDecoder.Outcome], _ sorted: Sorted
  ) throws {
    func padded(_ kind: Slots.Kind, width: Int?) -> [Float] {
      sorted.restore(
        (0..<sorted.count).map { sentence in
          outcomes.indices.filter { slots.kind(ofStep: $0) == kind }.flatMap { step -> [Float] in
            let scores = outcomes[step].scores.scores(sentence: sentence)
            let filler = [Float](
              repeating: -.infinity, count: (width ?? scores.count) - scores.count)
            return scores.dropLast() + filler + scores.suffix(1)
          }
        }
      ).flatMap { $0 }
    }
    try fixture.compare("\(group)/rel_logits", padded(.relation, width: nil))
    try fixture.compare("\(group)/ent_logits", padded(.entity, width: time + 1))
    if slots == .quintuple {
      try fixture.compare("\(group)/len_logits", padded(.length, width: nil))
    }
    if try fixture.contains("\(group)/dec_h") {
      let hidden = sorted.restore(
        (0..<sorted.count).map { sentence in
          outcomes.flatMap { $0.hidden.value.rows(sentence..<sentence + 1).elements }
        })
      try fixture.compare("\(group)/dec_h", hidden.flatMap { $0 })
    }
  }

  /// What the model says on its own, with or without the mask M.
  func checkGreedy(_ name: String, _ mask: CopyOptions.Mask) throws {
    guard try fixture.contains("greedy/\(name)") else { return }
    var options = network.options
    options.mask = mask
    let masked = CopyNetwork(
      options: options, architecture: network.architecture, vocabularies: network.vocabularies)
    let (sorted, batch, _) = batch()
    let found = masked.choices(batch, on: fixture.tape(values))
    let choices = zip(sorted.layout.lengths, found).map { length, found in
      found.actions.enumerated().map { step, chosen in
        switch slots.kind(ofStep: step) {
        case .relation: chosen
        case .entity: chosen < length ? chosen : -1
        case .length: chosen < network.vocabularies[.longestEntity] ? chosen + 1 : -1
        }
      }
    }
    try fixture.compare("greedy/\(name)", sorted.restore(choices).flatMap { $0 })
  }

  /// Three steps of Adam on the whole batch, teacher forced.
  func checkAdam() throws {
    try fixture.checkUpdates(
      "adam", of: network.layout, from: values, try parameters(),
      // What cancels in the softmax has no gradient but noise.
      isNoise: { contextIsConstant && ($0.hasSuffix("attn_h") || $0.hasSuffix("attn_b")) },
      total: { total(try pass(1, nil, on: $0).losses) })
  }
}
