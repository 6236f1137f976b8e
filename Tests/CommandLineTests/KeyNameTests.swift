import Configuration
import Models
import Testing
import Training

@testable import tercet

@Suite("names of keys")
struct KeyNameTests {
  private static let keys = ModelList.names.reduce(into: [String: [String]]()) { all, kind in
    all[kind] = RunOptions(modelKind: kind).map {
      ConfigurationText.flattened(of: $0).map(\.key)
    }
  }
  private static let names = KeyNames(keys["copymtl"] ?? [])

  @Test(
    "a key is known by its last part, in any spelling, and by the field's words",
    arguments: [
      ("lambda", "model.lambda"), ("batch.size", "batch.size"), ("size", "batch.size"),
      ("batch_size", "batch.size"), ("batch-size", "batch.size"), ("batchSize", "batch.size"),
      ("teacher_forcing", "model.teacherForcing"),
      ("optimizer.weight_decay", "optimizer.weightDecay"),
      ("weight-decay", "optimizer.weightDecay"),
      ("lr", "optimizer.rate"), ("LR", "optimizer.rate"), ("learning_rate", "optimizer.rate"),
      ("learning-rate", "optimizer.rate"), ("optimizer.lr", "optimizer.rate"),
      ("hidden_size", "model.hidden"), ("model.hidden_size", "model.hidden"),
      ("num_epochs", "epochs"), ("num_train_epochs", "epochs"), ("random_seed", "seed"),
      ("warmup_steps", "optimizer.warmup"), ("max_grad_norm", "optimizer.clip"),
      ("early_stopping_patience", "evaluation.patience"), ("patience", "evaluation.patience"),
      ("checkpoint_every", "checkpoint.every"), ("data_dir", "data.directory"),
      ("seed", "seed"), ("threads", "threads"), ("model", "model"), ("foo.bar", "foo.bar"),
      ("zzz", "zzz"),
    ])
  func meant(name: String, key: String) throws {
    #expect(try Self.names.key(of: name) == key)
  }

  @Test(
    "a name of several keys, or like a key's, is refused with them",
    arguments: [
      (
        "every",
        "'every' may mean 'evaluation.every', 'checkpoint.every' or 'log.every'; write one of them"
      ),
      ("kind", "'kind' may mean 'model.kind' or 'optimizer.kind'; write one of them"),
      ("lamda", "unknown key 'lamda'; did you mean 'model.lambda'?"),
      ("learning_rat", "unknown key 'learning_rat'; did you mean 'optimizer.rate'?"),
    ])
  func refused(name: String, message: String) {
    let error = #expect(throws: Failure.self) { try Self.names.key(of: name) }
    #expect(error?.description == message)
  }

  @Test(
    "an unknown key of a file is answered with the key that its name means",
    arguments: [
      ("lr: 1", "1:1: unknown key 'lr'; did you mean 'rate' in 'optimizer' (optimizer.rate)?"),
      (
        "model.hidden: 3",
        "1:1: unknown key 'model.hidden'; did you mean 'hidden' in 'model' (model.hidden)?"
      ),
      (
        "model.hiden: 3",
        "1:1: unknown key 'model.hiden'; did you mean 'hidden' in 'model' (model.hidden)?"
      ),
      ("optimizer:\n  lr: 1", "2:3: unknown key 'lr' in 'optimizer'; did you mean 'rate'?"),
      ("batch: {Size: 1}", "1:9: unknown key 'Size' in 'batch'; did you mean 'size'?"),
      (
        "data: {lr: 1}",
        "1:8: unknown key 'lr' in 'data'; did you mean 'rate' in 'optimizer' (optimizer.rate)?"
      ),
      ("data: {seed: 1}", "1:8: unknown key 'seed' in 'data'; did you mean 'seed' outside of it?"),
      ("lamda: 1", "1:1: unknown key 'lamda'; did you mean 'lambda' in 'model' (model.lambda)?"),
      (
        "kind: rin",
        "1:1: unknown key 'kind'; did you mean 'kind' in 'model' (model.kind) or 'kind' in 'optimizer' "
          + "(optimizer.kind)?"
      ),
      ("model: {hiden: 1}", "1:9: unknown key 'hiden' in 'model'; did you mean 'hidden'?"),
    ])
  func unknown(text: String, message: String) throws {
    let document = try ConfigurationDocument(text: text, name: "c.yaml")
    let error = #expect(throws: ConfigurationError.self) {
      try RunOptions.decoded(from: document)
    }
    #expect(error?.description == "c.yaml:\(message)")
  }

  @Test("a key that means nothing is answered with those of its section")
  func meaningless() throws {
    let document = try ConfigurationDocument(text: "log: {zzz: 1}", name: "c.yaml")
    let error = #expect(throws: ConfigurationError.self) {
      try RunOptions.decoded(from: document)
    }
    #expect(error?.description == "c.yaml:1:7: unknown key 'zzz' in 'log'; known keys: every")
  }

  @Test("no word of the field is another key's, and each key of the list is one of some model")
  func words() throws {
    for (key, _) in KeyNames.fieldWords {
      #expect(Self.keys.contains { $0.1.contains(key) }, "no model has \(key)")
    }
    for (_, keys) in Self.keys {
      let names = KeyNames(keys)
      for (key, words) in KeyNames.fieldWords where keys.contains(key) {
        for word in words { #expect(try names.key(of: word) == key, "\(word)") }
      }
    }
  }

  @Test("overrides keep order and value; the model may be named in any way")
  func resolved() throws {
    let texts = ["seed=3", "model_name=copyre", "lambda=[a=b]", "model.lambda=2"]
    let document = try ConfigurationDocument(text: "", name: "c.yaml")
    let (overrides, notes) = try KeyNames.resolved(
      try texts.map { try ConfigurationOverride($0) }, for: document)
    #expect(
      overrides.map(\.description)
        == ["seed=3", "model.kind=copyre", "model.lambda=[a=b]", "model.lambda=2"])
    #expect(
      notes == [
        "note: --set model_name is taken for 'model.kind'",
        "note: --set lambda is taken for 'model.lambda'",
      ])
  }
}
