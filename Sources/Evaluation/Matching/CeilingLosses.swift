import Corpora

/// The gold triples that no output of a model's form can have, by the first cause that applies to each. Gold minus
/// their sum is the structural ceiling's count.
public struct CeilingLosses: Hashable, Sendable {
  /// Why a triple is beyond an output.
  public enum Cause: CaseIterable, Sendable {
    /// The model does not know the relation.
    case relation
    /// The tokens that the model reads do not hold the head or the tail.
    case text
    /// The output cannot have the head, the tail or the two together, such as a name that is too long.
    case form
    /// The output has fewer triples than the sentence.
    case slots
    /// Others of the sentence exclude the triple.
    case others
  }

  /// The number of triples by cause.
  public private(set) var counts: [Cause: Int] = [:]

  /// Makes losses of none.
  public init() {}

  /// Counts the losses of a sentence.
  public init(of sentence: Sentence, _ form: Expressible, match: MatchMode) {
    let matching = Matching(mode: match)
    let ceiling = Ceiling(sentence, form, matching)
    let whole = Ceiling(sentence, Expressible(tokens: form.tokens), matching)
    let gold = matching.gold(of: sentence)
    let possible = gold.filter { key in
      if ceiling.most(of: [key]) > 0 { return true }
      let isKnown = key.relation.map { form.relation($0.value) } ?? false
      let cause: Cause = !isKnown ? .relation : whole.most(of: [key]) > 0 ? .form : .text
      counts[cause, default: 0] += 1
      return false
    }
    let slots = max(0, possible.count - form.triples)
    let others = possible.count - slots - ceiling.most(of: gold)
    if slots > 0 { counts[.slots] = slots }
    if others > 0 { counts[.others] = others }
  }

  /// Adds the losses of another sentence.
  public static func += (a: inout Self, b: Self) { a.counts.merge(b.counts, uniquingKeysWith: +) }
}
