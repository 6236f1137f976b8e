import Autodiff
import Collectives
import Corpora
import Foundation
import Models
import Typesetting

/// The encoded training and development splits of a run, equal on every rank.
public struct TrainingCorpus: Sendable {
  /// The model, built for the training split.
  public let model: any ExtractionModel
  /// The training sentences of at most `data.maximumLength` tokens.
  public let training: any EncodedSplit
  /// The development sentences, which select the best checkpoint; longer ones are cut.
  public let development: any EncodedSplit
  /// The checksum of the whole training split, FNV-1a in hexadecimal.
  public let trainingDigest: String
  /// The checksum of the whole development split, FNV-1a in hexadecimal.
  public let developmentDigest: String
  /// The triples of the whole training split.
  let facts: TrainingFacts
  /// How the training split was cut.
  public let tokenization: Tokenization
  /// The triples of the training split, and those that can be learnt.
  public let targets: Targets
  /// The training sentences of more than `data.maximumLength` tokens.
  let leftOut: [Sentence]
  /// Messages about sentences left out or cut.
  let warnings: [String]

  /// Reads both splits on rank 0 and broadcasts them; other ranks need no access to the files.
  ///
  /// - Parameter checkpoint: that which the run goes on from and which holds its pieces of words, or its folder
  ///   (``RunPlan/checkpoint``).
  static func read(
    _ options: RunOptions, resuming checkpoint: String?, on session: borrowing Session
  ) throws -> TrainingCorpus {
    let training = try sentences(options.data.directory + "/train.jsonl", on: session)
    let development = try sentences(options.data.directory + "/dev.jsonl", on: session)
    return try TrainingCorpus(
      training: training, development: development, options: options,
      extraVectors: options.model.options.readsExtraVectors
        ? vectors(options, of: development, on: session) : nil,
      pieces: pieces(options, checkpoint, on: session))
  }

  /// The vectors of a split's words in `data.vectors`, which rank 0 reads.
  private static func vectors(
    _ options: RunOptions, of sentences: [Sentence], on session: borrowing Session
  ) throws -> WordVectors {
    guard !options.data.vectors.isEmpty else { throw TrainingError.noVectors }
    let bytes = try session.share {
      let vectors = try WordVectors.read(options.data.vectors, of: sentences.flatMap(\.tokens))
      return Array(try JSONEncoder().encode(vectors))
    }
    return try JSONDecoder().decode(WordVectors.self, from: Data(bytes))
  }

  /// The pieces of a checkpoint, or else of pretrained weights, which rank 0 reads; `nil` where they are made of the
  /// training split.
  private static func pieces(
    _ options: RunOptions, _ checkpoint: String?, on session: borrowing Session
  ) throws -> [String]? {
    let weights = PretrainedWeights(options.model.options)
    let hasPieces = options.model.type.lists.contains { $0.name == VocabularyList.pieces }
    guard hasPieces, weights != nil || checkpoint != nil else { return nil }
    let bytes = try session.share {
      let pieces =
        try checkpoint.flatMap(Snapshot.pieces) ?? weights?.pieces(for: options.model.options)
      return Array(try JSONEncoder().encode(pieces))
    }
    return try JSONDecoder().decode([String]?.self, from: Data(bytes))
  }

  private static func sentences(
    _ path: String, on session: borrowing Session
  ) throws -> [Sentence] {
    let bytes = try session.share {
      Array(try JSONLines.read(path).map { JSONLines.line($0) + "\n" }.joined().utf8)
    }
    return try JSONLines.parse(bytes, name: path)
  }

  /// Builds the model for the training sentences of at most `data.maximumLength` tokens and encodes both
  /// splits.
  ///
  /// - Parameters:
  ///   - extraVectors: those of words of the development split, for a model that reads them.
  ///   - pieces: those of a checkpoint or of pretrained weights, in the place of those of the training split.
  /// - Throws: `TrainingError` if no sentence, or no triple that can be learnt, is left for training.
  public init(
    training: [Sentence], development: [Sentence], options: RunOptions,
    extraVectors: WordVectors? = nil, pieces: [String]? = nil
  ) throws {
    let longest = options.data.maximumLength
    let short = training.filter { $0.tokens.count <= longest }
    let path = options.data.directory + "/train.jsonl"
    guard !short.isEmpty, short.contains(where: { !$0.triples.isEmpty }) else {
      throw TrainingError.noTrainingSentences(path: path, longest: longest)
    }
    var vocabularies = options.model.vocabularies(
      of: short, minimumCount: options.data.minimumCount)
    if let pieces { vocabularies = vocabularies.replacing(VocabularyList.pieces, with: pieces) }
    if let fault = options.model.fault(of: vocabularies) {
      throw TrainingError.unfit(checkpoint: options.model.options.pretrained, problem: fault)
    }
    var model = options.model.model(for: vocabularies)
    if let extraVectors { try model.read(extraVectors, of: options.data.vectors) }
    self.model = model
    self.training = model.encode(short)
    leftOut = training.filter { $0.tokens.count > longest }
    targets = Targets(self.training, leftOut: leftOut, slotsKey: type(of: model).slotsKey)
    guard targets.count > 0 else {
      throw TrainingError.noTargets(
        path: path, triples: targets.triples,
        cause: targets.commonestObstacle(longest: longest))
    }
    self.development = model.encode(development, limit: longest)
    facts = TrainingFacts(of: training)
    tokenization = Tokenization(of: training)
    trainingDigest = Self.digest(training)
    developmentDigest = Self.digest(development)
    let cut = development.count { $0.tokens.count > longest }
    warnings =
      [
        RelationWarning.text(about: training, in: path),
        leftOut.isEmpty
          ? nil
          : "\(path): \(Figures.plainCount(leftOut.count, "sentence")) of more than \(longest) tokens "
            + "\(leftOut.count == 1 ? "is" : "are") left out of training",
        cut > 0
          ? "dev.jsonl: of \(Figures.count(cut, "sentence")) only the first \(longest) tokens are read"
          : nil,
      ].compactMap { $0 } + self.training.remarks(isTaught: true).map { "\(path): \($0)" }
      + self.development.remarks(isTaught: false).map { "dev.jsonl: \($0)" }
  }

  /// FNV-1a of the sentences in the JSON Lines format.
  private static func digest(_ sentences: [Sentence]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for sentence in sentences {
      for byte in JSONLines.line(sentence).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return String(hash, radix: 16)
  }
}

extension ExtractionModel {
  /// Lets predictions read words from a file of vectors.
  ///
  /// - Throws: `TrainingError` for vectors of another width than those of words.
  public mutating func read(_ vectors: WordVectors, of path: String) throws {
    for table in wordTables where table.parameter.columns != vectors.dimension {
      throw TrainingError.vectorWidth(
        path: path, found: vectors.dimension, expected: table.parameter.columns)
    }
    extraVectors = vectors
  }
}

/// An error on rank 0 that all ranks know of, so that each can end the job in order.
public struct SharedError: Error, CustomStringConvertible {
  /// The error of rank 0.
  public let underlying: any Error
  /// The message of ``underlying``.
  public var description: String { "\(underlying)" }
}

extension Session {
  /// Runs `make` on rank 0 and broadcasts its result.
  ///
  /// - Throws: if `make` fails, ``SharedError`` on rank 0 and ``TrainingError/stoppedByFirstRank`` on all
  ///   other ranks: the job ends on every rank, with one message.
  borrowing func share(_ make: () throws -> [UInt8]) throws -> [UInt8] {
    guard rank == 0 else {
      let bytes = try broadcast(bytes: [])
      guard bytes.first == 1 else { throw TrainingError.stoppedByFirstRank }
      return Array(bytes.dropFirst())
    }
    let made: [UInt8]
    do {
      made = try make()
    } catch {
      _ = try broadcast(bytes: [0])
      throw SharedError(underlying: error)
    }
    return Array(try broadcast(bytes: [1] + made).dropFirst())
  }
}
