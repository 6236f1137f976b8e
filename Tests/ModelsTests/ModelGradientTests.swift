import Autodiff
import Corpora
import Layers
import Tensors
import Testing

@testable import Models

@Suite("Gradients of whole models")
struct ModelGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let options: CopyOptions

    init(_ description: String, _ change: (inout CopyOptions) -> Void) {
      testDescription = description
      options = CopyOptions.tiny.with(change)
    }
  }

  static let cases = [
    Case("published") { _ in },
    Case("GRU, concatenated, Mul") {
      ($0.cell, $0.encoderMerge, $0.decoder) = (.gru, .concatenate, .mul)
    },
    Case("GRU that resets before, Mul with its own heads") {
      ($0.cell, $0.gruForm, $0.decoder, $0.mulHeads) = (.gru, .before, .mul, .separate)
    },
    Case("scores inside selu") { $0.copyreSelu = true },
    Case("attention with an inner function, dropout") {
      ($0.attention, $0.dropout) = (.mlp, 0.3)
    },
  ]

  @Test("each parameter's gradient is the slope of the loss", arguments: cases)
  func everyParameter(_ test: Case) {
    check(TinyModel<CopyRE>(test.options.with { $0.mask = .zeroLogit }))
    check(TinyModel<CopyREPrime>(test.options))
    check(TinyModel<CopyREPrime5>(test.options))
    check(TinyModel<CopyMTL>(test.options.with { $0.lambda = 0.5 }))
  }

  /// Moves the elements of one parameter along its own gradient; as in the test of all combinations a
  /// kink of selu within the step leaves the slope of one side.
  private func check<Model: CopyModel>(_ tiny: TinyModel<Model>) {
    let gradient = tiny.step().gradient
    for parameter in tiny.model.layout.parameters {
      let part = tiny.part(gradient, parameter.name)
      let norm = part.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let matrix = tiny.parameters(parameter)
      let start = matrix.elements
      func total(_ distance: Double) -> Double {
        for (i, value) in start.enumerated() {
          // Where the gradient is zero all elements move alike, and the loss must not.
          let direction = norm > 0 ? Double(part[i]) / norm : 1
          matrix[i / matrix.columns, i % matrix.columns] = Float(
            Double(value) + distance * direction)
        }
        return tiny.total()
      }
      func agrees(_ slope: Double) -> Bool { abs(slope - norm) <= 5e-3 * max(norm, 1) }
      let (step, here) = (0x1p-10, total(0))
      let right =
        agrees((total(step) - total(-step)) / (2 * step))
        || agrees((total(step / 4) - here) / (step / 4))
        || agrees((here - total(-step / 4)) / (step / 4))
      for (i, value) in start.enumerated() {
        matrix[i / matrix.columns, i % matrix.columns] = value
      }
      #expect(right, "\(Model.names[0]): \(parameter.name), not \(norm)")
    }
  }

  /// With the linear attention the decoder's half of `va` and `ba` cancel (models.md 2.1); the encoder's
  /// half does not.
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
