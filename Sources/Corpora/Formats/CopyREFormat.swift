extension CorpusFormat {
  /// The id files of CopyRE and CopyMTL: `[lengths, sentences, triples]` or `[sentences, triples]`.
  /// Triples are flat `head position, tail position, relation id`; a position is that of an entity's
  /// last token, the only one that these files know (Corpora/README.md 1.3).
  public static let copyre = CorpusFormat(
    "copyre", summary: "ids, with --words and --relations", needs: [.words, .relations],
    mismatch: { sample in
      let lists = sample.records.filter { if case .array = $0.value { true } else { false } }
      return (2...3).contains(lists.count) && lists.count == sample.records.count
        ? nil : "it is no list of two or three lists"
    }, reader: readCopyRE)

  private static func readCopyRE(
    _ path: String, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    guard let vocabulary = builder.words, let relations = builder.relations else {
      preconditionFailure("files that the format needs were not read")
    }
    let lists = try JSONFile.value(path).elements("a list of two or three lists")
    guard lists.count == 2 || lists.count == 3 else {
      throw CorpusError(file: path, "has \(lists.count) lists, expected two or three")
    }
    let sentences = try lists[lists.count - 2].elements()
    let triples = try lists[lists.count - 1].elements()
    guard sentences.count == triples.count else {
      throw CorpusError(
        file: path, "has \(sentences.count) sentences but \(triples.count) lists of triples")
    }
    for (ids, flat) in zip(sentences, triples) {
      builder.read { (number, builder) throws(CorpusError) in
        let place = Place(file: path, line: 1, record: number)
        let (ids, flat) = (ids.placed(at: place), flat.placed(at: place))
        var draft = Draft(tokens: try tokens(ids, vocabulary, place))
        try draft.add(flat, relations, place)
        try builder.add(draft, at: place)
      }
    }
  }

  private static func tokens(
    _ ids: JSONNode, _ vocabulary: NumberedNames, _ place: Place
  ) throws(CorpusError) -> [String] {
    var tokens: [String] = []
    for node in try ids.elements("a list of word ids") {
      let id = try node.integer()
      guard let word = vocabulary.names[id] else {
        throw place.error("word id \(id) is not in \(vocabulary.file)")
      }
      tokens.append(word)
    }
    return tokens
  }
}

extension Draft {
  fileprivate mutating func add(
    _ flat: JSONNode, _ relations: RelationInventory, _ place: Place
  ) throws(CorpusError) {
    var numbers: [Int] = []
    for node in try flat.elements("a flat list of triples") { numbers.append(try node.integer()) }
    guard numbers.count % 3 == 0 else {
      throw place.error("\(numbers.count) numbers of triples, expected a multiple of three")
    }
    for i in stride(from: 0, to: numbers.count, by: 3) {
      let head = try place.span(numbers[i], numbers[i], in: tokens.count, "head")
      let tail = try place.span(numbers[i + 1], numbers[i + 1], in: tokens.count, "tail")
      guard let relation = relations.byID[numbers[i + 2]] else {
        throw place.error("relation id \(numbers[i + 2]) is not in \(relations.file)")
      }
      triples.append(Triple(head: .span(head), relation: relation, tail: .span(tail)))
    }
  }
}
