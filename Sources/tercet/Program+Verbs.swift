import Commands

extension Program {
  /// tercet, with the only list of its verbs.
  static let tercet = Program(
    name: "tercet", version: "0.1.0",
    purpose: "joint extraction of entities and relations, trained data-parallel over MPI",
    groups: [
      ["data"]: "make, convert, check and measure corpora",
      ["import"]: "make files of pretrained weights",
    ],
    verbs: [
      Train.self, Evaluate.self, Score.self, Extract.self, Log.self, Sweep.self, Inspect.self,
      Export.self, ImportTransformer.self, DataConvert.self, DataCheck.self, DataStats.self,
      DataSynthesize.self,
      Doctor.self, Completion.self,
    ])
}
