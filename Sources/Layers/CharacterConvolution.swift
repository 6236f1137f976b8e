import Autodiff
import Tensors

/// Vectors of words from their characters: a convolution of width 3 over character vectors, rectified, and its largest
/// value over the word's positions (Models/README.md 1.4).
public struct CharacterConvolution: Sendable {
  /// The characters of a word that are read, from its start.
  public static let longest = 24

  /// The vectors of characters, `[characters, width]`.
  public let table: Embedding
  /// `[filters, 3 · width]`: the columns of the character before, of the character itself and of the one after.
  public let weight: Parameter
  /// `[1, filters]`.
  public let bias: Parameter

  /// Declares `name.character`, `name.weight` and `name.bias`.
  ///
  /// - Parameter ids: the ids of characters.
  public init(
    _ name: String, ids: Int, width: Int, filters: Int, start: Initializer,
    in layout: inout ParameterLayout
  ) {
    table = Embedding("\(name).character", ids: ids, width: width, start: start, in: &layout)
    weight = layout.declare(
      "\(name).weight", rows: filters, columns: 3 * width, .fan(3 * width))
    bias = layout.declare("\(name).bias", columns: filters, .fan(3 * width), decays: false)
  }

  /// The width of a word's vector.
  public var filters: Int { weight.rows }

  /// The vectors of some words, `[words, filters]`, each distinct word computed once.
  ///
  /// - Parameters:
  ///   - words: the ids of each word's characters; at least one, at most ``longest``.
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
      middle: tape.third(1, of: weight, bias: bias, times: vectors),
      right: tape.third(2, of: weight, times: vectors), words: spelled,
      rows: RowMap(forms.sentences))
    return tape.gathered(maxima, rows: formOfWord, as: rows)
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
