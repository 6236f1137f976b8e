import Autodiff
import Corpora
import Layers
import ModelCases
import Tensors
import Testing

@testable import Models

@Suite("Gradients of whole models")
struct ModelGradientTests {
  /// Variants of the copy models beside those of the list.
  static let cases: [(ModelCase, [String])] =
    ModelCase.all.map { ($0, []) }
    + ModelCase.all.filter { $0.description.contains("copy") }.flatMap { test in
      [
        ["cell=gru", "gruForm=before", "decoder=mul", "mulHeads=separate"],
        ["copyreSelu=true"], ["attention=mlp", "dropout=0.3"],
      ].map { (test, $0.map { "model.\($0)" }) }
    }

  /// Moves the elements of one parameter along its own gradient; as in the test of all combinations a
  /// kink of selu within the step leaves the slope of one side.
  @Test("each parameter's gradient is the slope of the loss", arguments: cases)
  func everyParameter(_ test: ModelCase, _ changes: [String]) throws {
    let tiny = TinyRun(try test.section(changes))
    let gradient = tiny.gradient()
    for parameter in tiny.model.layout.parameters {
      let part = gradient[parameter.values]
      let norm = part.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let start = Array(tiny.parameters.buffer[parameter.values])
      func total(_ distance: Double) -> Double {
        for (i, (value, slope)) in zip(start, part).enumerated() {
          // Where the gradient is zero all elements move alike, and the loss must not.
          let direction = norm > 0 ? Double(slope) / norm : 1
          tiny.parameters.buffer[parameter.offset + i] = Float(Double(value) + distance * direction)
        }
        return tiny.total()
      }
      func agrees(_ slope: Double) -> Bool { abs(slope - norm) <= 5e-3 * max(norm, 1) }
      let (step, here) = (0x1p-10, total(0))
      let right =
        agrees((total(step) - total(-step)) / (2 * step))
        || agrees((total(step / 4) - here) / (step / 4))
        || agrees((here - total(-step / 4)) / (step / 4))
      for (i, value) in start.enumerated() { tiny.parameters.buffer[parameter.offset + i] = value }
      #expect(right, "\(test): \(parameter.name), not \(norm)")
    }
  }

  @Test(
    "parameters that are no numbers give no number, in training and outputs",
    arguments: ModelCase.all)
  func noNumbers(_ test: ModelCase) throws {
    let tiny = TinyRun(try test.section([]))
    tiny.parameters.buffer.update(repeating: .nan)
    #expect(tiny.gradient().contains { !$0.isFinite } && !tiny.total().isFinite)
    let tape = Tape(parameters: tiny.parameters)
    tape.mode = .inference
    let predictions = tiny.split.predict(Array(0..<tiny.split.count), scoring: true, on: tape)
    #expect(predictions.count == tiny.split.count)
  }

  /// With the linear attention the decoder's half of `va` and `ba` cancel (Copy/README.md 2.1); the
  /// encoder's half does not.
  @Test("the parts of the linear attention that cancel have no gradient at all")
  func cancelled() {
    let tiny = TinyModel<CopyREPrime>(.tiny)
    let gradient = tiny.step().gradient
    let weight = tiny.part(gradient, "attention.weight")
    #expect(weight.prefix(4).allSatisfy { $0 == 0 } && weight.suffix(4).allSatisfy { $0 != 0 })
    #expect(tiny.part(gradient, "attention.bias") == [0])
  }
}

@Suite("Options of the decoder for many triples")
struct MulTests {
  private func tiny(_ change: (inout CopyOptions) -> Void) -> TinyModel<CopyMTL> {
    TinyModel<CopyMTL>(.tiny.with(change))
  }

  @Test("for one triple, a cell that starts from all of the encoder's state is the One decoder")
  func first() {
    let one = tiny { $0.triples = 1 }
    let full = tiny { ($0.triples, $0.decoder, $0.mulFirst) = (1, .mul, .full) }
    let half = tiny { ($0.triples, $0.decoder, $0.mulFirst) = (1, .mul, .half) }
    #expect(full.step().losses == one.step().losses)
    #expect(full.step().gradient == one.step().gradient)
    #expect(half.step().losses[0] != one.step().losses[0])
    #expect(half.step().losses[1] == one.step().losses[1])
  }

  @Test("restarting changes the second triple alone, carrying on is the default")
  func input() {
    for triples in 1...2 {
      let carried = tiny { ($0.triples, $0.decoder) = (triples, .mul) }
      let restart = tiny {
        ($0.triples, $0.decoder, $0.mulInput) = (triples, .mul, .restart)
      }
      #expect((carried.step().losses == restart.step().losses) == (triples == 1))
      let start = restart.part(restart.step().gradient, "embedding.start")
      #expect(start != carried.part(carried.step().gradient, "embedding.start") || triples == 1)
    }
  }

  @Test("separate heads that are alike say what shared ones say, and share their gradient")
  func heads() {
    let shared = tiny { $0.decoder = .mul }
    let separate = tiny { ($0.decoder, $0.mulHeads) = (.mul, .separate) }
    separate.take(from: shared)
    var sums: [String: [Float]] = [:]
    for parameter in separate.model.layout.parameters {
      guard let name = Self.sharedName(parameter.name) else { continue }
      for source in shared.model.layout.parameters where source.name == name {
        separate.parameters(parameter).assign(shared.parameters(source))
      }
    }
    let (a, b) = (shared.step(), separate.step())
    #expect(a.losses == b.losses)
    for parameter in separate.model.layout.parameters {
      let name = Self.sharedName(parameter.name) ?? parameter.name
      let part = separate.part(b.gradient, parameter.name)
      sums[name] = sums[name].map { zip($0, part).map { $0 + $1 } } ?? part
    }
    #expect(separate.model.layout.parameters.count > shared.model.layout.parameters.count)
    for parameter in shared.model.layout.parameters {
      let expected = shared.part(a.gradient, parameter.name)
      for (x, y) in zip(sums[parameter.name] ?? [], expected) {
        #expect(abs(x - y) <= 1e-5 * max(1, abs(y)), "\(parameter.name)")
      }
      #expect(sums[parameter.name]?.count == expected.count)
    }
  }

  /// `combine.weight` of `1.combine.weight`.
  private static func sharedName(_ name: String) -> String? {
    name.hasPrefix("0.") || name.hasPrefix("1.") ? String(name.dropFirst(2)) : nil
  }
}
