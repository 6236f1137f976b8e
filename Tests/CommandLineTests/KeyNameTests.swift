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
