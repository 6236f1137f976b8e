import Corpora

@testable import Models

extension CopyModel {
  /// The prediction from gold choices and gold tags: what a model says that is right in all it is taught
  /// (Copy/README.md 3.3). No output can say more that is right than ``expressible(in:)`` allows.
  func oracle(of input: WordInput, seed: UInt64) -> Prediction {
    network.oracle(of: input, seed: seed)
  }
}

extension HMT {
  /// The prediction from gold tags (HMT/README.md 5.2).
  func oracle(of input: WordInput) -> Prediction {
    read(jointTags(of: input).tags, entities: ee == nil ? nil : entityTags(of: input))
  }
}

extension CopyNetwork {
  func oracle(of input: WordInput, seed: UInt64) -> Prediction {
    let tags = architecture.tagging ? options.tags(of: input) : nil
    let targets = options.targets(
      of: input, vocabularies, streams: RandomStreams(seed: seed, epoch: 0))
    let actions = targets.flatMap { target -> [Int] in
      let (head, tail) = (pointer(target.head), pointer(target.tail))
      switch architecture.slots {
      case .triple:
        let hidden = options.mask == .neginf && head == tail
        return [target.relation, head, hidden ? input.length : tail]
      case .quintuple:
        return [
          target.relation, head, lengthClass(target.head), tail, lengthClass(target.tail),
        ]
      }
    }
    return read(actions, length: input.length, tags: tags)
  }
}
