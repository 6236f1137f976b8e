import Collectives
import Corpora
import Foundation
import Models

/// The sentences that a run trains and selects on, as its model reads them; the same on every rank.
public struct TrainingCorpus: Sendable {
  /// The model, built for the training split.
  public let model: any ExtractionModel
  /// Training sentences that are short enough.
  public let training: any EncodedSplit
  /// The sentences that select the best checkpoint.
  public let development: any EncodedSplit
  /// Checksum of the training split.
  public let trainingDigest: String
  /// Checksum of the development split.
  public let developmentDigest: String
  /// Sentences left out and relations that training lacks, in words.
  public let warnings: [String]

  /// Reads both splits on rank 0 and hands them to all ranks; no other rank needs the files.
  public static func read(
    _ options: RunOptions, on session: borrowing Session
  ) throws -> TrainingCorpus {
    let training = try sentences(options.data.directory + "/train.jsonl", on: session)
    let development = try sentences(options.data.directory + "/dev.jsonl", on: session)
    return try TrainingCorpus(training: training, development: development, options: options)
  }

  private static func sentences(
    _ path: String, on session: borrowing Session
  ) throws -> [Sentence] {
    let bytes = try session.share {
      Array(try JSONLines.read(path).map { JSONLines.line($0) + "\n" }.joined().utf8)
    }
    return try JSONLines.parse(bytes, name: path)
  }

  /// Builds the model for the training sentences that are short enough, and encodes both splits.
  ///
  /// - Throws: `TrainingError` where no sentence is left, or no triple.
  public init(training: [Sentence], development: [Sentence], options: RunOptions) throws {
    let longest = options.data.maximumLength
    let short = training.filter { $0.tokens.count <= longest }
    let path = options.data.directory + "/train.jsonl"
    guard !short.isEmpty, short.contains(where: { !$0.triples.isEmpty }) else {
      throw TrainingError.noTrainingSentences(path: path, longest: longest)
    }
    let model = options.model.model(
      for: options.model.type.vocabularies(of: short, minimumCount: options.data.minimumCount))
    self.model = model
    self.training = model.encode(short)
    self.development = model.encode(development, limit: longest)
    trainingDigest = Self.digest(training)
    developmentDigest = Self.digest(development)
    warnings = Self.warnings(
      path, longest: longest, left: training.count - short.count,
      cut: development.count { $0.tokens.count > longest },
      unseen: UnseenRelations(in: development, training: short))
  }

  private static func warnings(
    _ path: String, longest: Int, left: Int, cut: Int, unseen: UnseenRelations
  ) -> [String] {
    [
      left > 0
        ? "\(path): \(left) sentences of more than \(longest) tokens are left out of training"
        : nil,
      cut > 0
        ? "dev.jsonl: of \(cut) sentences only the first \(longest) tokens are read" : nil,
      unseen.warning(split: "dev"),
    ].compactMap { $0 }
  }

  /// FNV-1a of the sentences as they are written.
  private static func digest(_ sentences: [Sentence]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for sentence in sentences {
      for byte in JSONLines.line(sentence).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return String(hash, radix: 16)
  }
}

/// An error that rank 0 met while the others waited for what it made: all of them know of it, so each can
/// end the job in order.
public struct SharedError: Error, CustomStringConvertible {
  public let underlying: any Error
  public var description: String { "\(underlying)" }
}

extension Session {
  /// Gives every rank what rank 0 makes. If rank 0 fails, it throws its error as ``SharedError`` and all
  /// others throw ``TrainingError/stoppedByFirstRank``, so that the job ends on every rank and speaks
  /// once.
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
