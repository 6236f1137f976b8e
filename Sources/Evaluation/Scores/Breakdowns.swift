import Corpora

/// Sentences by the number of their distinct gold triples (Evaluation/README.md 9.5).
public enum TripleCountBucket: String, Hashable, Sendable, CaseIterable {
  case none = "0"
  case one = "1"
  case two = "2"
  case three = "3"
  case four = "4"
  case fiveOrMore = ">=5"

  /// The bucket of a sentence with `count` triples.
  init(_ count: Int) {
    switch count {
    case ..<1: self = .none
    case 1: self = .one
    case 2: self = .two
    case 3: self = .three
    case 4: self = .four
    default: self = .fiveOrMore
    }
  }
}

/// Sentences by the number of their tokens (Evaluation/README.md 9.5).
public enum SentenceLengthBucket: String, Hashable, Sendable, CaseIterable {
  case upTo10 = "1-10"
  case upTo20 = "11-20"
  case upTo30 = "21-30"
  case upTo40 = "31-40"
  case upTo50 = "41-50"
  case longer = ">50"

  /// The bucket of a sentence of `tokens` tokens.
  init(tokens: Int) {
    self = Self.allCases[min(max(0, tokens - 1) / 10, Self.allCases.count - 1)]
  }
}

/// Triples, or sentences, by the token counts of their entities (Evaluation/README.md 9.5, D51).
public enum LengthBucket: String, Hashable, Sendable, CaseIterable {
  case one = "1"
  case two = "2"
  /// Of sentences only.
  case twoOrMore = ">=2"
  case three = "3"
  case moreThanThree = ">3"

  /// The bucket of a triple whose larger entity has `length` tokens.
  init(length: Int) {
    switch length {
    case ...1: self = .one
    case 2: self = .two
    case 3: self = .three
    default: self = .moreThanThree
    }
  }

  /// The buckets, each on its own, of a sentence whose entities have `lengths` tokens: all of one;
  /// any of two or more; any of three; any of more. None without entities.
  static func ofSentence(lengths: [Int]) -> [LengthBucket] {
    guard let longest = lengths.max() else { return [] }
    if longest <= 1 { return [.one] }
    return [.twoOrMore] + (lengths.contains(3) ? [.three] : [])
      + (longest > 3 ? [.moreThanThree] : [])
  }
}

extension LengthRule {
  /// The buckets of this rule in their order.
  public var buckets: [LengthBucket] {
    switch self {
    case .triple: [.one, .two, .three, .moreThanThree]
    case .sentence: [.one, .twoOrMore, .three, .moreThanThree]
    }
  }
}

extension Comparison {
  /// Each overlap class on its sentences only, entities compared by the match key.
  func byOverlap() -> [OverlapClass: Score] {
    let classes = gold.map { triples in
      OverlapClass.classes(
        of: triples.map { ($0.head, $0.relation, $0.tail) })
    }
    return scores(of: OverlapClass.allCases) { classes[$0].contains($1) }
  }

  /// Sentences with so many distinct gold triples, each bucket alone.
  func byTripleCount() -> [TripleCountBucket: Score] {
    let buckets = gold.map { TripleCountBucket($0.count) }
    return scores(of: TripleCountBucket.allCases) { buckets[$0] == $1 }
  }

  /// Sentences of so many tokens, each bucket alone.
  func bySentenceLength() -> [SentenceLengthBucket: Score] {
    let buckets = sentences.map { SentenceLengthBucket(tokens: $0.tokens.count) }
    return scores(of: SentenceLengthBucket.allCases) { buckets[$0] == $1 }
  }

  /// Triples, or sentences, by the length of their entities.
  func byEntityLength() -> [LengthBucket: Score] {
    switch options.lengthRule {
    case .triple: return byTripleLength()
    case .sentence:
      let buckets = sentences.map { sentence in
        LengthBucket.ofSentence(
          lengths: sentence.triples.flatMap { [$0.head, $0.tail] }.map { sentence.length(of: $0) })
      }
      return scores(of: LengthRule.sentence.buckets) { buckets[$0].contains($1) }
    }
  }

  private func scores<Bucket: Hashable>(
    of buckets: [Bucket], where belongs: (Int, Bucket) -> Bool
  ) -> [Bucket: Score] {
    Dictionary(
      uniqueKeysWithValues: buckets.map { bucket in
        (bucket, score(over: sentences.indices.filter { belongs($0, bucket) }))
      })
  }

  private func byTripleLength() -> [LengthBucket: Score] {
    let counts = model.countsByLength(options)
    let ceilings = ceilingsByLength()
    return Dictionary(
      uniqueKeysWithValues: LengthRule.triple.buckets.map { bucket in
        let score = Score(
          sentences: sentences.count { $0.has(bucket) }, bySentence: counts[bucket] ?? [],
          ceiling: ceilings.map { $0[bucket] ?? TripleCounts() })
        return (bucket, score)
      })
  }

  private func ceilingsByLength() -> [LengthBucket: TripleCounts]? {
    ceilings.map { ceilings in
      var sums: [LengthBucket: TripleCounts] = [:]
      for ((sentence, keyed), ceiling) in zip(zip(sentences, model.keyed), ceilings) {
        let buckets = options.matching.lengthBuckets(of: sentence)
        for (bucket, gold) in Dictionary(grouping: keyed.gold, by: { buckets[$0] }) {
          guard let bucket else { continue }
          sums[bucket, default: TripleCounts()] += TripleCounts(
            most: ceiling.most(of: gold), of: gold.count)
        }
      }
      return sums
    }
  }
}

extension Matching {
  /// The bucket of each gold triple; that of the first in the corpus where several match.
  fileprivate func lengthBuckets(of sentence: Sentence) -> [TripleKey: LengthBucket] {
    Dictionary(
      sentence.triples.map { (key(of: $0, in: sentence), sentence.bucket(of: $0)) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension Output {
  /// Counts triples by the larger token count of their two entities. A prediction that matches a
  /// gold triple counts in that triple's bucket, even where the match mode lets their lengths differ;
  /// a prediction without any entity counts in none.
  fileprivate func countsByLength(
    _ options: EvaluationOptions
  ) -> [LengthBucket: [SentenceCounts]] {
    let matching = options.matching
    var counts: [LengthBucket: [SentenceCounts]] = [:]
    for index in sentences.indices {
      let (sentence, prediction, keyed) = (sentences[index], predictions[index], keyed[index])
      var buckets = matching.lengthBuckets(of: sentence)
      for group in matching.groups(of: prediction) {
        let key = matching.key(of: group, in: sentence)
        if let length = [group.head, group.tail].compactMap({ $0.map(sentence.length) }).max() {
          buckets[key] = buckets[key] ?? LengthBucket(length: length)
        }
      }
      for bucket in LengthRule.triple.buckets {
        let found = TripleCounts(
          predicted: Set(
            keyed.predicted.filter { key in
              var parts = key
              parts.isWrong = false
              return buckets[parts] == bucket
            }),
          gold: Set(keyed.gold.filter { buckets[$0] == bucket }))
        counts[bucket, default: []].append(SentenceCounts(index, found))
      }
    }
    return counts
  }
}

extension Sentence {
  fileprivate func length(of argument: Argument) -> Int {
    switch argument {
    case .span(let span): span.length
    case .text(let text): ExactString(text).words.count
    }
  }

  fileprivate func bucket(of triple: Triple) -> LengthBucket {
    LengthBucket(length: max(length(of: triple.head), length(of: triple.tail)))
  }

  fileprivate func has(_ bucket: LengthBucket) -> Bool {
    triples.contains { self.bucket(of: $0) == bucket }
  }
}
