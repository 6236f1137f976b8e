import Commands
import Evaluation
import Foundation
import Training
import Typesetting

/// What a training says when it has ended: why, the best epoch with its file, and the next command.
struct Farewell {
  /// The lines, in their order.
  let lines: [String]

  /// - Parameters:
  ///   - best: the best evaluation; `nil` where there was none.
  ///   - folder: that of the checkpoints.
  ///   - data: that of the corpus.
  init(
    _ ending: Trainer.Ending, best: History.Evaluation?, match: MatchMode, folder: String,
    data: String
  ) {
    let evaluation = best.map { _ in
      let test = "\(data)/test.jsonl"
      let split = FileManager.default.fileExists(atPath: test) ? test : "\(data)/dev.jsonl"
      return "next: tercet evaluate \(Self.word(folder)) \(Self.word(split))"
    }
    let score = best.map {
      "best: epoch \($0.epoch + 1), dev \(match.rawValue) F1 \(Figures.score($0.f1)), in "
        + "\(folder)/best.h5"
    }
    let reason = Self.reason(ending, folder)
    // After a signal the reason comes last: it says how to go on, which is the next command.
    let said = if case .signal = ending { [score, reason] } else { [reason, score, evaluation] }
    lines = said.compactMap { $0 }
  }

  private static func reason(_ ending: Trainer.Ending, _ folder: String) -> String {
    switch ending {
    case .allEpochs: "training is complete; checkpoints are in \(folder)"
    case .patience:
      "training ends: no better score within evaluation.patience; checkpoints are in \(folder)"
    case .stopAfter:
      "stopped after the steps asked for; go on with --resume from \(folder)/last.h5"
    case .signal(let signal, let step):
      "\(signal.rawValue): step \(step) is saved in \(folder)/last.h5; go on with --resume"
    }
  }

  /// A path as a shell takes it for one word.
  private static func word(_ path: String) -> String {
    path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=:,@".contains($0) }
      ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}
