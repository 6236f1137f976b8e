import Autodiff
import Collectives
import Tensors

/// Numbers of a run for a checkpoint, one for each parameter: a copy, or the run's own as long as they do not change.
///
/// One thread at a time uses it.
final class SavedValues: @unchecked Sendable {
  /// The number of values.
  let count: Int
  /// The run's own values; `nil` where ``copy`` was made of what other ranks hold.
  private let source: ReplicatedBuffer?
  /// The memory of the copy, `nil` where none is taken yet.
  private var copy: Slab?
  private var isCopied: Bool

  /// Values that were collected already.
  init(collected: Slab) {
    (count, source, copy, isCopied) = (collected.count, nil, collected, true)
  }

  /// The run's own values.
  ///
  /// - Parameter takesRoom: whether memory for their copy is taken now.
  init(_ source: ReplicatedBuffer, takesRoom: Bool) {
    (count, self.source, isCopied) = (source.values.count, source, false)
    copy = takesRoom ? Slab(count: count) : nil
  }

  /// Copies the run's own values, which may change from then on.
  func copyAll() {
    guard !isCopied, let source else { return }
    let room = copy ?? Slab(count: count)
    source.copy(0..<count, to: room.start)
    (copy, isCopied) = (room, true)
  }

  /// Hands over the values of a parameter, row-major.
  ///
  /// - Parameter slice: room for them, used as long as there is no copy of all values.
  func with<Failure: Error>(
    _ parameter: Parameter, by slice: @autoclosure () -> Slab,
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    if isCopied, let copy {
      try body(UnsafeBufferPointer(rebasing: copy.buffer[parameter.values]))
    } else if let source {
      let slice = slice()
      source.copy(parameter.values, to: slice.start)
      try body(UnsafeBufferPointer(rebasing: slice.buffer[..<parameter.values.count]))
    }
  }
}
