import Autodiff
import Corpora
import Models
import RunLogs
import Tensors
import Typesetting

extension Run {
  /// What the run is made of: the model on its ranks, and the corpus, a line each.
  func heading(ranks: Int) -> [String] {
    let precision = weights.products.precision.rawValue
    let lists = model.vocabularies.lists.filter { $0.list.count > 0 }.map {
      "\(Figures.grouped($0.list.count)) \($0.name.replacing("_", with: " "))"
    }
    return [
      "\(options.model.kind), \(Figures.grouped(model.layout.count)) parameters, loss \(objectiveText)"
        + "  ·  \(Figures.count(ranks, "rank")) × \(Figures.count(team.count, "thread")), \(precision)",
      "\(options.data.directory): \(Figures.count(corpus.training.count, "sentence")) to train on, "
        + "\(Figures.grouped(corpus.development.count)) dev; " + lists.joined(separator: ", "),
    ]
  }

  /// The steps ahead, the folder, and how the run is left; known once the run has its first state.
  var outlook: String {
    let schedule = schedule
    let limit = schedule.stopAfter.map { ", to step \($0)" } ?? ""
    let epochs = Figures.count(schedule.epochs, "epoch")
    return "\(epochs) of \(Figures.count(schedule.stepsPerEpoch, "step"))"
      + (progress.step > 0 ? ", from step \(progress.step) on" : "") + limit
      + "  ·  \(plan.folder)  ·  Ctrl-C saves and leaves"
  }

  /// The terms of the objective with their weights, without those that are only told: `L_D + 0.3 L_E`.
  private var objectiveText: String {
    zip(model.termNames, model.termWeights).filter { $1 != 0 }.map { $1 == 1 ? $0 : "\($1) \($0)" }
      .joined(separator: " + ")
  }
}
