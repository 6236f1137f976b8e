import Autodiff
import Kernels
import Layers
import Tensors

/// The parameters of a copy decoder outside its cells: attention, combination with the fed-back vector,
/// and scorers. A decoder has one set, or one for each triple (Models/README.md D26).
package struct CopyHeads: Sendable {
  /// `Wu`, `bu`: the cell's input from fed-back vector and context.
  let combine: SplitLinear
  /// `u_i = va · [h ; H_i] + ba`; the decoder's half and `ba` cancel in the softmax.
  package let attention: SplitLinear
  /// `va` of the `mlp` attention, `[1, attentionWidth]`; ``attention`` is then its `Wa`.
  let attentionOutput: Parameter?
  /// The score of NA, shared by all kinds of steps.
  let na: Linear
  let relation: Linear
  /// `We` of the linear scorer, or `Wf`, `bf` of the fused one.
  let copy: SplitLinear
  /// `wo`, `bo` of the fused scorer.
  let copyOutput: Linear?
  let length: Linear?

  /// Declares the parameters.
  ///
  /// - Parameters:
  ///   - prefix: the prefix of the parameters' names.
  ///   - width: the width of the encoder's outputs.
  ///   - relations: the number of relations.
  ///   - lengths: the number of length classes.
  init(
    _ prefix: String, _ options: CopyOptions, _ architecture: CopyArchitecture, width: Int,
    relations: Int, lengths: Int, in layout: inout ParameterLayout
  ) {
    let (d, dw) = (options.hidden, options.embedding)
    combine = SplitLinear("\(prefix)combine", left: dw, right: width, outputs: dw, in: &layout)
    let inner = options.attention == .mlp ? options.attentionWidth : 1
    attention = SplitLinear(
      "\(prefix)attention", left: d, right: width, outputs: inner, in: &layout)
    attentionOutput =
      options.attention == .mlp
      ? layout.declare(
        "\(prefix)attention.output", columns: inner,
        .uniform(bound: 1 / Float(inner).squareRoot())) : nil
    na = Linear("\(prefix)na", inputs: d, outputs: 1, in: &layout)
    relation = Linear("\(prefix)relation", inputs: d, outputs: relations, in: &layout)
    let fused = architecture.scorer == .fused
    copy = SplitLinear(
      fused ? "\(prefix)copy.fusion" : "\(prefix)copy", left: d, right: width,
      outputs: fused ? options.fusion : 1, in: &layout)
    copyOutput =
      fused
      ? Linear("\(prefix)copy.output", inputs: options.fusion, outputs: 1, in: &layout) : nil
    length =
      architecture.slots == .quintuple
      ? Linear("\(prefix)length", inputs: d, outputs: lengths, in: &layout) : nil
  }
}

/// The heads of a decoder applied to one batch. The initialiser computes all terms that are constant over
/// the steps.
///
/// With the linear attention the context, and its part of the combination, is one of them
/// (Copy/README.md 2.1).
final class CopyHeadsRun {
  private let heads: CopyHeads
  private let options: CopyOptions
  private let tape: Tape
  private let layout: SequenceLayout
  private let outputs: Variable
  private let fed: UnrolledLinear
  private let na: UnrolledLinear
  private let relation: UnrolledLinear
  private let query: UnrolledLinear
  private let length: UnrolledLinear?
  /// `Wf₂ f(H) + bf`, `[tokens, fusion]`; `[tokens, 1]` with the linear scorer.
  private let keys: Variable
  /// The context's part of the combination, `[sentences, dw]`; `nil` if the context changes.
  private let constant: Variable?
  private let stepwise: StepwiseAttention?

  /// - Parameters:
  ///   - outputs: `H`, `[tokens, width]`.
  ///   - steps: the kinds of all steps of these heads.
  init(
    _ heads: CopyHeads, _ options: CopyOptions, outputs: Variable, layout: SequenceLayout,
    steps: [CopyStep], on tape: Tape
  ) {
    func count(_ belongs: (CopyStep) -> Bool) -> Int { steps.filter(belongs).count }
    let sentences = layout.sentences
    self.heads = heads
    self.options = options
    self.tape = tape
    self.layout = layout
    self.outputs = outputs
    fed = heads.combine.unrolledLeft(rows: steps.count * sentences, on: tape)
    let bias: (Linear) -> Parameter? = { options.copyreSelu ? nil : $0.bias }
    na = UnrolledLinear(
      heads.na.weight, bias: bias(heads.na), rows: steps.count * sentences, on: tape)
    relation = UnrolledLinear(
      heads.relation.weight, bias: bias(heads.relation),
      rows: count { $0 == .relation } * sentences, on: tape)
    let pointers = count(\.isPointer)
    query = heads.copy.unrolledLeft(rows: pointers * sentences, on: tape)
    length = heads.length?.unrolled(rows: count(\.isLength) * sentences, on: tape)
    let inner = heads.copyOutput != nil && options.copyInnerSelu
    let states = inner ? tape.activated(outputs, .selu) : outputs
    keys =
      options.copyreSelu && heads.copyOutput == nil
      ? heads.copy.rightWithoutBias(states, on: tape) : heads.copy.right(states, on: tape)
    if options.attention == .linear && !options.copyreSelu {
      let scores = heads.attention.rightWithoutBias(outputs, on: tape)
      let context = tape.attended(scores: scores, values: outputs, layout: layout)
      constant = heads.combine.right(context, on: tape)
      stepwise = nil
    } else {
      constant = nil
      stepwise = StepwiseAttention(
        heads, options, outputs: outputs, layout: layout, steps: steps.count, on: tape)
    }
  }

  /// `v = Wu [y ; k] + bu`, `[sentences, dw]`: the input of the cell.
  ///
  /// - Parameters:
  ///   - item: `y`, the embedding of the previous step's choice.
  ///   - state: the state before the step.
  func combined(_ item: Variable, state: CellState) -> Variable {
    let context = constant ?? stepwise?.combinedContext(state)
    guard let context else { preconditionFailure("an attention without context") }
    return tape.sum(fed.step(item), context)
  }

  /// The logits of a step, from the cell's new state `hidden`.
  func scores(_ step: CopyStep, hidden: Variable) -> Logits {
    let none = scored(na, heads.na, hidden)
    switch step {
    case .relation:
      return Logits(classes: scored(relation, heads.relation, hidden), na: none)
    case .headLength, .tailLength:
      guard let length else { preconditionFailure("a length step without its head") }
      return Logits(classes: length.step(hidden), na: none)
    case .head, .tail:
      return Logits(tokens: copyScores(hidden), na: none, layout: layout)
    }
  }

  /// A head's scores; `copyreSelu` adds the bias after selu (Copy/README.md 2.1).
  private func scored(_ map: UnrolledLinear, _ head: Linear, _ hidden: Variable) -> Variable {
    let scores = map.step(hidden)
    guard options.copyreSelu else { return scores }
    let bent = tape.activated(scores, .selu)
    return head.bias.map { tape.biased(bent, $0) } ?? bent
  }

  private func copyScores(_ hidden: Variable) -> Variable {
    guard let output = heads.copyOutput else {
      return tape.additiveScores(
        query: query.step(hidden), keys: keys, weight: nil, bias: nil,
        function: options.copyreSelu ? .selu : .identity, layout: layout)
    }
    let state = options.copyInnerSelu ? tape.activated(hidden, .selu) : hidden
    return tape.additiveScores(
      query: query.step(state), keys: keys, weight: output.weight, bias: output.bias,
      function: .selu, layout: layout)
  }
}

/// An attention with a new context at each step: `mlp` (D20), or the selu form of CopyRE's program, a
/// mean over tokens with scores from the cell state of an LSTM (Copy/README.md 2.1).
private final class StepwiseAttention {
  private let heads: CopyHeads
  private let options: CopyOptions
  private let tape: Tape
  private let layout: SequenceLayout
  private let outputs: Variable
  private let keys: Variable
  private let query: UnrolledLinear
  private let context: UnrolledLinear

  init(
    _ heads: CopyHeads, _ options: CopyOptions, outputs: Variable, layout: SequenceLayout,
    steps: Int, on tape: Tape
  ) {
    self.heads = heads
    self.options = options
    self.tape = tape
    self.layout = layout
    self.outputs = outputs
    keys =
      options.copyreSelu
      ? heads.attention.rightWithoutBias(outputs, on: tape)
      : heads.attention.right(outputs, on: tape)
    query = heads.attention.unrolledLeft(rows: steps * layout.sentences, on: tape)
    context = heads.combine.unrolledRight(rows: steps * layout.sentences, on: tape)
  }

  /// The context's part of the combination, `[sentences, dw]`.
  func combinedContext(_ state: CellState) -> Variable {
    let asked = options.copyreSelu ? state.cell ?? state.hidden : state.hidden
    let scores = tape.additiveScores(
      query: query.step(asked), keys: keys, weight: heads.attentionOutput, bias: nil,
      function: options.attention == .mlp ? .tanh : .selu, layout: layout)
    return context.step(
      tape.attended(
        scores: scores, values: outputs, layout: layout,
        reduction: options.copyreSelu ? .mean : .sum))
  }
}
