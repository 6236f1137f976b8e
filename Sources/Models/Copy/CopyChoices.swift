import Autodiff
import Corpora
import Glibc

/// What a model of the Copy family chooses for one sentence.
package struct CopyChoices {
  /// The decoder's choice at each step.
  package let actions: [Int]
  /// `nil` without tagger.
  package let tags: Tags?
  /// `nil` where they were not asked for.
  let scores: CopyScores?
}

/// The probabilities of what is chosen for one sentence, as logarithms.
struct CopyScores {
  /// Those of the decoder's choices, one a step.
  let steps: [Double]
  /// Those of the tagger; `nil` without tagger.
  let tags: ChainMarginals?

  /// The probability of a triple: that of each of its steps, times that of the tags of each entity
  /// (Models/README.md 1.14).
  ///
  /// - Parameters:
  ///   - steps: those of the triple.
  ///   - entities: the spans that the steps point to.
  ///   - best: the tags that were chosen; `nil` without tagger.
  func probability(ofSteps steps: Range<Int>, entities: [Span], _ best: Tags?) -> Float {
    var sum = self.steps[steps].reduce(0, +)
    if let tags, let best {
      for span in entities.distinct(by: \.self) {
        sum += tags.logProbability(of: best.values[span.range], from: span.start)
      }
    }
    return Float(exp(sum))
  }
}
