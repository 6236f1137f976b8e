import Glibc

extension Float {
  /// The logit of a probability in `0..<1`: decisions are taken on logits, since a rounded probability may tie at the
  /// threshold.
  var logit: Float { logf(self / (1 - self)) }
}
