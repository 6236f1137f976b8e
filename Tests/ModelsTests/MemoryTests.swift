import Autodiff
import Corpora
import Foundation
import Layers
import ModelCases
import Models
import Tensors
import TestSupport
import Testing

@Suite("Memory")
struct MemoryTests {
  /// Pages of this process that are in memory (proc(5), `statm`).
  static func residentPages() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
      separator: " ")
    return Int(fields[1]) ?? 0
  }

  /// In a process of its own, where no other test allocates. A matrix that is lost in each step would
  /// be some 50 floats by 16, 3 KB, and 2.4 MB after 800 steps.
  @Test(
    "a thousand steps over batches of changing shape take no more memory than two hundred",
    .enabled(if: Sanitizer.current == nil, "sanitizers keep what was freed"))
  func steps() async {
    await #expect(processExitsWith: .success) {
      let section = try ModelCase.section([
        "model.kind=copymtl", "model.embedding=16", "model.hidden=16", "model.fusion=5",
        "model.triples=2", "model.teacherForcing=1",
      ])
      let training = PlainTraining(section, on: SmallCorpus.sentences(40))
      var after: [Int] = []
      for step in 1...1000 {
        let batch = (0..<training.split.count)
          .filter { ($0 * 7 + step * step) % 11 < 1 + step % 3 }
        training.step(batch, epoch: step, number: step, rate: 1e-4)
        if step % 200 == 0 { after.append(try Self.residentPages()) }
      }
      let grown = (after[4] - after[0]) * 4096
      precondition(grown < 1_000_000, "\(grown) bytes more, pages \(after)")
    }
  }

  @Test("of a layer of RIN more, a step keeps the three results alone")
  func layersOfRIN() {
    let sentences = (0..<8).map { number in
      Sentence(
        id: "\(number)", tokens: (0..<60).map { "w\(($0 * 7 + number) % 40)" },
        triples: (0..<20).map {
          Triple(
            head: .span(Span($0, $0)), relation: "r\($0)", tail: .span(Span($0 + 9, $0 + 9)))
        })
    }
    func peak(_ layers: Int) -> Int {
      var options = RINOptions()
      options.layers = layers
      let model = RIN(options: options, vocabularies: RIN.vocabularies(of: sentences))
      let values = Slab(count: model.layout.count)
      values.initialize(model.layout, seed: 1)
      let tape = Tape(parameters: values, mode: .oneShard)
      let inputs = sentences.enumerated().map { model.input($1, index: $0, limit: .max) }
      let terms = model.losses(of: inputs, streams: RandomStreams(seed: 0, epoch: 0), on: tape)
      for term in terms { term.gradientScale = 1 }
      return withExtendedLifetime(tape.collected()) { tape.pool.peakBytes }
    }
    let results = 3 * 8 * 60 * 2 * RINOptions().hidden * MemoryLayout<Float>.stride
    let grown = peak(12) - peak(4)
    #expect(grown <= 8 * results * 5 / 4, "\(grown) bytes for 8 layers of \(results)")
  }
}
