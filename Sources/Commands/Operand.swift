/// The arguments of a verb that stand without a name.
package struct Operand: Hashable, Sendable {
  let name: String
  let count: Count
  let help: String
  /// The words that it may be, as a shell offers them; empty for names of files.
  let choices: [String]

  /// As a line of usage has it.
  var usage: String { name.contains(" ") ? name : count.usage(name) }

  /// What is said where none is given.
  var absence: String {
    let names = name.split(separator: " ").map { $0.replacing("...", with: "") }
    return "\(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") missing"
  }

  /// Declares the operand of a verb.
  ///
  /// - Parameters:
  ///   - name: the word by which usage, help and messages call it; several words are a line of usage as they stand.
  ///   - choices: all words that it may be, where it names no file.
  package init(name: String, count: Count, choices: [String] = [], help: String) {
    self.name = name
    self.count = count
    self.choices = choices
    self.help = help
  }
}
