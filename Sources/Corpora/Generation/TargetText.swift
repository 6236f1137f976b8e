/// Writes a sentence's triples as pieces of target text, and reads generated pieces back
/// (Models/Generative/README.md 7.1).
public struct TargetText: Sendable {
  /// The tokeniser of source and target.
  public let tokenizer: WordPiece
  /// The separators' ids.
  public let grammar: TargetGrammar<Int32>
  /// The known relations.
  public let relations: NameList
  /// The pieces of each relation's text.
  private let relationPieces: [[Int32]]
  /// The relation of each text, as ``key(_:)`` writes it.
  private let relationOfKey: [ExactString: Int]
  /// The name of each text that pieces spell, as ``key(_:)`` writes it.
  private let nameOfKey: [ExactString: String]

  /// Prepares the texts of relations.
  ///
  /// - Parameter names: heads and tails whose letters or blanks the pieces lose; the first of those that spell the same
  ///   is read where the source has none.
  /// - Throws: `CorpusError` where the vocabulary lacks `;` or `|`.
  public init(
    _ tokenizer: WordPiece, relations: NameList, surface: RelationSurface = .full,
    names: NameList = NameList([])
  ) throws(CorpusError) {
    func separator(_ text: String) throws(CorpusError) -> Int32 {
      if let id = tokenizer.vocabulary.id(of: text) { return id }
      throw CorpusError(
        "the vocabulary of pieces lacks '\(text)', which parts triples in generated text; "
          + "take one that has ';' and '|', as BERT's have")
    }
    (self.tokenizer, self.relations) = (tokenizer, relations)
    grammar = TargetGrammar(field: try separator(";"), triple: try separator("|"))
    relationPieces = surface.texts(of: relations.names, tokenizer.basic).map(tokenizer.ids)
    relationOfKey = Dictionary(
      relationPieces.enumerated().map { (tokenizer.key($1), $0) },
      uniquingKeysWith: { first, _ in first })
    nameOfKey = Dictionary(
      names.names.map { (tokenizer.key(tokenizer.ids(of: $0)), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The relations that read as an earlier one: their pieces spell the same.
  public var indistinctRelations: [String] {
    relationPieces.indices.filter { canSpell(relationPieces[$0]) && !isRead($0) }
      .map { relations[$0] }
  }

  /// The relations that are never written: a piece of theirs is the unknown one, or another that stands for no text.
  public var unwrittenRelations: [String] {
    relationPieces.indices.filter {
      fault(of: relationPieces[$0]) == nil && !canSpell(relationPieces[$0])
    }
    .map { relations[$0] }
  }

  /// Whether generated pieces can spell a relation so that it is read.
  public func canWrite(relation: String) -> Bool {
    relations.id(of: relation).map { canSpell(relationPieces[$0]) && isRead($0) } ?? false
  }

  /// What keeps triples of a relation from being taught; `nil` for a relation that is not known.
  public func fault(ofRelation relation: String) -> WrittenNames.Fault? {
    relations.id(of: relation).flatMap { fault(of: relationPieces[$0]) }
  }

  /// What keeps a name from being taught.
  public func fault(ofName name: String) -> WrittenNames.Fault? {
    fault(of: tokenizer.ids(of: name))
  }

  private func fault(of ids: [Int32]) -> WrittenNames.Fault? {
    ids.isEmpty ? .empty : ids.contains(where: isSeparator) ? .separator : nil
  }

  private func isRead(_ relation: Int) -> Bool {
    relationOfKey[tokenizer.key(relationPieces[relation])] == relation
  }

  /// The pieces of a triple; `nil` for a relation that is not known.
  public func pieces(of triple: Triple, in sentence: Sentence) -> TripleParts<[Int32]>? {
    guard let relation = relations.id(of: triple.relation) else { return nil }
    func ids(_ argument: Argument) -> [Int32] { tokenizer.ids(of: sentence.text(of: argument)) }
    return TripleParts(
      head: ids(triple.head), tail: ids(triple.tail), relation: relationPieces[relation])
  }

  /// Whether generated text can hold a triple: its relation is known, and each part has pieces, none of which is a
  /// separator or the end.
  public func canHold(_ triple: Triple, in sentence: Sentence) -> Bool {
    pieces(of: triple, in: sentence).map(canHold) ?? false
  }

  private func canHold(_ parts: TripleParts<[Int32]>) -> Bool {
    [parts.head, parts.tail, parts.relation].allSatisfy { fault(of: $0) == nil }
  }

  /// Whether generated pieces can spell a name: it has pieces, and none of them is special or a separator.
  public func canWrite(_ name: String) -> Bool { canSpell(tokenizer.ids(of: name)) }

  private func canSpell(_ ids: [Int32]) -> Bool {
    !ids.isEmpty && !ids.contains { isSeparator($0) || tokenizer.vocabulary.isSpecial($0) }
  }

  /// Whether a piece parts generated text, or ends it.
  private func isSeparator(_ piece: Int32) -> Bool {
    piece == grammar.field || piece == grammar.triple || piece == tokenizer.vocabulary[.end]
  }

  /// The target text of triples, in their order; those that text cannot hold (``canHold(_:in:)``) are left out.
  public func text(of triples: [Triple], in sentence: Sentence) -> TargetTokens<Int32> {
    grammar.text(
      of: triples.compactMap { pieces(of: $0, in: sentence) }.filter(canHold))
  }

  /// The words of a sentence, in which entities are looked for.
  ///
  /// - Parameter pieces: the pieces of the words that the model reads.
  public func words(of sentence: Sentence, _ pieces: PieceSequence) -> SourceWords {
    SourceWords(sentence, pieces, tokenizer, names: nameOfKey)
  }

  /// The triples that generated pieces spell, without repeats. An entity that the source holds has its first place
  /// there (``SourceWords``), any other its text.
  ///
  /// - Parameter ids: generated pieces, up to the end.
  public func triples(in ids: [Int32], source: SourceWords) -> [Triple] {
    grammar.triples(
      in: ids, entity: source.argument,
      relation: { text in relationOfKey[tokenizer.key(text)].map { relations[$0] } })
  }
}

extension WordPiece {
  /// What pieces spell, so that two texts that differ in the cut of their words alone are equal.
  func key(_ ids: some Sequence<Int32>) -> ExactString {
    ExactString(vocabulary.words(of: ids).joined(separator: options.blank))
  }
}
