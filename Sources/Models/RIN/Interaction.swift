import Autodiff
import Corpora
import Layers
import Tensors

/// The layers between the encoder and the final classifiers, which share their parameters: each reads what both tasks
/// predict, and adds it to the features (RIN/README.md 6.3).
package struct Interaction: Sendable {
  /// GRUe, which reads the probabilities of tags.
  package let entities: CellParameters
  /// GRUr, which reads the probability of each relation.
  package let relations: CellParameters
  private let layers: Int
  private let features: RINOptions.Interaction

  init(
    _ options: RINOptions, width: Int, tags: Int, relations: Int, in layout: inout ParameterLayout
  ) {
    func cell(_ name: String, inputs: Int) -> CellParameters {
      CellParameters(
        name, options.gruForm == .after ? .gruResetAfter : .gruResetBefore, inputs: inputs,
        width: width, biases: options.gruForm == .after, in: &layout)
    }
    entities = cell("interaction.entity", inputs: tags)
    self.relations = cell("interaction.relation", inputs: relations)
    (layers, features) = (options.layers, options.interaction)
  }

  /// What a layer computes, for a look from outside.
  package struct Layer {
    /// The probabilities of tags, `[tokens, 5]`.
    package let tags: Variable
    /// `g`, the largest probability of each relation, `[tokens, R]`.
    package let maxima: Variable
    /// `He` and `Hr`, `[tokens, d]`.
    package let (entities, relations): (Variable, Variable)
    /// `H`, `[tokens, d]`; `nil` after the last layer.
    package let shared: Variable?
  }

  /// Runs all layers. The backward pass computes those before the last again, one at a time, so that its memory
  /// depends little on their number: of each such layer its three results are kept.
  ///
  /// - Parameters:
  ///   - start: `H⁰`, `[tokens, d]`.
  ///   - tagger: ER.
  ///   - classifier: RC.
  ///   - visit: called after each layer; in training again when the backward pass computes a layer again.
  /// - Returns: the features of the final classifiers, `He` and `Hr`.
  package func callAsFunction(
    _ start: Variable, _ rows: SequenceLayout, _ tagger: Linear, _ classifier: PairClassifier,
    on tape: Tape, visit: @escaping (Layer) -> Void = { _ in }
  ) -> (entities: Variable, relations: Variable) {
    func layer(_ before: Features, isLast: Bool) -> Layer {
      let layer = run(before, rows, tagger, classifier, isLast: isLast, on: tape)
      visit(layer)
      return layer
    }
    var before: Features = (shared: start, entities: start, relations: start)
    for _ in 1..<layers {
      let read = before
      let found = tape.recomputed {
        let found = layer(read, isLast: false)
        return [found.entities, found.relations] + [found.shared].compactMap { $0 }
      }
      before = (shared: found[2], entities: found[0], relations: found[1])
    }
    let last = layer(before, isLast: true)
    return (last.entities, last.relations)
  }

  /// What a layer reads: `H`, `He` and `Hr`.
  private typealias Features = (shared: Variable, entities: Variable, relations: Variable)

  /// Runs a layer, which reads what both tasks predict of the features before it.
  private func run(
    _ before: Features, _ rows: SequenceLayout, _ tagger: Linear, _ classifier: PairClassifier,
    isLast: Bool, on tape: Tape
  ) -> Layer {
    let entityCell = UnrolledCell(entities, rows: rows.rows, on: tape)
    let relationCell = UnrolledCell(relations, rows: rows.rows, on: tape)
    let tags = tape.softmaxRows(tagger(before.entities, on: tape))
    let maxima = tape.maxima(classifier.logits(before.relations, layout: rows, on: tape))
    let state = CellState(hidden: before.shared, cell: nil)
    let he = entityCell.step(tags, from: state).hidden
    let hr = relationCell.step(maxima, from: state).hidden
    return Layer(
      tags: tags, maxima: maxima, entities: he, relations: hr,
      shared: isLast ? nil : sum(before.shared, he, hr, on: tape))
  }

  private func sum(
    _ shared: Variable, _ he: Variable, _ hr: Variable, on tape: Tape
  ) -> Variable {
    switch features {
    case .full: tape.sum(tape.sum(shared, he), hr)
    case .withoutER: tape.sum(shared, hr)
    case .withoutRC: tape.sum(shared, he)
    }
  }
}
