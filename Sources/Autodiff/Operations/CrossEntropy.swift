import Kernels
import Tensors

/// The logits of a decoder's step: one for each choice, and one for no choice (NA).
///
/// The choices are classes, equal for all sentences (relations, lengths), or the sentence's own tokens.
/// The index after the last choice means NA.
public struct Logits {
  enum Choices {
    /// `[sentences, classes]`.
    case columns
    /// `[tokens, 1]`, in the rows of the layout.
    case tokens(SequenceLayout)
  }

  /// The scores of the choices: `[sentences, classes]`, or `[tokens, 1]`.
  public let choices: Variable
  /// The score of NA, `[sentences, 1]`.
  public let na: Variable
  let kind: Choices

  /// Scores of the same classes for every sentence, `[sentences, classes]`.
  public init(classes: Variable, na: Variable) {
    precondition(classes.value.rows == na.value.rows, "NA scores of other sentences")
    choices = classes
    self.na = na
    kind = .columns
  }

  /// Scores of the tokens of each sentence, `[tokens, 1]`.
  public init(tokens: Variable, na: Variable, layout: SequenceLayout) {
    precondition(
      tokens.value.rows == layout.rows && na.value.rows == layout.sentences,
      "scores of \(tokens.value.rows) tokens, \(na.value.rows) sentences")
    choices = tokens
    self.na = na
    kind = .tokens(layout)
  }

  /// The index of NA: the number of a sentence's other choices.
  public func naIndex(sentence: Int) -> Int {
    switch kind {
    case .columns: choices.value.columns
    case .tokens(let layout): layout.lengths[sentence]
    }
  }

  /// The largest number of choices of a sentence, NA included.
  var mostChoices: Int {
    switch kind {
    case .columns: choices.value.columns + 1
    case .tokens(let layout): layout.steps + 1
    }
  }

  /// All scores of a sentence, NA last.
  public func scores(sentence: Int) -> [Float] {
    let count = naIndex(sentence: sentence) + 1
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress { write(sentence: sentence, to: start) }
      initialized = count
    }
  }

  /// `log softmax(scores)[choice]` of a sentence.
  ///
  /// - Parameter excluded: choices with a changed score.
  public func logProbability(
    of choice: Int, sentence: Int, excluding excluded: ExcludedChoices? = nil
  ) -> Double {
    var scores = scores(sentence: sentence)
    excluded?.apply(to: &scores, count: scores.count, sentence: sentence)
    return Kernels.logProbability(of: choice, in: scores, count: scores.count)
  }

  /// Writes all scores of a sentence, NA last.
  func write(sentence: Int, to scores: UnsafeMutablePointer<Float>) {
    let count = naIndex(sentence: sentence)
    switch kind {
    case .columns: scores.update(from: choices.value.row(sentence), count: count)
    case .tokens(let layout):
      let values = choices.value.pointer
      for i in 0..<count { scores[i] = values[layout.row(sentence: sentence, position: i)] }
    }
    scores[count] = na.value.pointer[sentence]
  }

  /// Adds `scale · gradient` to the gradients of a sentence's scores, NA last.
  func addGradient(
    _ gradient: UnsafePointer<Float>, times scale: Float, sentence: Int
  ) {
    let count = naIndex(sentence: sentence)
    switch kind {
    case .columns:
      add(gradient, times: scale, to: choices.gradient.row(sentence), count: count)
    case .tokens(let layout):
      let values = choices.gradient.pointer
      for i in 0..<count {
        values[layout.row(sentence: sentence, position: i)] += scale * gradient[i]
      }
    }
    na.gradient.pointer[sentence] += scale * gradient[count]
  }
}

/// The treatment of an excluded choice before the softmax or the argmax.
public enum Exclusion: Sendable {
  /// The score becomes minus infinity, so that the choice cannot win.
  case removed
  /// The score becomes zero, so that the choice can still win (Copy/README.md 2.2).
  case zeroed
}

/// At most one excluded choice for each sentence: the mask M of CopyRE (Copy/README.md 2.2).
public struct ExcludedChoices {
  let choices: [Int?]
  let rule: Exclusion

  /// Excludes choices under one rule.
  ///
  /// - Parameter choices: one entry for each sentence; `nil` excludes nothing.
  public init(_ choices: [Int?], _ rule: Exclusion) {
    self.choices = choices
    self.rule = rule
  }

  func apply(to scores: UnsafeMutablePointer<Float>, count: Int, sentence: Int) {
    guard let choice = choices[sentence] else { return }
    precondition(0..<count ~= choice, "choice \(choice) of \(count) excluded")
    switch rule {
    case .removed: scores[choice] = -.infinity
    case .zeroed: scores[choice] = 0
    }
  }
}

extension Tape {
  /// The best choice of each sentence; the lowest index on ties. No gradient flows through the choice.
  public func bestChoices(
    _ scores: Logits, excluding excluded: ExcludedChoices? = nil
  ) -> [Int] {
    let workspace = pool.uninitialized(1, scores.mostChoices)
    return (0..<scores.na.value.rows).map { sentence in
      let values = workspace.row(0)
      let count = scores.naIndex(sentence: sentence) + 1
      scores.write(sentence: sentence, to: values)
      excluded?.apply(to: values, count: count, sentence: sentence)
      return indexOfLargest(values, count: count)
    }
  }

  /// Adds `−log softmax(scores)[target]` of each sentence to `loss`.
  ///
  /// - Parameters:
  ///   - targets: a choice's index for each sentence; ``Logits/naIndex(sentence:)`` for NA.
  ///   - excluded: choices with a changed score and zero gradient.
  public func addCrossEntropy(
    _ scores: Logits, targets: [Int], excluding excluded: ExcludedChoices? = nil,
    to loss: LossTerm
  ) {
    let probabilities = pool.uninitialized(targets.count, scores.mostChoices)
    for (sentence, target) in targets.enumerated() {
      let count = scores.naIndex(sentence: sentence) + 1
      precondition(0..<count ~= target, "choice \(target) of \(count)")
      let values = probabilities.row(sentence)
      scores.write(sentence: sentence, to: values)
      excluded?.apply(to: values, count: count, sentence: sentence)
      let score = values[target]
      loss.add(
        softmax(values, count: count) - score, sentence: scores.na.rows.sentence(of: sentence))
    }
    record { _ in
      for (sentence, target) in targets.enumerated() {
        let gradient = probabilities.row(sentence)
        gradient[target] -= 1
        if let choice = excluded?.choices[sentence] { gradient[choice] = 0 }
        scores.addGradient(gradient, times: loss.gradientScale, sentence: sentence)
      }
    }
  }
}
