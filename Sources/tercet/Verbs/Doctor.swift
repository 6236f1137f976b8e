import Commands
import Foundation
import Typesetting

/// `tercet doctor [DIR]`: looks at what tercet needs here, and says what to do where it is not there.
struct Doctor: Verb {
  static let syntax = VerbSyntax(
    words: ["doctor"],
    purpose: "look whether all that tercet needs works here, and say what to do",
    operand: Operand(
      name: "DIR", count: .upToOnce, help: "folder for checkpoints to try (default: this one)"),
    flags: [selfTest],
    notes: "A line a check: ok, warn or fail, and what to do. A block for bug reports follows. "
      + "With a fail the exit status is 1.",
    examples: [
      "tercet doctor",
      "tercet doctor /scratch/checkpoints",
      "mpirun --timeout 60 --hostfile hosts tercet doctor --self-test",
    ])

  private static let selfTest = Flag(
    "self-test",
    help: "only sum a vector over the ranks that a launcher has started, on any hosts (default: on "
      + "two ranks here, beside all other checks)")

  /// The folder for checkpoints.
  let folder: String
  /// Whether this is a rank that sums a vector, and no more.
  let onlySums: Bool

  func run() throws -> ExitStatus {
    if onlySums { return try SelfTest.run() }
    let environment = ProcessInfo.processInfo.environment
    var findings: [Finding] = []
    let checks: [() -> [Finding]] = [
      LauncherChecks.findings, ProductChecks.findings, StorageChecks(folder: folder).findings,
      HostChecks.findings,
    ]
    for check in checks {
      let found = check()
      for finding in found { Self.say(finding) }
      findings += found
    }
    let bad = findings.filter { $0.grade != .ok }
    Console.line("\nFor a report of a defect:\n\n```")
    let facts = SystemReport.lines(environment: environment)
    for line in facts + bad.map(\.summary) { Console.line(line) }
    Console.line("```")
    return bad.contains { $0.grade == .fail } ? .failure : .success
  }

  /// The columns of grade and subject.
  private static let (gradeWidth, subjectWidth) = (6, 12)

  private static func say(_ finding: Finding) {
    let width = gradeWidth + subjectWidth
    let head =
      finding.grade.rawValue.padded(to: gradeWidth) + finding.subject.padded(to: subjectWidth)
    let room = Console.width.map { max(24, $0 - width) }
    let lines = Lines.wrapped(finding.text, to: room)
    let indent = "\n" + String(repeating: " ", count: width)
    Console.line(head + lines.joined(separator: indent))
  }
}

extension Doctor {
  init(_ line: ArgumentLine) throws(UsageError) {
    let onlySums = line.has(Self.selfTest)
    if onlySums, !line.operands.isEmpty {
      throw line.error("'--self-test' writes no checkpoint; leave DIR out")
    }
    self.init(folder: line.operands.first ?? ".", onlySums: onlySums)
  }
}
