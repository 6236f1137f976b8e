import Kernels
import Tensors

/// The classes that a decoder's step chooses among: scores of the things themselves, and one of
/// choosing none of them (NA).
///
/// The things are columns, the same for each sentence (relations, lengths), or the tokens of the
/// sentence. An index that equals their number means NA.
public struct Logits {
  enum Things {
    /// `[sentences, classes]`.
    case columns
    /// `[tokens, 1]`, laid out as the layout says.
    case tokens(SequenceLayout)
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
  public init(tokens: Variable, na: Variable, layout: SequenceLayout) {
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

  /// The most choices of a sentence, NA among them.
  var mostChoices: Int {
    switch kind {
    case .columns: things.value.columns + 1
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

  /// Writes all scores of a sentence, NA last.
  func write(sentence: Int, to scores: UnsafeMutablePointer<Float>) {
    let count = naIndex(sentence: sentence)
    switch kind {
    case .columns: scores.update(from: things.value.row(sentence), count: count)
    case .tokens(let layout):
      let values = things.value.pointer
      for i in 0..<count { scores[i] = values[layout.row(sentence: sentence, position: i)] }
    }
    scores[count] = na.value.pointer[sentence]
  }

  /// Adds `scale` times the gradient of a sentence's scores, NA last, to theirs.
  func addGradient(
    _ gradient: UnsafePointer<Float>, times scale: Float, sentence: Int
  ) {
    let count = naIndex(sentence: sentence)
    switch kind {
    case .columns:
      add(gradient, times: scale, to: things.gradient.row(sentence), count: count)
    case .tokens(let layout):
      let values = things.gradient.pointer
      for i in 0..<count {
        values[layout.row(sentence: sentence, position: i)] += scale * gradient[i]
      }
    }
    na.gradient.pointer[sentence] += scale * gradient[count]
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
  /// The best choice of each sentence; the lowest index on ties. No gradient passes.
  public func bestChoices(
    _ scores: Logits, excluding excluded: ExcludedChoices? = nil
  ) -> [Int] {
    let room = pool.uninitialized(1, scores.mostChoices)
    return (0..<scores.na.value.rows).map { sentence in
      let values = room.row(0)
      let count = scores.naIndex(sentence: sentence) + 1
      scores.write(sentence: sentence, to: values)
      excluded?.apply(to: values, count: count, sentence: sentence)
      return indexOfLargest(values, count: count)
    }
  }

  /// Adds `−log softmax(scores)[target]` of each sentence to `loss`.
  ///
  /// - Parameters:
  ///   - targets: an index for each sentence, NA included.
  ///   - excluded: choices whose scores are changed; their gradient is zero.
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
