import Autodiff
import Corpora

/// A split encoded for a model. Training and inference refer to sentences by index; the type of the inputs
/// stays private to the model.
public protocol EncodedSplit: Sendable {
  /// The number of sentences.
  var count: Int { get }
  /// The sentence at an index, with its gold facts.
  func sentence(_ index: Int) -> Sentence
  /// The number of tokens that the model reads of a sentence (``ModelInput/length``).
  func length(_ index: Int) -> Int
  /// The matrix rows of a sentence (``ModelInput/rows``).
  func rows(_ index: Int) -> Int
  /// The relative work of a sentence (``ModelInput/cost``).
  func cost(_ index: Int) -> Int
  /// How often each term of the objective is asked in a minibatch of these sentences, the divisor of its sum
  /// (``ObjectiveTerm/count``).
  func normalizers(of members: [Int], streams: RandomStreams) -> [Int]
  /// Runs the model forward for training (``ExtractionModel/losses(of:streams:on:)``).
  func losses(of members: [Int], streams: RandomStreams, on tape: Tape) -> [LossTerm]
  /// Reads facts out of sentences (``ExtractionModel/predict(_:scoring:on:)``).
  func predict(_ members: [Int], scoring: Bool, on tape: Tape) -> [Prediction]
  /// The limits of the model's output for a sentence (``ExtractionModel/expressible(in:)``).
  func expressible(_ index: Int) -> Expressible
  /// The triples of a sentence that cannot be targets beside others (``ExtractionModel/conflicts(in:)``).
  func conflicts(_ index: Int) -> Int
  /// The triples of a sentence that are not taught, since all of them are too long a text
  /// (``ExtractionModel/triplesOfLongText(in:)``).
  func triplesOfLongText(_ index: Int) -> Int
  /// Whether the model reads a sentence in part (``ModelInput/isCut``).
  func isCut(_ index: Int) -> Bool
  /// Whether the model reads the pieces of a sentence's tokens in part (``ModelInput/losesPieces``).
  func losesPieces(_ index: Int) -> Bool
  /// What a user should know of the sentences (``ExtractionModel/remarks(on:isTaught:)``).
  func remarks(isTaught: Bool) -> [String]
}

extension ExtractionModel {
  /// Encodes a split.
  ///
  /// - Parameter limit: the largest number of tokens to read of a sentence.
  public func encode(_ sentences: [Sentence], limit: Int = .max) -> any EncodedSplit {
    ModelSplit(
      model: self,
      inputs: sentences.enumerated().map { input($1, index: $0, limit: limit) })
  }
}

private struct ModelSplit<Model: ExtractionModel>: EncodedSplit {
  let model: Model
  let inputs: [Model.Input]

  var count: Int { inputs.count }
  func sentence(_ index: Int) -> Sentence { inputs[index].sentence }
  func length(_ index: Int) -> Int { inputs[index].length }
  func rows(_ index: Int) -> Int { inputs[index].rows }
  func cost(_ index: Int) -> Int { inputs[index].cost }

  func normalizers(of members: [Int], streams: RandomStreams) -> [Int] {
    model.objective.map { term in
      members.reduce(0) { $0 + term.count(inputs[$1], streams) }
    }
  }

  func losses(of members: [Int], streams: RandomStreams, on tape: Tape) -> [LossTerm] {
    model.losses(of: members.map { inputs[$0] }, streams: streams, on: tape)
  }

  func predict(_ members: [Int], scoring: Bool, on tape: Tape) -> [Prediction] {
    model.predict(members.map { inputs[$0] }, scoring: scoring, on: tape)
  }

  func expressible(_ index: Int) -> Expressible { model.expressible(in: inputs[index]) }

  func conflicts(_ index: Int) -> Int { model.conflicts(in: inputs[index]) }

  func triplesOfLongText(_ index: Int) -> Int { model.triplesOfLongText(in: inputs[index]) }

  func isCut(_ index: Int) -> Bool { inputs[index].isCut }
  func losesPieces(_ index: Int) -> Bool { inputs[index].losesPieces }

  func remarks(isTaught: Bool) -> [String] { model.remarks(on: inputs, isTaught: isTaught) }
}
