/// What becomes of the letters of words before their pieces are looked up; a vocabulary is made for one way.
public enum Casing: String, CaseIterable, Sendable, Codable {
  /// They stay.
  case cased
  /// Lower case without accents: canonical decomposition without nonspacing marks, as BERT's uncased checkpoints do.
  case uncased
  /// Lower case with accents, as uncased checkpoints whose tokeniser has `strip_accents` false.
  case lowercase

  /// Whether letters are written in lower case.
  var lowercases: Bool { self != .cased }
  /// Whether accents are taken off.
  var stripsAccents: Bool { self == .uncased }
}
