/// What users may mean by names that are no keys. Keys are whole, with dots.
public protocol KeyMeanings {
  /// The keys that a name stands for; none where it has no meaning.
  func keys(meantBy name: String) -> [String]
  /// The key that has a name like this one; `nil` without one.
  func key(like name: String) -> String?
}

extension ConfigurationDocument {
  /// Decodes options of type `T`: the values of this document, and `defaults` for all other keys.
  ///
  /// `T` needs only the `Codable` that the compiler writes: `defaults` is encoded, the document is laid over it, and
  /// `T` is decoded from both. A key of the document that decoding never asks for is unknown. A type may read
  /// one key of its section and decode another type from the same decoder; `defaults` must then be of the
  /// variant that the document names (``string(at:)``).
  ///
  /// - Parameters:
  ///   - type: the type of the options.
  ///   - defaults: a value for every key.
  ///   - meanings: what an unknown key may mean besides a key of its section.
  /// - Throws: `ConfigurationError` for an unknown key or a value of the wrong type. It gives a `DecodingError` of
  ///   `T` itself the position of its coding path.
  public func decode<T: Codable>(
    _ type: T.Type, defaults: T, meanings: (any KeyMeanings)? = nil
  ) throws(ConfigurationError) -> T {
    let asked = AskedKeys()
    let node = root.overlaid(on: NodeEncoder.node(of: defaults))
    do {
      let value = try NodeDecoder(node: node, path: [], asked: asked).decode(type)
      if let unknown = asked.firstUnknownKey(in: root, meanings) { throw unknown }
      return value
    } catch let error as ConfigurationError {
      throw error
    } catch let error as DecodingError {
      throw located(error, in: node)
    } catch {
      throw ConfigurationError("\(name): \(error)")
    }
  }

  /// An error of `T` at the position of its coding path, as far as the document has that.
  private func located(_ error: DecodingError, in node: Node) -> ConfigurationError {
    let (keys, text) = error.pathAndText
    let path = keys.map(\.stringValue)
    var position = node.position
    for length in 0...path.count {
      guard let inner = node[Array(path.prefix(length))] else { break }
      position = inner.position
    }
    let subject = path.isEmpty ? "the configuration" : Wording.quoted(path.pathText)
    return ConfigurationError(at: position, "\(subject): \(text)")
  }
}

extension DecodingError {
  fileprivate var pathAndText: ([any CodingKey], String) {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      (context.codingPath, context.debugDescription)
    case .keyNotFound(let key, let context): (context.codingPath + [key], context.debugDescription)
    @unknown default: ([], "\(self)")
    }
  }
}
