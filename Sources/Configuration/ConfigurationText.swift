/// Options as text, for `--print-config` and for checkpoints.
public enum ConfigurationText {
  /// `options` as YAML that decodes to the same options, every key in the order of declaration.
  ///
  /// A float is the shortest text that decodes to the same bits; a property without a value is `null`.
  ///
  /// - Precondition: every number is finite.
  public static func yaml(of options: some Encodable) -> String {
    let node = NodeEncoder.node(of: options)
    return lines(of: node).map { $0 + "\n" }.joined()
  }

  /// The single values and lists of `options` by dotted key, in the order of declaration: two configurations can be
  /// compared key by key.
  ///
  /// - Precondition: every number is finite.
  public static func flattened(of options: some Encodable) -> [(key: String, value: String)] {
    flattened(NodeEncoder.node(of: options), at: [])
  }

  private static func flattened(_ node: Node, at path: [String]) -> [(key: String, value: String)] {
    if let text = node.flowText { return [(path.pathText, text)] }
    switch node.value {
    case .scalar: return []
    case .mapping(let entries): return entries.flatMap { flattened($0.node, at: path + [$0.key]) }
    case .sequence(let nodes):
      return nodes.enumerated().flatMap { flattened($1, at: path + ["[\($0)]"]) }
    }
  }

  private static func lines(of node: Node) -> [String] {
    if let text = node.flowText { return [text] }
    switch node.value {
    case .scalar: return []
    case .sequence(let nodes):
      return nodes.flatMap { element in
        lines(of: element).enumerated().map { i, line in (i == 0 ? "- " : "  ") + line }
      }
    case .mapping(let entries):
      return entries.flatMap { entry in
        let key = Scalar(text: entry.key, style: .quoted).yaml
        if let text = entry.node.flowText { return ["\(key): \(text)"] }
        return ["\(key):"] + lines(of: entry.node).map { "  " + $0 }
      }
    }
  }
}

extension Node {
  /// This node on one line; `nil` for a section with keys.
  fileprivate var flowText: String? {
    switch value {
    case .scalar(let scalar): return scalar.yaml
    case .mapping(let entries): return entries.isEmpty ? "{}" : nil
    case .sequence(let nodes):
      let texts = nodes.compactMap(\.flowText)
      return texts.count == nodes.count ? "[\(texts.joined(separator: ", "))]" : nil
    }
  }
}

extension Scalar {
  /// The scalar as YAML: a text stands in double quotes unless every reader of YAML takes it for a text without.
  fileprivate var yaml: String {
    style == .plain || isPlainText ? text : "\"\(text.unicodeScalars.map(\.yaml).joined())\""
  }

  /// Whether every reader of YAML, 1.1 included, takes `text` without quotes for the same text.
  private var isPlainText: Bool {
    let others = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]
    let inner: (UInt8) -> Bool = { $0.isLetter || $0.isDigit || "_-./+".utf8.contains($0) }
    guard let first = text.utf8.first, first.isLetter || "_/".utf8.contains(first) else {
      return false
    }
    return text.utf8.allSatisfy(inner) && !others.contains(text.lowercased())
  }
}

extension Unicode.Scalar {
  /// The character inside double quotes: an escape unless YAML counts it as printable.
  fileprivate var yaml: String {
    switch value {
    case 0x22, 0x5C: return "\\\(self)"
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...:
      return String(self)
    default:
      let digits = String(value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= self || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self
  }
}
