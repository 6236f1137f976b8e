import Autodiff
import Corpora
import Layers
import Tensors
import Testing

@testable import Models

/// A combination of option values; every one that shapes the network is met with every other, the rest
/// take turns.
struct Combination: Sendable, CustomTestStringConvertible {
  let form: (cell: CopyOptions.Cell, gru: CopyOptions.GRUForm)
  let merge: EncoderMerge
  let decoder: CopyOptions.Decoder
  let mul: (CopyOptions.MulHeads, CopyOptions.MulInput, CopyOptions.MulFirst)
  /// Which of the combinations this is.
  let number: Int

  static let all: [Combination] = {
    let forms: [(CopyOptions.Cell, CopyOptions.GRUForm)] = [
      (.lstm, .after), (.gru, .after), (.gru, .before),
    ]
    let one:
      [(CopyOptions.Decoder, CopyOptions.MulHeads, CopyOptions.MulInput, CopyOptions.MulFirst)] =
        [(.one, .shared, .carried, .half)]
    let mul = CopyOptions.MulHeads.allCases.flatMap { heads in
      CopyOptions.MulInput.allCases.flatMap { input in
        CopyOptions.MulFirst.allCases.map { (CopyOptions.Decoder.mul, heads, input, $0) }
      }
    }
    var number = -1
    return forms.flatMap { form in
      EncoderMerge.allCases.flatMap { merge in
        (one + mul).map { decoder in
          number += 1
          return Combination(
            form: form, merge: merge, decoder: decoder.0, mul: (decoder.1, decoder.2, decoder.3),
            number: number)
        }
      }
    }
  }()

  var testDescription: String {
    "\(form.cell) \(form.gru), \(merge), \(decoder) \(mul), others \(number)"
  }

  /// The options, those that scorers and attention have being given.
  func options(_ attention: CopyOptions.Attention, selu: Bool, inner: Bool) -> CopyOptions {
    CopyOptions.tiny.with {
      ($0.cell, $0.gruForm) = form
      $0.encoderMerge = merge
      $0.decoder = decoder
      ($0.mulHeads, $0.mulInput, $0.mulFirst) = mul
      ($0.attention, $0.copyreSelu, $0.copyInnerSelu) = (attention, selu, inner)
      $0.mask = turn(CopyOptions.Mask.allCases, 0)
      $0.targetOrder = turn(TargetOrder.allCases, 1)
      $0.decoderReduction = turn(CopyOptions.DecoderReduction.allCases, 2)
      $0.taggedEntities = turn(TaggedEntities.allCases, 3)
      $0.quintAnchor = turn(CopyOptions.QuintAnchor.allCases, 4)
      $0.crfEnds = turn([true, false], 5)
      $0.crfConstrained = turn([true, false], 6)
      $0.stopAtNA = turn([false, true], 7)
      $0.dropout = turn([0, 0.3], 8)
      $0.lambda = turn([1, 0.25], 9)
    }
  }

  /// A value that seems to be chosen at random, for the option of that index.
  private func turn<Value>(_ values: [Value], _ option: Int) -> Value {
    var hash = UInt64(number * 16 + option) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
    return values[Int(hash >> 33) % values.count]
  }
}

@Suite("Every combination of options")
struct OptionTests {
  @Test(
    "runs forward, backward and in prediction, with the gradient of its loss",
    arguments: Combination.all)
  func combination(_ combination: Combination) {
    for attention in CopyOptions.Attention.allCases {
      for (selu, inner) in [(false, true), (false, false), (true, true)] {
        let options = combination.options(attention, selu: selu, inner: inner)
        check(CopyRE.self, options)
        check(CopyREPrime.self, options)
        check(CopyREPrime5.self, options)
        check(CopyMTL.self, options)
      }
    }
  }

  private func check<Model: CopyModel>(_ type: Model.Type, _ options: CopyOptions) {
    let tiny = TinyModel<Model>(options, seed: 3)
    let shards = [TinyCorpus.examples, [TinyCorpus.examples[3]]]
    for shard in shards {
      let step = tiny.step(shard)
      #expect(step.total.isFinite && step.gradient.allSatisfy(\.isFinite), "\(options)")
      checkDirection(tiny, step.gradient, shard, options)
      let predictions = tiny.predict(shard)
      for (prediction, example) in zip(predictions, shard) {
        let spans = prediction.groups.flatMap { [$0.head?.span, $0.tail?.span] }.compactMap { $0 }
        #expect(spans.allSatisfy { $0.end < example.length })
        #expect(prediction.groups.count <= options.triples)
        #expect(prediction.tags?.count == (Model.architecture.tagging ? example.length : nil))
      }
    }
    let free = options.with { $0.teacherForcing = 0 }
    let step = TinyModel<Model>(free, seed: 3).step()
    #expect(step.total.isFinite && step.gradient.allSatisfy(\.isFinite))
  }

  /// Compares the slope of the loss along the gradient with a central difference.
  ///
  /// Along the unit vector of the gradient `g` the slope is `|g|`, of size 1 or more here. With steps of
  /// 2⁻¹⁰ the losses, off by 10⁻⁶ or so, give the quotient to 10⁻³. Where a unit of selu crosses its
  /// kink within the step, the slope of one side must do.
  private func checkDirection<Model: CopyModel>(
    _ tiny: TinyModel<Model>, _ gradient: [Float], _ shard: [WordInput],
    _ options: CopyOptions
  ) {
    let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let start = Array(tiny.parameters.buffer)
    func total(_ distance: Double) -> Double {
      for (i, value) in start.enumerated() {
        tiny.parameters.buffer[i] = Float(
          Double(value) + distance * Double(gradient[i]) / norm)
      }
      return tiny.total(shard)
    }
    func agrees(_ slope: Double) -> Bool { abs(slope - norm) <= 5e-3 * norm }
    let (step, here) = (0x1p-10, total(0))
    let right =
      agrees((total(step) - total(-step)) / (2 * step))
      || agrees((total(step / 4) - here) / (step / 4))
      || agrees((here - total(-step / 4)) / (step / 4))
    for (i, value) in start.enumerated() { tiny.parameters.buffer[i] = value }
    #expect(right, "\(Model.names[0]): not \(norm) with \(options)")
  }
}
