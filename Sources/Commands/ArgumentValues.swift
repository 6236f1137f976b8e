import Configuration

extension ArgumentLine {
  /// Whether `flag` stands on the line.
  func has(_ flag: Flag) -> Bool { given.contains { $0.flag == flag } }

  /// Every value of `flag`, in the order of the line.
  func values(of flag: Flag) -> [String] {
    given.filter { $0.flag == flag }.compactMap(\.value)
  }

  /// The value of `flag`, or `nil` where it is not given.
  func value(of flag: Flag) -> String? { values(of: flag).first }

  /// The value of a flag that the verb requires.
  func requiredValue(of flag: Flag) -> String {
    guard let value = value(of: flag) else {
      preconditionFailure("'--\(flag.name)' is used as required but not declared so")
    }
    return value
  }

  /// The only operand of a verb that requires one.
  var requiredOperand: String {
    guard let first = operands.first else {
      preconditionFailure("an operand is used as required but not declared so")
    }
    return first.text
  }

  /// The whole number after `flag`, at least `least`.
  func number<N: FixedWidthInteger>(of flag: Flag, atLeast least: N) throws(UsageError) -> N? {
    has(flag) ? try requiredNumber(of: flag, atLeast: least) : nil
  }

  /// The whole number after a flag that the verb requires, at least `least`.
  func requiredNumber<N: FixedWidthInteger>(
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

  /// The case whose name follows `flag`.
  func choice<C: CaseIterable & RawRepresentable<String>>(of flag: Flag) throws(UsageError) -> C? {
    has(flag) ? try requiredChoice(of: flag) : nil
  }

  /// The case whose name follows a flag that the verb requires.
  func requiredChoice<C: CaseIterable & RawRepresentable<String>>(
    of flag: Flag
  ) throws(UsageError) -> C {
    let text = requiredValue(of: flag)
    guard let choice = C(rawValue: text) else {
      let names = C.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("'--\(flag.name)' must be one of \(names); found \(Wording.quoted(text))")
    }
    return choice
  }

  /// The number of threads after `flag`; one where it is not given.
  func threads(of flag: Flag) throws(UsageError) -> ThreadCount {
    guard let text = value(of: flag) else { return .exactly(1) }
    if text == "all" { return .all }
    guard let number = Int(text), 1...4096 ~= number else {
      throw error(
        "'--\(flag.name)' must be a whole number from 1 to 4096 or 'all', "
          + "found \(Wording.quoted(text))")
    }
    return .exactly(number)
  }

  func error(_ text: String) -> UsageError { UsageError(program, text) }
}

/// What products multiply.
public enum PrecisionChoice: String, Hashable, Sendable, CaseIterable {
  case float32, bfloat16
}

/// How many threads a command computes with.
public enum ThreadCount: Hashable, Sendable {
  case exactly(Int)
  /// As many as the machine has cores.
  case all
}
