/// Reports which values of a sum are final, so that they can be sent early.
public struct SumProgress: Sendable {
  let exchanges: [MessageReduceScatter]

  /// Marks values as final; any thread may call it, once for each value.
  public func finished(_ values: Range<Int>) {
    for exchange in exchanges { exchange.finished(values) }
  }

  /// Sends the partitions that are final and makes Open MPI move its messages. Called now and then,
  /// and only by the thread that calls MPI.
  public func advance() { for exchange in exchanges { exchange.advance() } }
}
