/// An error that ends a training run; each description says what was found and what to do.
public enum TrainingError: Error, Equatable, CustomStringConvertible, Sendable {
  /// No sentence is left to train on.
  case noTrainingSentences(path: String, longest: Int)
  /// No triple of the training split can be learnt, for the reason given.
  case noTargets(path: String, triples: Int, cause: String)
  /// The folder holds checkpoints, and neither `--resume` nor `--overwrite` was given.
  case folderInUse(path: String)
  /// The folder of a resumed run holds a file that is no checkpoint of that run.
  case otherRun(path: String, checkpoint: String)
  /// The checkpoint was made with another value of a key.
  case optionChanged(key: String, checkpoint: String, was: String, now: String)
  /// The checkpoint was made with fewer epochs, and its rates or evaluations depend on their number.
  case needsExtension(checkpoint: String, was: String, now: String)
  /// An extension that does not go beyond the epochs of the run.
  case notLonger(checkpoint: String, epochs: Int, wanted: Int)
  /// A folder without a run that an extension could go on with.
  case nothingToExtend(folder: String)
  /// The checkpoint was made from other sentences.
  case otherCorpus(split: String, path: String, checkpoint: String)
  /// The checkpoint holds other words, relations or shapes than the configuration makes.
  case unfit(checkpoint: String, problem: String)
  /// Loss or gradient is infinite or not a number.
  ///
  /// - Parameter saved: the last checkpoint, if there is one.
  case notFinite(step: Int, quantity: String, sentences: [String], saved: String?)
  /// The run log cannot be written, for the reason given.
  case logUnwritable(path: String, cause: String)
  /// The last checkpoint cannot be written, for the reason given.
  ///
  /// - Parameter before: the checkpoint before, if there is one.
  case notSaved(cause: String, before: String?)
  /// A vector has another width than the word table.
  case vectorWidth(path: String, found: Int, expected: Int)
  /// A model reads words from a file of vectors that is not named.
  case noVectors
  /// A file of word vectors is named for a model that reads pieces of words.
  case noWordTable
  /// Pretrained weights need other settings than the model has.
  case otherWeights(path: String, settings: [String])
  /// A transformer gives with pretrained weights something else than their file says.
  case otherOutput(path: String, difference: Float)
  /// A rank would have more threads than its host has processors.
  case threadsBeyondProcessors(threads: Int, rank: Int, processors: Int)
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
    case .noTargets(let path, let triples, let cause):
      "\(path): none of its \(triples) triples can be a target: \(cause)"
    case .folderInUse(let path):
      "\(path) holds checkpoints; go on from them with --resume, or start afresh with --overwrite"
    case .otherRun(let path, let checkpoint):
      "\(path) is not a checkpoint of the run of \(checkpoint); go on in another folder with --checkpoints"
    case .optionChanged(let key, let checkpoint, let was, let now):
      "'\(key)' is \(now), but \(checkpoint) was made with \(was); resume with the same value, "
        + "or start afresh in another folder"
    case .needsExtension(let checkpoint, let was, let now):
      "'epochs' is \(now), but \(checkpoint) was made with \(was), on which its rates or evaluations "
        + "depend; leave 'epochs' at \(was) and go on with --extend \(now), which keeps the last rate, "
        + "or with --extend \(now) --rewarm"
    case .notLonger(let checkpoint, let epochs, let wanted):
      "--extend \(wanted): \(checkpoint) is of a run of \(epochs) epochs already; give more, or go on "
        + "without --extend"
    case .nothingToExtend(let folder):
      "\(folder) holds no checkpoint that --extend could go on from; train first, or name the folder of "
        + "the run with --checkpoints"
    case .otherCorpus(let split, let path, let checkpoint):
      "\(path) is not the \(split) split that \(checkpoint) was made with; "
        + "its vocabulary and order do not fit. Resume with the same file"
    case .unfit(let checkpoint, let problem): "\(checkpoint): \(problem)"
    case .notFinite(let step, let quantity, let sentences, let saved):
      Self.notFinite(step, quantity, sentences)
        + ". Training stops here; \(saved.map { "the last checkpoint, \($0), stays" } ?? "nothing is saved yet"). "
        + "Lower optimizer.rate or set optimizer.clip"
    case .logUnwritable(let path, let cause):
      "\(path): the run log cannot be written: \(cause); name another folder with --checkpoints, "
        + "or make room in this one"
    case .notSaved(let cause, let before):
      "the run cannot be saved, and "
        + (before.map { "\($0) is the checkpoint before" } ?? "there is no checkpoint before")
        + ": \(cause)"
    case .vectorWidth(let path, let found, let expected):
      "\(path): vectors of \(found) numbers for a word table of width \(expected); "
        + "set model.embedding=\(found)"
    case .noVectors:
      "'model.extraVectors' is true, but no file of vectors is named; set data.vectors=FILE"
    case .noWordTable:
      "'data.vectors' names a file of word vectors, but the model has no table of words; leave it out"
    case .otherWeights(let path, let settings):
      "\(path): the model has other sizes than its weights; set \(settings.joined(separator: " "))"
    case .otherOutput(let path, let difference):
      "\(path): with these weights the first block differs by \(difference) from the file's own record; "
        + "import the weights again"
    case .threadsBeyondProcessors(let threads, let rank, let processors):
      "'threads' is \(threads), but the host of rank \(rank) has \(processors) processors; lower it, "
        + "or set oversubscribe=true"
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
