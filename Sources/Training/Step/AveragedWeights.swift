import Collectives
import Kernels
import Tensors

extension Run {
  /// Runs `body` with the running average in the place of the parameters, where the run keeps one.
  ///
  /// Average and parameters change places and back, so that neither a second copy nor second packed weights are
  /// needed: each rank exchanges its partitions, and the ranks give each other theirs.
  ///
  /// - Parameters:
  ///   - reduction: knows the partitions of the optimiser's state.
  ///   - awaitCopy: returns once no save reads the parameters; called where something changes.
  func withAverage<Result>(
    _ reduction: GradientReducer, awaitCopy: () -> Void, on session: borrowing Session,
    _ body: () throws -> Result
  ) throws -> Result {
    guard let average = optimizer.average else { return try body() }
    awaitCopy()
    try exchange(with: average, reduction, on: session)
    let result = try body()
    try exchange(with: average, reduction, on: session)
    return result
  }

  private func exchange(
    with average: ReplicatedBuffer, _ reduction: GradientReducer, on session: borrowing Session
  ) throws {
    // Until here ranks of the host may read parameters that they share.
    try session.barrier()
    for own in reduction.partitions {
      Kernels.exchange(
        parameters.start + own.lowerBound, average.values.start + own.lowerBound, count: own.count)
    }
    try reduction.publish(replica, on: session)
    try repackWeights(on: session)
  }
}
