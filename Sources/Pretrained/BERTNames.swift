/// The names of a BERT's or UniLM's tensors in PyTorch's state dictionaries, by the arrays of ``TransformerFile``.
enum BERTNames {
  /// The parts of the encoder outside the blocks.
  static let embedding: [(array: String, tensor: String)] =
    [
      ("embed/word", "embeddings.word_embeddings.weight"),
      ("embed/position", "embeddings.position_embeddings.weight"),
      ("embed/segment", "embeddings.token_type_embeddings.weight"),
    ] + norm("embed/ln", "embeddings.LayerNorm")

  /// The head that predicts tokens.
  ///
  /// - Parameter bias: the name of its bias, ``bias`` or ``repeatedBias``.
  static func head(bias: String) -> [(array: String, tensor: String)] {
    linear("head/token/dense", "cls.predictions.transform.dense")
      + norm("head/token/ln", "cls.predictions.transform.LayerNorm") + [("head/token/bias", bias)]
  }

  /// The bias of the head, and its name as that of a decoder, which may hold a second copy.
  static let (bias, repeatedBias) = ("cls.predictions.bias", "cls.predictions.decoder.bias")

  /// The matrix of the head, which must be the table of words.
  static let tiedMatrix = "cls.predictions.decoder.weight"

  /// A block of the encoder.
  static func block(_ index: Int) -> [(array: String, tensor: String)] {
    let own = "layer/\(twoDigits(index))"
    let theirs = "encoder.layer.\(index)"
    return linear("\(own)/att/q", "\(theirs).attention.self.query")
      + linear("\(own)/att/k", "\(theirs).attention.self.key")
      + linear("\(own)/att/v", "\(theirs).attention.self.value")
      + linear("\(own)/att/o", "\(theirs).attention.output.dense")
      + norm("\(own)/att/ln", "\(theirs).attention.output.LayerNorm")
      + linear("\(own)/ffn/in", "\(theirs).intermediate.dense")
      + linear("\(own)/ffn/out", "\(theirs).output.dense")
      + norm("\(own)/ffn/ln", "\(theirs).output.LayerNorm")
  }

  /// A block's number as arrays have it.
  static func twoDigits(_ index: Int) -> String { index < 10 ? "0\(index)" : "\(index)" }

  /// The number of the block that a tensor belongs to; `nil` where it lies outside the blocks.
  static func blockNumber(of tensor: String) -> Int? {
    let parts = tensor.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "encoder", parts[1] == "layer", let number = Int(parts[2]),
      number >= 0, parts[2] == String(number)
    else { return nil }
    return number
  }

  private static func linear(_ own: String, _ theirs: String) -> [(array: String, tensor: String)] {
    [("\(own)/w", "\(theirs).weight"), ("\(own)/b", "\(theirs).bias")]
  }

  private static func norm(_ own: String, _ theirs: String) -> [(array: String, tensor: String)] {
    [("\(own)/gamma", "\(theirs).weight"), ("\(own)/beta", "\(theirs).bias")]
  }

  /// A tensor's name as it is looked up: without the prefix of a model that holds the encoder, and with today's names
  /// of a normalisation's weights.
  static func plain(_ name: String) -> String {
    var name = name
    for prefix in ["module.", "bert."] where name.hasPrefix(prefix) {
      name.removeFirst(prefix.count)
    }
    for (old, new) in [(".gamma", ".weight"), (".beta", ".bias")] where name.hasSuffix(old) {
      name = name.dropLast(old.count) + new
    }
    return name
  }

  /// Whether a tensor is passed over in silence: pooler, next sentence, and counts of positions.
  static func isDropped(_ name: String) -> Bool {
    name.hasPrefix("pooler.") || name.hasPrefix("cls.seq_relationship.")
      || name == "embeddings.position_ids"
  }
}
