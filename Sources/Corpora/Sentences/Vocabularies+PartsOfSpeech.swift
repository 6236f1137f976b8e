import Typesetting

extension Vocabularies {
  /// The id of a token whose part of speech is not known: its sentence has none, or the training split lacks the tag.
  /// Its vector is zeros (RIN/README.md 6.7.3).
  public static let noPartOfSpeech = 0

  /// The number of parts of speech, without ``noPartOfSpeech``; 0 for a training split without them.
  ///
  /// - Precondition: the model declares ``VocabularyList/partsOfSpeech``.
  public var partOfSpeechCount: Int { self[.partsOfSpeech].count }

  /// The ids of the parts of speech of a sentence, one for each token: ``noPartOfSpeech``, or 1 and more in the order
  /// of the list.
  ///
  /// - Precondition: the model declares ``VocabularyList/partsOfSpeech``.
  public func partOfSpeechIDs(of sentence: Sentence) -> [Int] {
    let list = self[.partsOfSpeech]
    guard let tags = sentence.partsOfSpeech else {
      return [Int](repeating: Self.noPartOfSpeech, count: sentence.tokens.count)
    }
    precondition(tags.count == sentence.tokens.count, "\(tags.count) parts of speech")
    return tags.map { tag in list.id(of: tag).map { $0 + 1 } ?? Self.noPartOfSpeech }
  }

  /// A warning about a split that lacks parts of speech where the model learns from them; `nil` where it lacks none.
  ///
  /// - Parameter name: the split's file.
  public func partOfSpeechWarning(about split: CorpusStatistics, in name: String) -> String? {
    partOfSpeechWarning(
      lacking: split.sentences - split.sentencesWithPartsOfSpeech, of: split.sentences, in: name)
  }

  /// A warning about sentences without parts of speech where the model learns from them; `nil` where there are none.
  ///
  /// - Parameters:
  ///   - lacking: the number of sentences without parts of speech.
  ///   - count: the number of all sentences.
  ///   - name: their file.
  public func partOfSpeechWarning(lacking: Int, of count: Int, in name: String) -> String? {
    let list = lists.first { $0.name == VocabularyList.partsOfSpeech.name }?.list
    guard let list, list.count > 0, lacking > 0 else { return nil }
    return "\(name): \(lacking) of \(Figures.count(count, "sentence")) "
      + "\(lacking == 1 ? "has" : "have") no parts of speech ('pos'), from which the model learns; "
      + "scores are lower without them"
  }
}
