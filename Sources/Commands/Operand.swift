/// The arguments of a verb that stand without a name.
package struct Operand: Hashable, Sendable {
  let name: String
  let count: Count
  let help: String

  /// Declares the operand of a verb.
  ///
  /// - Parameter name: the word by which usage, help and messages call it.
  package init(name: String, count: Count, help: String) {
    self.name = name
    self.count = count
    self.help = help
  }
}
