import Glibc
import Kernels
import Tensors

/// The classes that a decoder's step chooses among: scores of the things themselves, and one of
/// choosing none of them (NA).
///
/// The things are columns, the same for each sentence (relations, lengths), or the tokens of the
/// sentence. An index that equals their number means NA.
public struct ChoiceScores {
  enum Things {
    /// `[sentences, classes]`.
    case columns
    /// `[tokens, 1]`, laid out as the layout says.
    case tokens(PackedLayout)
  }

  public let things: Variable
  /// `[sentences, 1]`.
  public let na: Variable
  let kind: Things

  /// Scores of the same classes for every sentence, `[sentences, classes]`.
  public init(classes: Variable, na: Variable) {
    precondition(classes.value.rows == na.value.rows, "NA scores of other sentences")
    things = classes
    self.na = na
    kind = .columns
  }

  /// Scores of the tokens of each sentence, `[tokens, 1]`.
  public init(tokens: Variable, na: Variable, layout: PackedLayout) {
    precondition(
      tokens.value.rows == layout.rows && na.value.rows == layout.sentences,
      "scores of \(tokens.value.rows) tokens, \(na.value.rows) sentences")
    things = tokens
    self.na = na
    kind = .tokens(layout)
  }

  /// Index of NA: how many other choices the sentence has.
  public func naIndex(sentence: Int) -> Int {
    switch kind {
    case .columns: things.value.columns
    case .tokens(let layout): layout.lengths[sentence]
    }
  }

  /// Where the score of a choice other than NA lies in a matrix shaped as the scores are.
  func offset(sentence: Int, choice: Int) -> Int {
    switch kind {
    case .columns: sentence * things.value.columns + choice
    case .tokens(let layout): layout.row(sentence: sentence, position: choice)
    }
  }

  /// All scores of a sentence, NA last.
  public func scores(sentence: Int) -> [Float] {
    (0..<naIndex(sentence: sentence)).map {
      things.value.pointer[offset(sentence: sentence, choice: $0)]
    } + [na.value.pointer[sentence]]
  }
}

/// What happens to the score of one choice of each sentence before the softmax or the argmax.
public enum Exclusion: Sendable {
  /// It cannot win: minus infinity.
  case removed
  /// It is multiplied by zero, which can still win (models.md 2.2).
  case zeroed
}

/// One choice of some sentences, set aside: the mask M of CopyRE.
public struct ExcludedChoices {
  let choices: [Int?]
  let rule: Exclusion

  /// - Parameter choices: a choice for each sentence, or `nil` where nothing is excluded.
  public init(_ choices: [Int?], _ rule: Exclusion) {
    self.choices = choices
    self.rule = rule
  }

  func apply(to scores: inout [Float], sentence: Int) {
    guard let choice = choices[sentence] else { return }
    switch rule {
    case .removed: scores[choice] = -.infinity
    case .zeroed: scores[choice] = 0
    }
  }
}

extension Tape {
  /// The best choice of each sentence; the lowest index on ties. No gradient passes.
  public func bestChoices(
    _ scores: ChoiceScores, excluding excluded: ExcludedChoices? = nil
  ) -> [Int] {
    (0..<scores.na.value.rows).map { sentence in
      var values = scores.scores(sentence: sentence)
      excluded?.apply(to: &values, sentence: sentence)
      return indexOfLargest(values, count: values.count)
    }
  }

  /// Adds `−log softmax(scores)[target]` of each sentence to `loss`.
  ///
  /// - Parameters:
  ///   - targets: an index for each sentence, NA included.
  ///   - excluded: choices whose scores are changed; their gradient is zero.
  public func addCrossEntropy(
    _ scores: ChoiceScores, targets: [Int], excluding excluded: ExcludedChoices? = nil,
    to loss: LossSum
  ) {
    var probabilities: [[Float]] = []
    for (sentence, target) in targets.enumerated() {
      var values = scores.scores(sentence: sentence)
      excluded?.apply(to: &values, sentence: sentence)
      let score = values[target]
      let logSum = normalize(&values)
      loss.add(logSum - score, sentence: sentence)
      probabilities.append(values)
    }
    record { _ in
      let (things, na) = (scores.things.gradient.pointer, scores.na.gradient.pointer)
      for (sentence, target) in targets.enumerated() {
        var gradient = probabilities[sentence]
        gradient[target] -= 1
        if let choice = excluded?.choices[sentence] { gradient[choice] = 0 }
        for (choice, value) in gradient.dropLast().enumerated() {
          things[scores.offset(sentence: sentence, choice: choice)] += loss.gradientScale * value
        }
        na[sentence] += loss.gradientScale * gradient[gradient.count - 1]
      }
    }
  }
}

/// Replaces scores by their softmax and returns their log-sum-exp.
private func normalize(_ scores: inout [Float]) -> Float {
  let largest = scores.max() ?? 0
  var sum: Float = 0
  for i in scores.indices {
    let weight = scores[i] == -.infinity ? 0 : exponential(scores[i] - largest)
    scores[i] = weight
    sum += weight
  }
  for i in scores.indices { scores[i] /= sum }
  return largest + logf(sum)
}
