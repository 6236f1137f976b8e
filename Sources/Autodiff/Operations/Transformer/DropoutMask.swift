import Kernels
import Randomness
import Tensors

/// Inverted dropout of one use in one pass, by a random stream of each sentence: the factors are computed where they are
/// needed, forward and backward, and are not kept.
public struct DropoutMask: Sendable {
  /// The probability of dropping an element, in `0<..<1`.
  public let probability: Float
  private let streams: [CounterRandom]

  /// - Parameters:
  ///   - probability: survivors are scaled by `1 / (1 − probability)`; of 0 there is no mask.
  ///   - streams: the random stream of each sentence of the batch.
  public init?(_ probability: Float, streams: [CounterRandom]) {
    precondition(0 <= probability && probability < 1, "dropout \(probability)")
    guard probability > 0 else { return nil }
    (self.probability, self.streams) = (probability, streams)
  }

  /// Writes the factors of consecutive elements of a sentence.
  func write(
    from first: Int, count: Int, sentence: Int, to factors: UnsafeMutablePointer<Float>
  ) {
    streams[sentence].writeUniforms(from: first, count: count, to: factors)
    dropoutFactors(factors, probability: probability, kept: 1 / (1 - probability), count: count)
  }

  /// Multiplies a row by its factors; element k is draw `unit · width + k` of the sentence.
  ///
  /// - Parameters:
  ///   - unit: the place of the row in its sentence.
  ///   - workspace: as long as the row.
  func drop(
    _ row: UnsafeMutablePointer<Float>, width: Int, unit: Int, sentence: Int,
    workspace: UnsafeMutablePointer<Float>
  ) {
    write(from: unit * width, count: width, sentence: sentence, to: workspace)
    multiply(row, by: workspace, count: width)
  }
}

extension Tape {
  /// `y = x` with dropped elements.
  ///
  /// - Parameter units: the place of each row in its sentence.
  public func dropped(_ x: Variable, by mask: DropoutMask?, units: [Int]) -> Variable {
    guard let mask else { return x }
    let width = x.value.columns
    let y = variable(pool.uninitialized(x.value.rows, width), rows: x.rows)
    let workspace = pool.uninitialized(1, width)
    func drop(_ matrix: Matrix) {
      for row in 0..<matrix.rows {
        mask.drop(
          matrix.row(row), width: width, unit: units[row], sentence: x.rows.sentence(of: row),
          workspace: workspace.pointer)
      }
    }
    y.value.assign(x.value)
    drop(y.value)
    record(y) { dy, _ in
      drop(dy)
      add(dy.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }
}
