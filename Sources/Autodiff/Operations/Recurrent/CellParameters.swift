import Tensors

/// The equations of a recurrent cell (Models/README.md 1.5).
public enum CellForm: Sendable {
  /// LSTM, gate order i, f, g, o.
  case lstm
  /// LSTM with diagonal weights from the cell state to the gates, gate order i, f, g, o.
  case peephole
  /// LSTM with whole matrices from the cell state to the gates, gate order i, f, g, o.
  case fullPeephole
  /// GRU, gate order r, z, n, reset after the recurrent product.
  case gruResetAfter
  /// GRU, gate order r, z, n, reset before the recurrent product.
  case gruResetBefore

  /// Blocks of d rows in a cell's weights.
  public var gates: Int { hasCellState ? 4 : 3 }
  /// Whether the state has a cell part `c` beside `h`.
  public var hasCellState: Bool { self == .lstm || hasPeepholes }
  /// Whether the gates see the cell state.
  public var hasPeepholes: Bool { self == .peephole || self == .fullPeephole }
  /// The rows of ``CellParameters/peepholes`` in a cell of state width `width`; 0 without.
  public func peepholeRows(width: Int) -> Int {
    hasPeepholes ? 3 * (self == .peephole ? 1 : width) : 0
  }
}

/// The parameters of one recurrent cell of state width d.
public struct CellParameters: Sendable {
  /// The equations that read the parameters; they decide which of the optional ones exist.
  public let form: CellForm
  /// `W`, `[gates·d, in]`.
  public let input: Parameter
  /// `U`, `[gates·d, d]`.
  public let recurrent: Parameter
  /// `b`, `[1, gates·d]`; `nil` in a cell without biases.
  public let bias: Parameter?
  /// `c`, `[1, gates·d]`, inside the reset and therefore separate from `b`; in
  /// ``CellForm/gruResetAfter`` alone.
  public let recurrentBias: Parameter?
  /// `p`, of the gates i, f, o: `[3, d]` in ``CellForm/peephole``, `[3·d, d]` in ``CellForm/fullPeephole``, `nil` in
  /// other forms.
  public let peepholes: Parameter?

  /// Groups declared parameters into a cell.
  ///
  /// - Precondition: `recurrentBias`, in a cell with biases, and `peepholes` are given exactly for the
  ///   forms that have them.
  public init(
    form: CellForm, input: Parameter, recurrent: Parameter, bias: Parameter?,
    recurrentBias: Parameter? = nil, peepholes: Parameter? = nil
  ) {
    precondition(
      (recurrentBias != nil) == (form == .gruResetAfter && bias != nil),
      "recurrent bias of \(form)")
    precondition((peepholes != nil) == form.hasPeepholes, "peepholes of \(form)")
    self.peepholes = peepholes
    self.form = form
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
    self.recurrentBias = recurrentBias
  }

  /// The width of the state, d.
  public var width: Int { recurrent.columns }
}

/// The rows of one time step and their previous states.
struct CellBlock {
  let rows: Range<Int>
  /// `h′` of the first rows, `[carried, d]`; later rows start from zeros.
  let hidden: Matrix
  /// `c′` likewise; `nil` without cell state.
  let cell: Matrix?

  /// The number of rows with a previous state.
  var carried: Int { hidden.rows }
}
