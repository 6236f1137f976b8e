/// A model's named lists and sizes of the training split; checkpoints store them.
public struct Vocabularies: Sendable {
  /// All lists with their names in checkpoints, in the model's order.
  public let lists: [(name: String, list: NameList)]
  /// All sizes with their names in checkpoints, in the model's order.
  public let sizes: [(name: String, value: Int)]

  /// Makes vocabularies from stored lists and sizes, such as those of a checkpoint.
  public init(lists: [(name: String, list: NameList)], sizes: [(name: String, value: Int)]) {
    self.lists = lists
    self.sizes = sizes
  }

  /// Collects lists and sizes from the training split.
  ///
  /// - Parameter minimumCount: `data.minimumCount`; rarer words are unknown.
  public init(
    training sentences: [Sentence], lists: [VocabularyList] = [.words, .relations],
    sizes: [CorpusSize] = [.longestEntity], minimumCount: Int = 1
  ) {
    self.init(
      lists: lists.map { ($0.name, NameList($0.collect(sentences, minimumCount))) },
      sizes: sizes.map { ($0.name, $0.measure(sentences)) })
  }

  /// Makes the lists and the size of the Copy family from values, for tests.
  package init(words: [String], relations: [String], longestEntity: Int) {
    self.init(
      lists: [
        (VocabularyList.words.name, NameList(words)),
        (VocabularyList.relations.name, NameList(relations)),
      ], sizes: [(CorpusSize.longestEntity.name, longestEntity)])
  }

  /// The vocabularies with other names in one list.
  public func replacing(_ name: String, with names: [String]) -> Vocabularies {
    Vocabularies(
      lists: lists.map { $0.name == name ? (name, NameList(names)) : $0 }, sizes: sizes)
  }

  /// The names of a list; none of an optional one that is not there.
  ///
  /// - Precondition: the model declares the list.
  public subscript(list: VocabularyList) -> NameList {
    guard let names = lists.first(where: { $0.name == list.name })?.list else {
      if list.isOptional { return NameList([]) }
      preconditionFailure("the model does not declare the list '\(list.name)'")
    }
    return names
  }

  /// The value of a size.
  ///
  /// - Precondition: the model declares the size.
  public subscript(size: CorpusSize) -> Int {
    guard let value = sizes.first(where: { $0.name == size.name })?.value else {
      preconditionFailure("the model does not declare the size '\(size.name)'")
    }
    return value
  }

  /// The words with the ids of padding and unknown words.
  ///
  /// - Precondition: the model declares ``VocabularyList/words``.
  public var words: Vocabulary { Vocabulary(self[.words]) }

  /// The characters of words with the ids of padding and unknown characters.
  ///
  /// - Precondition: the model declares ``VocabularyList/characters``.
  public var characters: Vocabulary { Vocabulary(self[.characters]) }

  /// The relations' names.
  ///
  /// - Precondition: the model declares ``VocabularyList/relations``.
  public var relations: NameList { self[.relations] }

  /// A message about the first difference from a checkpoint's vocabularies; `nil` if there is none.
  public func mismatch(with stored: Vocabularies) -> String? {
    for (name, list) in lists {
      guard let other = stored.lists.first(where: { $0.name == name })?.list, !list.matches(other)
      else { continue }
      let names = name.replacing("_", with: " ")
      return "'vocabulary/\(name)' holds \(other.count) \(names) that are not the \(list.count) of "
        + "the training split; resume from a checkpoint of this split"
    }
    for (name, size) in sizes {
      guard let other = stored.sizes.first(where: { $0.name == name })?.value, other != size else {
        continue
      }
      return
        "'\(name)' is \(other), that of the training split is \(size); resume from a checkpoint "
        + "of this split"
    }
    return nil
  }
}
