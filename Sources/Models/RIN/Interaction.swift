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

  /// Runs all layers.
  ///
  /// - Parameters:
  ///   - start: `H⁰`, `[tokens, d]`.
  ///   - tagger: ER.
  ///   - classifier: RC.
  ///   - visit: called after each layer.
  /// - Returns: the features of the final classifiers, `He` and `Hr`.
  package func callAsFunction(
    _ start: Variable, _ rows: SequenceLayout, _ tagger: Linear, _ classifier: PairClassifier,
    on tape: Tape, visit: (Layer) -> Void = { _ in }
  ) -> (entities: Variable, relations: Variable) {
    let entityCell = UnrolledCell(entities, rows: layers * rows.rows, on: tape)
    let relationCell = UnrolledCell(relations, rows: layers * rows.rows, on: tape)
    var (shared, he, hr) = (start, start, start)
    for layer in 1...layers {
      let tags = tape.softmaxRows(tagger(he, on: tape))
      let maxima = tape.maxima(classifier.logits(hr, layout: rows, on: tape))
      let state = CellState(hidden: shared, cell: nil)
      he = entityCell.step(tags, from: state).hidden
      hr = relationCell.step(maxima, from: state).hidden
      if layer < layers { shared = sum(shared, he, hr, on: tape) }
      visit(
        Layer(
          tags: tags, maxima: maxima, entities: he, relations: hr,
          shared: layer < layers ? shared : nil))
    }
    return (he, hr)
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
