import Autodiff
import Corpora
import Layers
import Randomness
import Tensors

/// The decoder's targets and loss in training, and the random choice between gold and own inputs.
package struct TeacherForcing {
  /// The target triples of each sentence, at most T.
  package let targets: [[CopyTarget]]
  package let streams: RandomStreams
  /// The probability of feeding back the gold choice of a step (D24).
  package let probability: Float
  package let loss: LossTerm

  package init(targets: [[CopyTarget]], streams: RandomStreams, probability: Float, loss: LossTerm)
  {
    self.targets = targets
    self.streams = streams
    self.probability = probability
    self.loss = loss
  }
}

/// One run of the decoder over a batch: all steps of all triples, with feedback from each step to the next
/// (Copy/README.md 2.1 to 2.4, 3.4).
package final class CopyDecoder {
  /// Training adds the loss and teacher forcing; inference decodes freely.
  package enum Purpose {
    case training(TeacherForcing)
    case inference
  }

  private let network: CopyNetwork
  private let batch: CopyBatch
  private let encoding: BidirectionalEncoder.Encoding
  private let tape: Tape
  private let cells: [UnrolledCell]
  private let heads: [CopyHeadsRun]

  package init(
    _ network: CopyNetwork, _ batch: CopyBatch, _ encoding: BidirectionalEncoder.Encoding,
    on tape: Tape
  ) {
    let steps = network.steps
    self.network = network
    self.batch = batch
    self.encoding = encoding
    self.tape = tape
    cells = network.cells.map {
      UnrolledCell(
        $0, rows: steps.count / network.cells.count * batch.layout.sentences, on: tape)
    }
    heads = network.heads.map {
      CopyHeadsRun(
        $0, network.options, outputs: encoding.outputs, layout: batch.layout,
        steps: Array(steps.prefix(steps.count / network.heads.count)), on: tape)
    }
  }

  /// The result of one step, for every sentence.
  package struct Outcome {
    package let scores: Logits
    /// The cell's state after the step, `[sentences, d]`.
    package let hidden: Variable
    /// The best choice of each sentence; the index after the last relation, token or length means NA.
    package let chosen: [Int]
    /// The mask M of the step.
    let excluded: ExcludedChoices?

    /// The logarithm of the probability of a sentence's choice, among those that the mask leaves.
    func logProbability(sentence: Int) -> Double {
      scores.logProbability(of: chosen[sentence], sentence: sentence, excluding: excluded)
    }
  }

  /// Runs all steps.
  ///
  /// - Returns: one outcome for each step.
  package func run(_ purpose: Purpose) -> [Outcome] {
    let kinds = network.architecture.steps
    var state = encoding.final
    var item = startItem
    var outcomes: [Outcome] = []
    for triple in 0..<network.options.triples {
      if network.options.decoder == .mul {
        state = firstState(ofTriple: triple, previous: state)
        if network.options.mulInput == .restart { item = startItem }
      }
      let heads = heads[triple % heads.count]
      var head: [Int?] = []
      for (slot, kind) in kinds.enumerated() {
        state = cells[triple % cells.count].step(heads.combined(item, state: state), from: state)
        let scores = heads.scores(kind, hidden: state.hidden)
        let step = triple * kinds.count + slot
        let excluded = kind == .tail ? exclusion(of: head, purpose) : nil
        let chosen = tape.bestChoices(scores, excluding: excluded)
        let fed = teach(purpose, step, kind, scores, excluded, chosen)
        if kind == .head { head = pointed(fed) }
        item = embedded(fed, kind)
        outcomes.append(
          Outcome(
            scores: scores, hidden: state.hidden, chosen: chosen, excluded: excluded))
      }
    }
    return outcomes
  }

  private var startItem: Variable {
    network.start(
      [Int](repeating: 0, count: batch.layout.sentences), rows: batch.layout.sentenceRows, on: tape)
  }

  /// The first state of a triple's own cell: the mean of the encoder's state and the previous cell's last
  /// state, zeros before the first cell (Copy/README.md 2.4).
  private func firstState(ofTriple triple: Int, previous: CellState) -> CellState {
    if triple == 0 {
      return network.options.mulFirst == .full
        ? encoding.final : encoding.final.map { tape.scaled($0, by: 0.5) }
    }
    let cell: Variable? =
      if let a = encoding.final.cell, let b = previous.cell { tape.average(a, b) } else { nil }
    return CellState(hidden: tape.average(encoding.final.hidden, previous.hidden), cell: cell)
  }

  /// Adds the step's loss in training.
  ///
  /// - Returns: the choices to feed back: the decoder's own, or gold ones under teacher forcing.
  private func teach(
    _ purpose: Purpose, _ step: Int, _ kind: CopyStep, _ scores: Logits,
    _ excluded: ExcludedChoices?, _ chosen: [Int]
  ) -> [Int] {
    guard case .training(let teaching) = purpose else { return chosen }
    let gold = (0..<batch.inputs.count).map { sentence in
      target(teaching.targets[sentence], step: step, kind: kind)
        ?? scores.naIndex(sentence: sentence)
    }
    tape.addCrossEntropy(scores, targets: gold, excluding: excluded, to: teaching.loss)
    return batch.inputs.indices.map { sentence in
      let draw = teaching.streams.stream(
        "teacher forcing", example: batch.inputs[sentence].index
      ).uniform(step)
      return draw < teaching.probability ? gold[sentence] : chosen[sentence]
    }
  }

  /// The gold choice of a step; `nil` for NA.
  private func target(_ targets: [CopyTarget], step: Int, kind: CopyStep) -> Int? {
    let triple = step / network.architecture.steps.count
    guard triple < targets.count else { return nil }
    let target = targets[triple]
    switch kind {
    case .relation: return target.relation
    case .head: return network.pointer(target.head)
    case .tail: return network.pointer(target.tail)
    case .headLength: return network.lengthClass(target.head)
    case .tailLength: return network.lengthClass(target.tail)
    }
  }

  /// The mask M: excludes the head's token at the tail step (Copy/README.md 2.2).
  private func exclusion(of head: [Int?], _ purpose: Purpose) -> ExcludedChoices? {
    switch (network.options.mask, purpose) {
    case (.none, _), (.neginf, .training): nil
    case (.neginf, .inference): ExcludedChoices(head, .removed)
    case (.zeroLogit, _): ExcludedChoices(head, .zeroed)
    }
  }

  /// Choices of tokens; `nil` for NA.
  private func pointed(_ choices: [Int]) -> [Int?] {
    zip(choices, batch.layout.lengths).map { $0 < $1 ? $0 : nil }
  }

  /// The embeddings of a step's choices; NA is the last row of each table.
  private func embedded(_ choices: [Int], _ kind: CopyStep) -> Variable {
    switch kind {
    case .relation: return network.relations(choices, rows: batch.layout.sentenceRows, on: tape)
    case .headLength, .tailLength:
      guard let lengths = network.lengths else { preconditionFailure("no table of lengths") }
      return lengths(choices, rows: batch.layout.sentenceRows, on: tape)
    case .head, .tail:
      let words = zip(batch.inputs, choices).map { input, position in
        position < input.length
          ? input.words[position] : network.vocabularies.words.count
      }
      return network.words(words, rows: batch.layout.sentenceRows, on: tape)
    }
  }
}

extension CopyNetwork {
  /// The position of an entity's anchor token: the last, or in CopyRE'5 optionally the first (D2).
  func pointer(_ span: Span) -> Int {
    architecture.slots == .quintuple && options.quintAnchor == .start ? span.start : span.end
  }

  /// The class of an entity's length: the number of tokens minus one, at most that of the longest entity
  /// in training.
  func lengthClass(_ span: Span) -> Int { min(span.length, vocabularies[.longestEntity]) - 1 }
}
