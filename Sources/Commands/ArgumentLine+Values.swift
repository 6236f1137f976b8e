import Configuration

extension ArgumentLine {
  /// Whether `flag` stands on the line.
  package func has(_ flag: Flag) -> Bool { given.contains { $0.flag == flag } }

  /// Every value of `flag`, in the order of the line.
  package func values(of flag: Flag) -> [String] {
    given.filter { $0.flag == flag }.compactMap(\.value)
  }

  /// The value of `flag`, or `nil` where it is not given.
  package func value(of flag: Flag) -> String? { values(of: flag).first }

  /// The value of a flag that the verb requires.
  package func requiredValue(of flag: Flag) -> String {
    guard let value = value(of: flag) else {
      preconditionFailure("'--\(flag.name)' is used as required but not declared so")
    }
    return value
  }

  /// The arguments without a name, in the order of the line.
  package var operands: [String] { positionals.map(\.text) }

  /// The only operand of a verb that requires one.
  package var requiredOperand: String {
    guard let first = positionals.first else {
      preconditionFailure("an operand is used as required but not declared so")
    }
    return first.text
  }

  /// The whole number after `flag`, at least `least`; `nil` where the flag is not given.
  package func number<N: FixedWidthInteger>(
    of flag: Flag, atLeast least: N
  ) throws(UsageError) -> N? {
    has(flag) ? try requiredNumber(of: flag, atLeast: least) : nil
  }

  /// The whole number after a flag that the verb requires, at least `least`.
  package func requiredNumber<N: FixedWidthInteger>(
    of flag: Flag, atLeast least: N
  ) throws(UsageError) -> N {
    let text = requiredValue(of: flag)
    guard let number = N(text), number >= least else {
      throw error(
        "'--\(flag.name)' must be a whole number from \(least) to \(N.max), "
          + "found \(Wording.quoted(text))")
    }
    return number
  }

  /// The probability after `flag`, from 0 to 1; `nil` where the flag is not given.
  package func probability(of flag: Flag) throws(UsageError) -> Float? {
    guard let text = value(of: flag) else { return nil }
    guard let number = Float(text), (0...1).contains(number) else {
      throw error("'--\(flag.name)' must be a number from 0 to 1, found \(Wording.quoted(text))")
    }
    return number
  }

  /// The case of which the raw value follows `flag`; `nil` where the flag is not given.
  package func choice<C: CaseIterable & RawRepresentable<String>>(
    of flag: Flag
  ) throws(UsageError) -> C? {
    has(flag) ? try requiredChoice(of: flag) : nil
  }

  /// The case of which the raw value follows a flag that the verb requires.
  package func requiredChoice<C: CaseIterable & RawRepresentable<String>>(
    of flag: Flag
  ) throws(UsageError) -> C {
    let names = C.allCases.map(\.rawValue)
    precondition(flag.choices == names, "'--\(flag.name)' is used as a choice but not declared so")
    let text = requiredValue(of: flag)
    guard let choice = C(rawValue: text) else {
      throw error(
        "'--\(flag.name)' must be one of \(names.joined(separator: ", ")); "
          + "found \(Wording.quoted(text))")
    }
    return choice
  }

  /// The words of this line without those of `left`, as another process may be given them.
  package func words(without left: Set<Flag>) -> [String] {
    let options = given.filter { !left.contains($0.flag) }
      .map { given in "--\(given.flag.name)" + (given.value.map { "=\($0)" } ?? "") }
    return options + ["--"] + operands
  }

  /// A mistake on this line.
  package func error(_ text: String) -> UsageError { UsageError(program, text) }
}
