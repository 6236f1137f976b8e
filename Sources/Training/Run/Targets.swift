import Corpora
import Foundation
import Models

/// The triples of a training split, repeats in a sentence once, and those of them that a model can be taught.
public struct Targets: Sendable {
  /// A reason why a triple is no target.
  enum Obstacle: CaseIterable {
    /// The tokens do not hold the head or the tail.
    case names
    /// Head, tail or relation holds a word that separates triples in the model's output.
    case separators
    /// Nothing of the head, the tail or the relation is left to write.
    case empty
    /// The sentence has more triples than the model decodes.
    case slots
    /// The model's targets are those of other triples of the sentence.
    case conflicts
    /// The text of the sentence's triples is too long to be taught.
    case text
    /// The sentence is left out of training.
    case length
  }

  /// All triples.
  public private(set) var triples = 0
  /// Triples that are no targets.
  private(set) var lost: [Obstacle: Int] = [:]
  /// A head or tail that the tokens do not hold, and the id of its sentence.
  private var unlocated: (name: String, sentence: String)?
  /// The words that separate triples in the model's output.
  private var separators: [String] = []
  /// Triples that the model decodes of a sentence, and the key that bounds them.
  private var slots = 0
  private let slotsKey: String?

  /// The triples that can be targets.
  public var count: Int { triples - lost.values.reduce(0, +) }

  /// Counts the triples of the sentences that are trained on, and of those that are left out.
  ///
  /// - Parameter slotsKey: ``ExtractionModel/slotsKey`` of the model.
  init(_ split: any EncodedSplit, leftOut: [Sentence], slotsKey: String?) {
    self.slotsKey = slotsKey
    for index in 0..<split.count {
      let form = split.expressible(index)
      slots = form.triples
      separators = form.names?.separators ?? []
      add(split.sentence(index), form)
      lose(split.conflicts(index), .conflicts)
      lose(split.triplesOfLongText(index), .text)
    }
    for sentence in leftOut {
      let count = sentence.distinctTriples.count
      triples += count
      lose(count, .length)
    }
  }

  private mutating func add(_ sentence: Sentence, _ form: Expressible) {
    let all = sentence.distinctTriples
    if let names = form.names {
      triples += all.count
      for triple in all {
        switch names.fault(of: triple, in: sentence) {
        case .separator?: lose(1, .separators)
        case .empty?: lose(1, .empty)
        case nil: continue
        }
      }
      return
    }
    let located = all.filter { $0.head.span != nil && $0.tail.span != nil }
    triples += all.count
    lose(all.count - located.count, .names)
    lose(max(0, located.count - form.triples), .slots)
    guard unlocated == nil, located.count < all.count else { return }
    for argument in all.flatMap({ [$0.head, $0.tail] }) where argument.span == nil {
      unlocated = (sentence.text(of: argument), sentence.id)
      return
    }
  }

  private mutating func lose(_ count: Int, _ obstacle: Obstacle) {
    if count > 0 { lost[obstacle, default: 0] += count }
  }

  /// The two numbers, as reports print them.
  var summary: String {
    let share = triples == 0 ? 0 : 100 * Double(count) / Double(triples)
    return "\(count) of \(triples) triples (\(String(format: "%.1f", share)) %)"
  }

  /// A warning where fewer than nine of ten triples can be targets.
  func warning(_ options: RunOptions.DataOptions) -> String? {
    count * 10 < triples * 9
      ? "\(options.directory)/train.jsonl: \(summary) can be targets: "
        + commonestObstacle(longest: options.maximumLength) : nil
  }

  /// What to do about triples beyond those that a model decodes of a sentence.
  ///
  /// - Parameter key: ``ExtractionModel/slotsKey``.
  static func remedy(raising key: String?) -> String {
    key.map { "raise \($0)" } ?? "cut such sentences in parts"
  }

  /// The commonest obstacle and its remedy.
  ///
  /// - Parameter longest: `data.maximumLength`.
  func commonestObstacle(longest: Int) -> String {
    let (obstacle, count) = obstacles.first ?? (.names, 0)
    let (cause, remedy) = explanation(of: obstacle, longest: longest)
    return "\(count) \(cause); \(remedy)"
  }

  /// The obstacles that triples have met and their numbers, the commonest first.
  var obstacles: [(obstacle: Obstacle, count: Int)] {
    Obstacle.allCases.compactMap { obstacle in lost[obstacle].map { (obstacle, $0) } }
      .sorted { $0.count > $1.count }
  }

  /// What is the matter with triples that meet an obstacle, as the end of a clause about them, and its remedy.
  ///
  /// - Parameter longest: `data.maximumLength`.
  func explanation(of obstacle: Obstacle, longest: Int) -> (cause: String, remedy: String) {
    switch obstacle {
    case .names:
      let example = unlocated.map { ", such as '\($0.name)' of sentence '\($0.sentence)'" } ?? ""
      return (
        "have a head or tail that the tokens do not hold\(example)",
        "write names as the tokens have them, or cut the text as the names are written"
      )
    case .separators:
      let quoted = separators.map { "'\($0)'" }
      let words = quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
      return (
        "have \(words) in a head, tail or relation, which the model's output has between them",
        "write such names without these words, or take a model that points at tokens, such as "
          + "cascade"
      )
    case .empty:
      return (
        "have a head, tail or relation of which nothing is left to write, such as one of control "
          + "characters alone", "write such names in letters"
      )
    case .slots:
      return (
        "are beyond the \(slots) triples that the model decodes of a sentence",
        Self.remedy(raising: slotsKey)
      )
    case .conflicts:
      return (
        "need tags or anchors that other triples of their sentence have taken",
        "copymtl, for one, has no such limit"
      )
    case .text:
      return (
        "are in sentences whose triples are too long a text to be taught",
        "raise model.targetLimit, and model.positions where no pretrained weights set it"
      )
    case .length:
      return ("are in sentences of more than \(longest) tokens", "raise data.maximumLength")
    }
  }
}

extension WrittenNames {
  /// What keeps a triple from being a target.
  fileprivate func fault(of triple: Triple, in sentence: Sentence) -> Fault? {
    fault(ofRelation: triple.relation)
      ?? [triple.head, triple.tail].lazy.compactMap { fault(ofName: sentence.text(of: $0)) }.first
  }
}
