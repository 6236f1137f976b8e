/// The identity of a packed weight on every rank: the place of its values among the parameters.
public struct PackedForm: Hashable, Codable, Sendable {
  let offset: Int
  let rows: Int
  let columns: Int
  let stride: Int
  let isTransposed: Bool
  /// Floats of the packed weight.
  let count: Int

  /// Floats of the form's place, whole pages.
  var space: Int { (count + 1023) & ~1023 }
}
