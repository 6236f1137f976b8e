import Autodiff
import Corpora

extension CopyNetwork {
  /// Reads facts out of sentences.
  ///
  /// - Parameter batch: sentences, longest first.
  func predict(_ examples: [Example], on tape: Tape) -> [Prediction] {
    let batch = CopyBatch(examples)
    let (actions, tags) = choices(batch, on: tape)
    return examples.indices.map { sentence in
      read(
        actions.map { $0[sentence] }, length: examples[sentence].length, tags: tags?[sentence])
    }
  }

  /// Turns a sentence's choices into facts: groups of slots, empty ones and repeats dropped
  /// (models.md 2.3, 3.3, 3.4).
  ///
  /// - Parameters:
  ///   - actions: a choice a step.
  ///   - length: tokens of the sentence.
  func read(_ actions: [Int], length: Int, tags: [BIO]?) -> Prediction {
    var groups: [Prediction.Group] = []
    for slots in actions.chunks(of: architecture.steps.count) {
      let relation = slots[0] < inventory.relations.count ? inventory.relations[slots[0]] : nil
      if relation == nil && options.stopAtNA { break }
      let (head, tail) = entities(slots, length: length, tags: tags)
      let group = Prediction.Group(head: head, relation: relation, tail: tail)
      let isEmpty = head == nil && relation == nil && tail == nil
      if !isEmpty && !groups.contains(group) { groups.append(group) }
    }
    return Prediction(groups: groups, tags: tags)
  }

  private func entities(_ slots: [Int], length: Int, tags: [BIO]?) -> (head: Span?, tail: Span?) {
    switch architecture.slots {
    case .triple:
      func entity(_ position: Int) -> Span? {
        guard position < length else { return nil }
        return tags.map { BIO.entity(endingAt: position, in: $0) } ?? Span(position, position)
      }
      return (entity(slots[1]), entity(slots[2]))
    case .quintuple:
      func entity(_ position: Int, _ lengthClass: Int) -> Span? {
        guard position < length, lengthClass < inventory.longestEntity else { return nil }
        return options.quintAnchor == .last
          ? Span(max(position - lengthClass, 0), position)
          : Span(position, min(position + lengthClass, length - 1))
      }
      return (entity(slots[1], slots[2]), entity(slots[3], slots[4]))
    }
  }

  /// What the network would say if it chose what it is taught: the bound that target order, the limit
  /// of T triples, the pointing rule, the tags and the mask M put on it (models.md 3.3).
  func ceiling(of example: Example, seed: UInt64) -> Prediction {
    let tags = architecture.tagging ? options.tags(of: example) : nil
    let targets = options.targets(
      of: example, inventory, draws: RandomStreams(seed: seed, epoch: 0))
    let actions = targets.flatMap { target -> [Int] in
      let (head, tail) = (pointer(target.head), pointer(target.tail))
      switch architecture.slots {
      case .triple:
        let hidden = options.mask == .neginf && head == tail
        return [target.relation, head, hidden ? example.length : tail]
      case .quintuple:
        return [
          target.relation, head, lengthClass(target.head), tail, lengthClass(target.tail),
        ]
      }
    }
    return read(actions, length: example.length, tags: tags)
  }
}
