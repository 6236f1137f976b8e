import Foundation
import Testing

/// The data of a page, read as a browser would.
struct Contents {
  private let root: [String: Any]

  init(of html: String) throws {
    let opening = try #require(html.range(of: "<script id=\"data\" type=\"application/json\">"))
    let closing = try #require(
      html.range(of: "</script>", range: opening.upperBound..<html.endIndex))
    let json = Data(html[opening.upperBound..<closing.lowerBound].utf8)
    root = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
  }

  func string(_ key: String) -> String? { root[key] as? String }
  func strings(_ key: String) -> [String] { root[key] as? [String] ?? [] }
  var systems: [[String: Any]] { root["systems"] as? [[String: Any]] ?? [] }

  /// A list of the sentences.
  func corpus<Element>(_ key: String, of: Element.Type) -> [Element] {
    (root["corpus"] as? [String: Any])?[key] as? [Element] ?? []
  }

  /// The items by kind and by the triples that they have.
  var items: [(kind: Int, hasGold: Bool, hasPrediction: Bool)] {
    var items: [(kind: Int, hasGold: Bool, hasPrediction: Bool)] = []
    var stream = corpus("items", of: Int.self)[...]
    while let shape = stream.popFirst() {
      items.append((shape >> 2, shape & 1 != 0, shape & 2 != 0))
      stream = stream.dropFirst((shape & 1 != 0 ? 5 : 0) + (shape & 2 != 0 ? 6 : 0))
    }
    return items
  }
}
