import Typesetting

/// Pieces of words in their order.
public struct PieceSequence: Hashable, Sendable {
  /// The ids of the pieces.
  public var ids: [Int32] = []
  /// The index of each piece's word, ascending; a word may have no piece.
  public var words: [Int32] = []

  /// Makes an empty sequence.
  public init() {}

  /// The number of pieces.
  public var count: Int { ids.count }

  /// The first `count` pieces.
  public func prefix(_ count: Int) -> PieceSequence {
    var part = PieceSequence()
    (part.ids, part.words) = (Array(ids.prefix(count)), Array(words.prefix(count)))
    return part
  }

  /// A warning about sentences that have more pieces than a model reads, if there are any.
  public static func cutWarning(_ count: Int) -> String? {
    count == 0
      ? nil
      : "of \(Figures.count(count, "sentence")) the last pieces are not read (model.positions, model.decodingLimit)"
  }
}
