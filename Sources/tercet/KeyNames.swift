import Commands
import Configuration
import Models
import Training

/// The names by which `--set` takes keys of a configuration, besides the whole key: its last parts, with any case,
/// dashes and underscores, and the words that other programs have for it.
struct KeyNames {
  private let keys: [String]

  /// - Parameter keys: all keys, with dots.
  init(_ keys: [String]) { self.keys = keys }

  /// The names of the keys of a model's configuration.
  init(of options: RunOptions) {
    self.init(ConfigurationText.flattened(of: options).map(\.key))
  }

  /// The key that a name means: itself where it is a key or a section, or unknown.
  ///
  /// - Throws: ``Failure`` where several keys have the name, or where it is like a key's.
  func key(of name: String) throws -> String {
    if keys.contains(where: { $0 == name || $0.hasPrefix(name + ".") }) { return name }
    let meant = keys(meantBy: name)
    if meant.count > 1 {
      throw Failure(
        description: "\(Wording.quoted(name)) may mean \(Self.list(meant)); write one of them")
    }
    if let key = meant.first { return key }
    guard let near = key(like: name) else { return name }
    throw Failure(description: "unknown key \(Wording.quoted(name)); did you mean '\(near)'?")
  }

  /// A key's own names, as parts: its endings, and the whole of it as one word.
  private static func endings(of key: String) -> [[String]] {
    let parts = key.split(separator: ".").map(plain)
    return parts.indices.map { Array(parts[$0...]) } + [[parts.joined()]]
  }

  /// Other programs' words for a key, alone and after its section.
  private static func synonyms(of key: String) -> [[String]] {
    let section = key.split(separator: ".").dropLast().map(plain)
    return (fieldWords[key] ?? []).flatMap { [[$0], section + [$0]] }
  }

  /// A word without case, dashes and underscores.
  private static func plain(_ word: Substring) -> String {
    word.lowercased().filter { $0 != "-" && $0 != "_" }
  }

  private static func list(_ keys: [String]) -> String {
    let names = keys.map { "'\($0)'" }
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  /// The words of the field for keys that have another one here, each as ``plain(_:)`` makes it. None means another
  /// quantity than the key: a batch size by device is not here.
  static let fieldWords: [String: [String]] = [
    "model.kind": ["modelname", "modeltype", "arch", "architecture"],
    "model.decoder": ["decodertype"],
    "model.cell": ["celltype", "cellname", "rnntype", "rnncell"],
    "model.embedding": [
      "embeddingsize", "embeddingdim", "embeddim", "embsize", "embdim", "worddim",
      "wordembeddingdim",
    ],
    "model.hidden": [
      "hiddensize", "hiddendim", "hiddenunits", "nhidden", "rnnsize", "rnnhiddensize",
      "lstmhidden", "lstmhiddensize",
    ],
    "model.triples": ["maxtriples", "numtriples", "triplenumber"],
    "model.teacherForcing": ["teacherforcingratio", "teacherforcingrate"],
    "model.lambda": ["lambd", "tagweight", "taggingweight"],
    "model.dropout": ["dropoutrate", "dropoutprob", "dropoutp"],
    "data.directory": ["datadir", "datapath", "dataset", "corpus"],
    "data.vectors": [
      "wordvectors", "vectorsfile", "embeddingfile", "embeddingpath", "pretrainedembeddings",
      "glove",
    ],
    "data.minimumCount": ["mincount", "minfreq", "minfrequency", "minwordfreq", "minwordcount"],
    "data.maximumLength": [
      "maxlength", "maxlen", "maxseqlength", "maxseqlen", "maxsentencelength", "maxsentlen",
    ],
    "batch.size": ["bs", "minibatch", "minibatchsize", "trainbatchsize"],
    "batch.accumulate": [
      "gradientaccumulationsteps", "gradaccumulationsteps", "accumulationsteps",
      "accumulategradbatches", "gradaccum", "updatefreq",
    ],
    "optimizer.kind": ["optim", "optimizername", "optimizertype"],
    "optimizer.rate": ["lr", "learningrate", "eta"],
    "optimizer.epsilon": ["eps", "adamepsilon", "adameps"],
    "optimizer.beta1": ["adambeta1"],
    "optimizer.beta2": ["adambeta2"],
    "optimizer.weightDecay": ["wd"],
    "optimizer.clip": [
      "clipping", "clipnorm", "clipgrad", "clipgradnorm", "gradclip", "gradientclip",
      "gradientclipval", "gradientclipping", "maxgradnorm", "maxnorm",
    ],
    "optimizer.schedule": [
      "scheduler", "lrschedule", "lrscheduler", "lrschedulertype", "learningrateschedule",
    ],
    "optimizer.warmup": ["warmupsteps", "numwarmupsteps", "warmupupdates"],
    "optimizer.warmupShare": ["warmupratio", "warmupproportion", "warmupfraction"],
    "epochs": ["epoch", "numepochs", "nepochs", "maxepochs", "maxepoch", "numtrainepochs"],
    "seed": ["randomseed", "manualseed", "rngseed"],
    "evaluation.every": ["evalevery", "evaluateevery"],
    "evaluation.patience": ["earlystopping", "earlystop", "earlystoppingpatience"],
    "checkpoint.every": ["saveevery", "savesteps", "saveinterval"],
    "checkpoint.keep": ["savetotallimit", "keepcheckpoints", "maxtokeep"],
    "log.every": ["loggingsteps", "loginterval", "logfrequency"],
    "precision": ["dtype"],
    "threads": ["numthreads", "nthreads"],
  ]
}

extension KeyNames: KeyMeanings {
  func keys(meantBy name: String) -> [String] {
    let parts = name.split(separator: ".").map(Self.plain)
    let ending = keys.filter { Self.endings(of: $0).contains(parts) }
    return ending.isEmpty ? keys.filter { Self.synonyms(of: $0).contains(parts) } : ending
  }

  /// The key of which a name of one part is like this one.
  func key(like name: String) -> String? {
    let parts = name.split(separator: ".").map(Self.plain)
    guard parts.count == 1 else { return nil }
    let names = keys.flatMap { key in
      (Self.endings(of: key) + Self.synonyms(of: key)).filter { $0.count == 1 }
        .map { (name: $0[0], key: key) }
    }
    let near = Wording.nearest(to: parts[0], among: names.map(\.name))
    let found = Set(names.filter { $0.name == near }.map(\.key))
    return found.count == 1 ? found.first : nil
  }
}

extension KeyNames {
  /// Overrides with whole keys for those that the user wrote by another name, and a note for each of these.
  ///
  /// - Parameter document: the configuration file, which may say the model and so the keys.
  static func resolved(
    _ overrides: [ConfigurationOverride], for document: ConfigurationDocument
  ) throws -> (overrides: [ConfigurationOverride], notes: [String]) {
    let kind = try kind(after: overrides, in: document)
    guard let options = RunOptions(modelKind: kind) else { return (overrides, []) }
    let names = KeyNames(of: options)
    var (whole, notes): ([ConfigurationOverride], [String]) = ([], [])
    for override in overrides {
      let name = String(override.description.prefix { $0 != "=" })
      do {
        let key = try names.key(of: name)
        whole.append(
          key == name
            ? override
            : try ConfigurationOverride(key + override.description.dropFirst(name.count)))
        if key != name { notes.append("note: --set \(name) is taken for '\(key)'") }
      } catch let failure as Failure {
        throw Failure(description: "--set \(override): \(failure)")
      }
    }
    return (whole, notes)
  }

  /// The name of the model that is configured; overrides may name that key in any way.
  private static func kind(
    after overrides: [ConfigurationOverride], in document: ConfigurationDocument
  ) throws -> String {
    let names = KeyNames(["model.kind", "optimizer.kind"])
    let named = try overrides.compactMap { override -> ConfigurationOverride? in
      let name = override.description.prefix { $0 != "=" }
      guard (try? names.key(of: String(name))) == "model.kind" else { return nil }
      return try ConfigurationOverride("model.kind" + override.description.dropFirst(name.count))
    }
    return try document.overridden(by: named).string(at: "model.kind") ?? CopyMTL.names[0]
  }
}
