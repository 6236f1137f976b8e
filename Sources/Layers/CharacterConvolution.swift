import Autodiff
import Kernels
import Tensors

/// Vectors of words from their characters: a convolution of width 3 over character vectors, its largest value over the
/// word's positions, and a function of that (Models/README.md 1.4).
public struct CharacterConvolution: Sendable {
  /// The vectors of characters, `[characters, width]`.
  public let table: Embedding
  /// `[filters, 3 · width]`: the columns of the character before, of the character itself and of the one after.
  public let weight: Parameter
  /// `[1, filters]`.
  public let bias: Parameter
  private let margin: Int
  private let function: Activation

  /// Declares `name.character`, `name.weight` and `name.bias`.
  ///
  /// - Parameters:
  ///   - ids: the ids of characters.
  ///   - margin: zero vectors on each side of a word, 1 or more.
  ///   - function: what follows the maximum; it rises, so that it could come before.
  package init(
    _ name: String, ids: Int, width: Int, filters: Int, margin: Int, function: Activation,
    start: Initializer, in layout: inout ParameterLayout
  ) {
    table = Embedding("\(name).character", ids: ids, width: width, start: start, in: &layout)
    weight = layout.declare(
      "\(name).weight", rows: filters, columns: 3 * width, .fan(3 * width))
    bias = layout.declare("\(name).bias", columns: filters, .fan(3 * width), decays: false)
    (self.margin, self.function) = (margin, function)
  }

  /// The width of a word's vector.
  public var filters: Int { weight.rows }

  /// The vectors of some words, `[words, filters]`, each distinct word computed once.
  ///
  /// - Parameters:
  ///   - words: the ids of each word's characters; at least one.
  ///   - rows: the sentence of each word.
  public func callAsFunction(_ words: [[Int]], rows: RowMap, on tape: Tape) -> Variable {
    var (forms, characters) = (Shared<[Int]>(), Shared<Int>())
    var formOfWord: [Int] = []
    for (row, word) in words.enumerated() {
      let sentence = rows.sentence(of: row)
      formOfWord.append(forms.index(of: word, sentence: sentence, on: tape))
    }
    let spelled = zip(forms.values, forms.sentences).map { form, sentence in
      form.map { characters.index(of: $0, sentence: Int(sentence), on: tape) }
    }
    let vectors = table(characters.values, rows: RowMap(characters.sentences), on: tape)
    let maxima = tape.characterMaxima(
      left: tape.third(0, of: weight, times: vectors),
      middle: tape.third(1, of: weight, times: vectors),
      right: tape.third(2, of: weight, times: vectors), words: spelled, margin: margin,
      rows: RowMap(forms.sentences))
    let vectorsOfForms = tape.activated(tape.biased(maxima, bias), function)
    return tape.gathered(vectorsOfForms, rows: formOfWord, as: rows)
  }

  /// Distinct values, each with the first sentence that has it. Shards share none, since their gradients are summed
  /// apart.
  private struct Shared<Value: Hashable> {
    private struct Key: Hashable {
      let shard: Int
      let value: Value
    }
    private var indices: [Key: Int] = [:]
    private(set) var values: [Value] = []
    private(set) var sentences: [Int32] = []

    mutating func index(of value: Value, sentence: Int, on tape: Tape) -> Int {
      let key = Key(shard: tape.shard(ofSentence: sentence), value: value)
      if let known = indices[key] { return known }
      indices[key] = values.count
      values.append(value)
      sentences.append(Int32(sentence))
      return values.count - 1
    }
  }
}
