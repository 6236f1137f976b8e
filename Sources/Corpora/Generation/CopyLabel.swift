/// The label of a token of source or target: whether it is copied, and from where on. The numbers are those of
/// ``TagScheme/bio``.
public enum CopyLabel: Int, CaseIterable, Sendable {
  /// O: the token is in no entity.
  case outside = 0
  /// B: an entity starts.
  case begin = 1
  /// I: an entity goes on.
  case inside = 2
}
