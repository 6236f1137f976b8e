import Corpora

/// A sentence as ids, with its gold subjects. Each subject has a row for each token.
package struct CascadeInput: ModelInput {
  package let words: WordInput
  /// The ids of each token's characters, at most ``Cascade/longestSpelling``; empty in a model without characters.
  package let characters: [[Int]]
  /// The vectors of words that the training split lacks, by their positions.
  package let extraVectors: [(position: Int, values: ArraySlice<Float>)]
  /// The gold subjects, by place.
  package let subjects: [SubjectTarget]

  package var index: Int { words.index }
  package var sentence: Sentence { words.sentence }
  package var length: Int { words.length }
  package var rows: Int { length * (1 + subjects.count) }
}

/// The head of triples, with their relations and tails.
package struct SubjectTarget: Sendable {
  package let span: Span
  package let objects: [Object]

  /// The tail of a triple.
  package struct Object: Hashable, Sendable {
    /// The relation's id.
    package let relation: Int
    package let span: Span
  }
}

extension Cascade {
  package func input(_ sentence: Sentence, index: Int, limit: Int) -> CascadeInput {
    let words = WordInput(
      index: index, sentence: sentence, vocabularies: vocabularies, limit: limit)
    return CascadeInput(
      words: words,
      characters: spellings.map { zip(words.words, sentence.tokens).map($0.callAsFunction) } ?? [],
      extraVectors: extraVectors.map { vectors in
        words.words.indices.filter { words.words[$0] == Vocabulary.unknown }.compactMap {
          position in
          vectors.vector(of: sentence.tokens[position]).map { (position, $0.values) }
        }
      } ?? [],
      subjects: subjects(of: sentence, length: words.length))
  }

  /// The distinct heads of triples with a known relation whose entities the model reads.
  private func subjects(of sentence: Sentence, length: Int) -> [SubjectTarget] {
    var objects: [Span: [SubjectTarget.Object]] = [:]
    for triple in sentence.triples {
      guard let head = triple.head.span, let tail = triple.tail.span,
        max(head.end, tail.end) < length,
        let relation = vocabularies.relations.id(of: triple.relation)
      else { continue }
      objects[head, default: []].append(SubjectTarget.Object(relation: relation, span: tail))
    }
    return objects.sorted { ($0.key.start, $0.key.end) < ($1.key.start, $1.key.end) }
      .map { SubjectTarget(span: $0.key, objects: $0.value.distinct(by: \.self)) }
  }

  package func conflicts(in input: CascadeInput) -> Int {
    let read = NearestEnd.survivors(of: input.subjects.map(\.span))
    return input.subjects.reduce(0) { lost, subject in
      guard read.contains(subject.span) else { return lost + subject.objects.count }
      let survivors = Dictionary(grouping: subject.objects, by: \.relation).values.reduce(0) {
        $0 + NearestEnd.survivors(of: $1.map(\.span)).intersection($1.map(\.span)).count
      }
      return lost + subject.objects.count - survivors
    }
  }

  /// The limits of the output: marks that subjects, and a subject's objects of one relation, can have together.
  package func expressible(in input: CascadeInput) -> Expressible {
    Expressible(
      tokens: input.length, triples: Prediction.mostGroups,
      relation: { [relations = vocabularies.relations] in relations.id(of: $0) != nil },
      triplesTogether: { a, b in
        NearestEnd.canMark(a.head, b.head)
          && (a.head != b.head || a.relation != b.relation || NearestEnd.canMark(a.tail, b.tail))
      })
  }
}
