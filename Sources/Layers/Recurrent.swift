import Autodiff
import Tensors

extension CellParameters {
  /// Declares a cell of state width `width` below `name`; weights and biases start uniform in ±1/√width.
  public init(
    _ name: String, _ form: CellForm, inputs: Int, width: Int, biases: Bool = true,
    in layout: inout ParameterLayout
  ) {
    let rows = form.gates * width
    let start = Initializer.fan(width)
    self.init(
      form: form,
      input: layout.declare("\(name).input.weight", rows: rows, columns: inputs, start),
      recurrent: layout.declare("\(name).recurrent.weight", rows: rows, columns: width, start),
      bias: biases
        ? layout.declare("\(name).bias", columns: rows, start, decays: false) : nil,
      recurrentBias: biases && form == .gruResetAfter
        ? layout.declare("\(name).recurrent.bias", columns: rows, start, decays: false) : nil,
      peepholes: form.hasPeepholes
        ? layout.declare(
          "\(name).peepholes", rows: form.peepholeRows(width: width), columns: width, start) : nil)
  }
}

/// The combination of an encoder's two directions (Models/README.md 1.6).
public enum EncoderMerge: String, Codable, Sendable, CaseIterable {
  /// `(forward + backward) / 2`, width d.
  case average
  /// `[forward ; backward]`, width 2d.
  case concatenate
}

/// A bidirectional recurrent encoder (Models/README.md 1.6).
public struct BidirectionalEncoder: Sendable {
  /// The cell that runs from the first token to the last.
  public let forward: CellParameters
  /// The cell that runs from the last token to the first.
  public let backward: CellParameters
  /// The combination of both cells' states.
  public let merge: EncoderMerge

  /// Declares the cells `name.forward` and `name.backward` of state width `width`.
  public init(
    _ name: String, _ form: CellForm, inputs: Int, width: Int, merge: EncoderMerge,
    in layout: inout ParameterLayout
  ) {
    forward = CellParameters("\(name).forward", form, inputs: inputs, width: width, in: &layout)
    backward = CellParameters("\(name).backward", form, inputs: inputs, width: width, in: &layout)
    self.merge = merge
  }

  /// Width of ``Encoding/outputs``.
  public var outputWidth: Int { merge == .average ? forward.width : 2 * forward.width }

  /// The result of encoding a batch.
  public struct Encoding {
    /// `H`, `[tokens, outputWidth]`.
    public let outputs: Variable
    /// The average of both directions' final states, `[sentences, d]` each part.
    public let final: CellState

    /// Pairs outputs with final states, for changes such as dropout after the encoder.
    public init(outputs: Variable, final: CellState) {
      self.outputs = outputs
      self.final = final
    }
  }

  /// Encodes `x [tokens, in]`, each sentence over its own tokens.
  public func callAsFunction(_ x: Variable, layout: SequenceLayout, on tape: Tape) -> Encoding {
    let rightward = tape.recurrent(x, forward, layout: layout, direction: .forward)
    let leftward = tape.recurrent(x, backward, layout: layout, direction: .backward)
    let firsts = Array(0..<layout.sentences)
    let lasts = firsts.map { layout.row(sentence: $0, position: layout.lengths[$0] - 1) }
    func last(_ rightward: Variable, _ leftward: Variable) -> Variable {
      tape.average(tape.gathered(rightward, rows: lasts), tape.gathered(leftward, rows: firsts))
    }
    let cell: Variable? =
      if let a = rightward.cell, let b = leftward.cell { last(a, b) } else { nil }
    return Encoding(
      outputs: merge == .average
        ? tape.average(rightward.hidden, leftward.hidden)
        : tape.concatenated(rightward.hidden, leftward.hidden),
      final: CellState(hidden: last(rightward.hidden, leftward.hidden), cell: cell))
  }
}
