import Checkpoints

extension Room {
  /// `12.3 of 250.1 GB are free`.
  var freeText: String { "\(Size.gigabytes(free)) of \(Size.gigabytes(total)) GB are free" }
}
