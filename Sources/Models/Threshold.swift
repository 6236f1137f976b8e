/// A threshold of a model: it decides what the model finds and changes no training, so that it may be chosen after
/// it.
public struct Threshold: Codable, Sendable, Equatable {
  /// The key below `model`, such as `threshold`.
  public let key: String
  /// The probability from which something is found, in `0<..<1`.
  public var value: Float

  /// Makes a threshold.
  public init(_ key: String, _ value: Float) { (self.key, self.value) = (key, value) }

  /// The thresholds as checkpoints keep them and people read them: `threshold=0.35`.
  public static func text(_ thresholds: [Threshold]) -> String {
    thresholds.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
  }

  /// The thresholds with other values, in their order.
  public static func list(_ thresholds: [Threshold], with values: [Float]) -> [Threshold] {
    zip(thresholds, values).map { Threshold($0.key, $1) }
  }

  /// The thresholds of a text; `nil` unless it is what ``text(_:)`` makes.
  public static func list(_ text: String) -> [Threshold]? {
    var list: [Threshold] = []
    for part in text.split(separator: ", ", omittingEmptySubsequences: false) {
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      guard words.count == 2, let value = Float(words[1]) else { return nil }
      list.append(Threshold(String(words[0]), value))
    }
    return self.text(list) == text ? list : nil
  }
}
