import Autodiff
import Layers
import Tensors
import Testing

@Suite("First values of parameters")
struct InitializationTests {
  private func values(
    _ layout: ParameterLayout, seed: UInt64 = 1
  ) -> [String: [Float]] {
    let slab = Slab(count: layout.count)
    slab.buffer.update(repeating: .nan)
    slab.initialize(layout, seed: seed)
    return Dictionary(
      uniqueKeysWithValues: layout.parameters.map { ($0.name, slab($0).elements) })
  }

  /// A uniform draw of 300 or more comes within a tenth of each bound, and its mean within a fifth of
  /// 0, but for one time in millions.
  private func expectUniform(_ values: [Float], bound: Float) {
    #expect(values.count >= 300 && values.allSatisfy { -bound <= $0 && $0 < bound })
    #expect(values.max() ?? 0 > 0.9 * bound && values.min() ?? 0 < -0.9 * bound)
    #expect(abs(values.reduce(0, +) / Float(values.count)) < 0.2 * bound)
    #expect(Set(values).count > values.count * 99 / 100)
  }

  @Test("recurrent and linear weights and biases lie in ±1/√fan, tables in ±.25, CRF in ±.1")
  func bounds() {
    var layout = ParameterLayout()
    _ = Embedding("word", words: 200, width: 10, start: .uniform(bound: 0.25), in: &layout)
    _ = Embedding("relation", ids: 40, width: 10, start: .uniform(bound: 0.25), in: &layout)
    _ = Linear("linear", inputs: 16, outputs: 300, in: &layout)
    _ = SplitLinear("split", left: 20, right: 5, outputs: 300, in: &layout)
    _ = CellParameters("lstm", .lstm, inputs: 5, width: 100, in: &layout)
    _ = CellParameters("gru", .gruResetAfter, inputs: 200, width: 100, in: &layout)
    _ = Tagger("tagger", inputs: 4, tags: 20, ends: true, in: &layout)
    let values = values(layout)
    expectUniform(values["word"]?.dropLast(10) ?? [], bound: 0.25)
    #expect(values["word"]?.suffix(10) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "the word after NA")
    expectUniform(values["relation"] ?? [], bound: 0.25)
    for name in ["linear.weight", "linear.bias"] { expectUniform(values[name] ?? [], bound: 0.25) }
    for name in ["split.weight", "split.bias"] { expectUniform(values[name] ?? [], bound: 0.2) }
    for name in ["lstm", "gru"] {
      for part in ["input.weight", "recurrent.weight", "bias"] {
        expectUniform(values["\(name).\(part)"] ?? [], bound: 0.1)
      }
    }
    expectUniform(values["gru.recurrent.bias"] ?? [], bound: 0.1)
    expectUniform(values["tagger.crf.transitions"] ?? [], bound: 0.1)
    let ends = ["start", "end"].flatMap { values["tagger.crf.\($0)"] ?? [] }
    #expect(ends.count == 40 && ends.allSatisfy { abs($0) <= 0.1 && $0 != 0 })
  }

  @Test("normal draws have mean 0, the deviation asked for, and the tails of a normal")
  func normal() {
    var layout = ParameterLayout()
    _ = layout.declare("a", rows: 200, columns: 100, .normal(deviation: 2))
    let drawn = (values(layout)["a"] ?? []).map { Double($0) / 2 }
    func mean(of power: (Double) -> Double) -> Double {
      drawn.reduce(0) { $0 + power($1) } / Double(drawn.count)
    }
    // Five deviations of each moment's own error over 20,000 draws.
    #expect(abs(mean { $0 }) < 0.036)
    #expect(abs(mean { $0 * $0 } - 1) < 0.05)
    #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 0.35)
    #expect((0.29...0.345).contains(mean { abs($0) > 1 ? 1 : 0 }))
    #expect(Set(drawn).count > 19_900)
  }

  @Test("ones are ones, centred draws lie about their centre, and some rows may be zeros")
  func others() {
    var layout = ParameterLayout()
    _ = layout.declare("ones", columns: 3, .ones)
    _ = layout.declare(
      "unit", rows: 4, columns: 100, .uniform(center: 0.5, bound: 0.5), zeroRows: 3..<4)
    let values = values(layout)
    #expect(values["ones"] == [1, 1, 1])
    expectUniform((values["unit"] ?? []).prefix(300).map { $0 - 0.5 }, bound: 0.5)
    #expect(values["unit"]?.suffix(100).allSatisfy { $0 == 0 } == true)
  }

  @Test("values depend on seed and name, not on the order of declaration")
  func order() {
    var (one, other) = (ParameterLayout(), ParameterLayout())
    _ = Linear("a", inputs: 4, outputs: 3, in: &one)
    _ = Linear("b", inputs: 4, outputs: 3, in: &one)
    _ = Linear("b", inputs: 4, outputs: 3, in: &other)
    _ = Embedding("c", ids: 9, width: 2, start: .zeros, in: &other)
    _ = Linear("a", inputs: 4, outputs: 3, in: &other)
    let (first, second) = (values(one), values(other))
    #expect(first["a.weight"] == second["a.weight"] && first["b.bias"] == second["b.bias"])
    #expect(first["a.weight"] != first["b.weight"])
    #expect(values(one, seed: 2)["a.weight"] != first["a.weight"])
  }
}
