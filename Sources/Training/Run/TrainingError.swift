/// An error that ends a training run; each description says what was found and what to do.
public enum TrainingError: Error, Equatable, CustomStringConvertible, Sendable {
  /// No sentence is left to train on.
  case noTrainingSentences(path: String, longest: Int)
  /// The folder holds checkpoints, and neither `--resume` nor `--overwrite` was given.
  case folderInUse(path: String)
  /// The checkpoint was made with another value of a key.
  case optionChanged(key: String, checkpoint: String, was: String, now: String)
  /// The checkpoint was made from other sentences.
  case otherCorpus(split: String, path: String, checkpoint: String)
  /// The checkpoint holds other words, relations or shapes than the configuration makes.
  case unfit(checkpoint: String, problem: String)
  /// Loss or gradient is infinite or not a number.
  case notFinite(step: Int, quantity: String, sentences: [String])
  /// The run log cannot be written, for the reason given.
  case logUnwritable(path: String, cause: String)
  /// The last checkpoint cannot be written, for the reason given.
  case notSaved(cause: String)
  /// A vector has another width than the word table.
  case vectorWidth(path: String, found: Int, expected: Int)
  /// A rank lacks the library that is to multiply.
  case productsUnsupported(note: String)
  /// Rank 0 has met an error, which it reports itself.
  case stoppedByFirstRank

  /// One line: the file, key or step, what was found, and what to do.
  public var description: String {
    switch self {
    case .noTrainingSentences(let path, let longest):
      "\(path): no sentence of at most \(longest) tokens with a triple to learn; "
        + "check the file or raise data.maximumLength"
    case .folderInUse(let path):
      "\(path) holds checkpoints; go on from them with --resume, or start afresh with --overwrite"
    case .optionChanged(let key, let checkpoint, let was, let now):
      "'\(key)' is \(now), but \(checkpoint) was made with \(was); resume with the same value, "
        + "or start afresh in another folder"
    case .otherCorpus(let split, let path, let checkpoint):
      "\(path) is not the \(split) split that \(checkpoint) was made with; "
        + "its vocabulary and order do not fit. Resume with the same file"
    case .unfit(let checkpoint, let problem): "\(checkpoint): \(problem)"
    case .notFinite(let step, let quantity, let sentences):
      Self.notFinite(step, quantity, sentences)
        + ". Training stops here; the last checkpoint stays. Lower optimizer.rate or set "
        + "optimizer.clip"
    case .logUnwritable(let path, let cause):
      "\(path): the run log cannot be written: \(cause); name another folder with --checkpoints, "
        + "or make room in this one"
    case .notSaved(let cause):
      "the run cannot be saved, its last checkpoint is the one before: \(cause)"
    case .vectorWidth(let path, let found, let expected):
      "\(path): vectors of \(found) numbers for a word table of width \(expected); "
        + "set model.embedding=\(found)"
    case .productsUnsupported(let note): note
    case .stoppedByFirstRank: "stopped because rank 0 stopped"
    }
  }

  /// Whether every rank throws this error in the same place; other errors are met by rank 0 alone.
  public var isOnEveryRank: Bool {
    if case .logUnwritable = self { return false }
    return true
  }

  /// The fault of a step, without its consequence.
  static func notFinite(_ step: Int, _ quantity: String, _ sentences: [String]) -> String {
    "step \(step): \(quantity) is not finite; sentences \(list(sentences))"
  }

  private static func list(_ ids: [String]) -> String {
    let shown = ids.prefix(100).joined(separator: ", ")
    return ids.count > 100 ? "\(shown), … (\(ids.count))" : shown
  }
}
