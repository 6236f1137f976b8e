/// The relations of an id file, outside which no relation may occur.
struct RelationInventory {
  let file: String
  let byID: [Int: String]
  private let names: Set<ExactString>

  static func read(_ path: String) throws(CorpusError) -> RelationInventory {
    let numbered = try NumberedNames(path)
    return RelationInventory(file: path, byID: numbered.names)
  }

  private init(file: String, byID: [Int: String]) {
    self.file = file
    self.byID = byID
    names = Set(byID.values.map(ExactString.init))
  }

  func contains(_ relation: String) -> Bool { names.contains(ExactString(relation)) }
}
