import Foundation

/// The beginning of an input, by which its format is recognised.
struct Sample {
  let path: String
  let isFolder: Bool
  /// The first records, as far as the input is JSON.
  let records: [JSONNode]
  /// How the records stand in the file.
  let layout: JSONRecords.Layout
  /// The first line that is not blank; empty where there is none.
  let firstLine: String

  init(_ path: String) throws(CorpusError) {
    self.path = path
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self.isFolder = isFolder.boolValue
    // The prefix of two files is the name of none.
    let bytes = exists && !isFolder.boolValue ? try TextFile.bytes(path) : []
    let line = bytes.drop(while: isBlank).prefix { $0 != 0x0A }
    firstLine = String(decoding: line, as: UTF8.self)
    var reader = JSONRecords(bytes, file: path)
    layout = reader.layout
    var records: [JSONNode] = []
    var count = 0
    while count < 10, let element = reader.next() {
      if case .record(let node) = element { records.append(node) }
      count += 1
    }
    self.records = records
  }

  /// The reason why no record has all `keys`; `nil` where one has.
  func lacks(_ keys: String...) -> String? {
    if records.contains(where: { record in keys.allSatisfy { record[member: $0] != nil } }) {
      return nil
    }
    guard let first = records.first else { return isFolder ? "it is a folder" : "it is not JSON" }
    guard case .object = first.value else { return "its records are no objects" }
    let missing = keys.filter { first[member: $0] == nil }
    return
      "its records have no key \((missing.isEmpty ? keys : missing).map { "'\($0)'" }.joined(separator: ", "))"
  }

  /// The reason why an element of the list `key` lacks `member`; `nil` where all have it, or there is none.
  func lacks(_ member: String, inEach key: String) -> String? {
    let elements = records.flatMap { record -> [JSONValue] in
      guard case .array(let elements)? = record[member: key] else { return [] }
      return elements
    }
    let hasAll = elements.allSatisfy { element in
      guard case .object(let members) = element else { return false }
      return members.contains { $0.key == member }
    }
    return hasAll ? nil : "its '\(key)' have no '\(member)'"
  }

  /// The contents in a few words.
  var summary: String {
    if isFolder { return "a folder" }
    guard let first = records.first else {
      return firstLine.isEmpty
        ? "an empty file" : "text that starts '\(firstLine.shown(atMost: 30))'"
    }
    guard case .object(let members) = first.value else { return "JSON, \(first.value.kind) first" }
    let keys = members.prefix(8).map { "'\($0.key.shown(atMost: 30))'" }
    return "records with the keys " + (keys.isEmpty ? "none" : keys.joined(separator: ", "))
  }
}

extension JSONNode {
  /// The member of an object; `nil` where the value is none or lacks it.
  subscript(member key: String) -> JSONValue? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }
}
