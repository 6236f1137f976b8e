/// The pieces that stand for no text; every vocabulary of pieces has them.
public enum SpecialPiece: String, CaseIterable, Sendable {
  /// Fills rows of unequal length.
  case padding = "[PAD]"
  /// A word that the vocabulary cannot spell.
  case unknown = "[UNK]"
  /// The start of a source.
  case start = "[CLS]"
  /// The end of a source, and of a target.
  case end = "[SEP]"
  /// A token that is to be predicted.
  case mask = "[MASK]"
}
