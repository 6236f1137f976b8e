/// The names of an id file, words or relations, by their ids.
///
/// The shapes in use are `{name: id}`, `{id: name}`, a list of either, and a list of both.
struct NumberedNames {
  let file: String
  private(set) var names: [Int: String] = [:]

  init(_ path: String) throws(CorpusError) {
    file = path
    let root = try JSONFile.value(path)
    if case .array = root.value {
      for element in try root.elements() { try add(element) }
    } else {
      try add(root)
    }
    if names.isEmpty { throw CorpusError(file: path, "holds no name") }
  }

  private mutating func add(_ node: JSONNode) throws(CorpusError) {
    guard case .object(let members) = node.value else {
      throw node.mismatch("an object of names and ids")
    }
    for (key, value) in members {
      switch value {
      case .integer(let id): try add(key, id, node.place)
      case .string(let name):
        guard let id = Int(key) else {
          throw node.place.error("'\(key)': '\(name)' is neither name: id nor id: name")
        }
        try add(name, id, node.place)
      default: throw node.place.error("'\(key)' is \(value.kind), expected an id or a name")
      }
    }
  }

  private mutating func add(_ name: String, _ id: Int, _ place: Place) throws(CorpusError) {
    if let other = names[id], ExactString(other) != ExactString(name) {
      throw place.error("id \(id) is '\(other)' and '\(name)'")
    }
    names[id] = name
  }
}
