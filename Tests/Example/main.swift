// Trains CopyMTL on a made-up corpus and extracts facts from a sentence: Example FOLDER
import Checkpoints
import Collectives
import Configuration
import Corpora
import Models
import Tensors
import Training

// Checkpoints are read by a process of their own: this program, started once more.
CheckpointReader.serveIfAsked()
let folder = CommandLine.arguments[1]

let corpus = try Synthesizer.synthesize(seed: 1, sentences: 1000)
try JSONLines.write(corpus.train, to: "\(folder)/data/train.jsonl")
try JSONLines.write(corpus.dev, to: "\(folder)/data/dev.jsonl")

func options(_ yaml: String) throws -> RunOptions {
  guard let published = RunOptions(modelKind: "copymtl") else { preconditionFailure("no copymtl") }
  return try ConfigurationDocument(text: yaml, name: "options")
    .decode(RunOptions.self, defaults: published)
}
let settings = try options(
  """
  model: {embedding: 48, hidden: 96, fusion: 48, targetOrder: file, teacherForcing: 1}
  data: {directory: "\(folder)/data"}
  batch: {size: 25}
  optimizer: {rate: 0.004, schedule: linear}
  epochs: 15
  """)

// Started by mpirun, the same lines train on all ranks.
let session = try Session()
let plan = RunPlan(
  options: settings, configuration: ConfigurationText.yaml(of: settings.portable),
  folder: "\(folder)/checkpoints", start: .overwriting, stopAfter: nil, program: "example")
let voice = RunVoice(say: { print($0) }, warn: { print($0) }, progress: .lines)
let trainer = try Trainer(
  plan, check: ResumeCheck { _, _ in [] }, voice: voice, on: session)
_ = try trainer.train(on: session)

var file = try CheckpointFile.open(
  "\(folder)/checkpoints/best.h5", reading: Snapshot.progressAlone)
let (_, model) = try Snapshot.header(of: file, options: options)
let weights = WeightStore(
  try Snapshot.parameters(of: model.layout, from: &file), products: Products(.automatic))

let sentences = corpus.test.map { Sentence(id: $0.id, tokens: $0.tokens) }
for (sentence, found) in zip(
  sentences, Inference.predict(model.encode(sentences), weights: weights))
{
  for triple in found.triples {
    print(
      sentence.text(of: triple.head), triple.relation, sentence.text(of: triple.tail),
      separator: "\t")
  }
}
