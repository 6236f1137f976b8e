import Corpora
import Foundation
import ModelCases
import TestSupport
import Testing

/// All tests of the program, one after another: each of them starts several processes.
@Suite("The program", .serialized)
struct ProgramTests {}

/// The program under test.
let program = productsDirectory.appending(path: "tercet")

/// A folder of its own for a test, with the sample corpus in `data` and a small model's
/// configuration.
struct Workplace {
  let folder: URL

  /// The absolute path of a name in this folder.
  func path(_ name: String) -> String { folder.appending(path: name).path }

  func contents(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path(name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try contents(name), as: UTF8.self) }

  func write(_ text: String, to name: String) throws {
    try write(Data(text.utf8), to: name)
  }

  func write(_ data: Data, to name: String) throws {
    let url = URL(filePath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  /// The names in a folder of this one, sorted; none where there is no such folder.
  func names(_ name: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()) ?? []
  }

  /// Every file of a folder and its contents, but the run log, which tells of time.
  func snapshot(_ name: String) throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try names(name).filter { $0 != "run.jsonl" }.map {
        ($0, try contents("\(name)/\($0)"))
      })
  }

  /// Runs `tercet` without a launcher.
  func tercet(_ arguments: String..., input: String = "") throws -> ProcessResult {
    try tercet(arguments, input: input)
  }

  /// Runs `tercet` without a launcher.
  func tercet(_ arguments: [String], input: String = "") throws -> ProcessResult {
    try runProcess(program.path, arguments, input: input, in: folder, timeout: 60)
  }

  /// Runs `tercet train` on so many ranks, into the folder `checkpoints` of this one.
  ///
  /// - Parameters:
  ///   - settings: what follows `--set`.
  ///   - arguments: further arguments.
  func train(
    ranks: Int = 1, _ checkpoints: String, _ settings: [String] = [], _ arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws -> ProcessResult {
    let all =
      ["train", path("config.yaml"), "--checkpoints", path(checkpoints)]
      + settings.flatMap { ["--set", $0] } + arguments
    guard ranks > 1 else {
      return try runProcess(program.path, all, environment: environment, in: folder, timeout: 60)
    }
    return try mpirun(
      ranks: ranks, executable: program, arguments: all,
      environment: ["OMPI_MCA_orte_execute_quiet": "1"].merging(environment) { $1 }, timeout: 60)
  }

  /// Trains and expects it to end well.
  @discardableResult
  func trained(
    ranks: Int = 1, _ checkpoints: String, _ settings: [String] = [], _ arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws -> ProcessResult {
    let result = try train(
      ranks: ranks, checkpoints, settings, arguments, environment: environment)
    try #require(result.status == 0, "\(result.stderr)")
    return result
  }

  /// Expects that two files are the same bytes and, to an outside eye, the same contents.
  func expectSame(_ one: String, _ other: String, _ comment: Comment? = nil) throws {
    let same = try contents(one) == contents(other)
    #expect(same, comment ?? "\(one) and \(other) differ")
    let difference = try runProcess("/usr/bin/env", ["h5diff", "-c", path(one), path(other)])
    #expect(difference.status == 0, "\(difference.stdout)\(difference.stderr)")
  }

  /// Expects that a run ends in the same bits on one, two and three ranks, and that the run log of several says
  /// all of `said`, that of one nothing of it.
  func expectSameBits(_ settings: [String], said: [String]) throws {
    for ranks in [1, 2, 3] {
      try trained(ranks: ranks, "on\(ranks)", settings, ["--stop-after", "9"])
      let log = try text("on\(ranks)/run.jsonl")
      for words in said { #expect(log.contains(words) == (ranks > 1), "\(words), \(ranks) ranks") }
    }
    for ranks in [2, 3] { try expectSame("on1/last.h5", "on\(ranks)/last.h5") }
  }

  /// Expects that a run on two ranks that goes on on three, from a checkpoint, ends as one that was not stopped.
  func expectToGoOn(_ settings: [String]) throws {
    try trained("quiet", settings, ["--stop-after", "9"])
    try trained(ranks: 2, "cut", settings, ["--stop-after", "4"])
    try trained(ranks: 3, "cut", settings, ["--stop-after", "9", "--resume"])
    try expectSame("quiet/last.h5", "cut/last.h5")
  }

  /// Runs a program in Python, which has NumPy and h5py.
  func python(_ script: String, _ arguments: [String]) throws -> ProcessResult {
    try runProcess("/usr/bin/python3", ["-c", script] + arguments, in: folder)
  }
}

/// A small model on the sample corpus: 160 sentences to train on, 20 to select on.
private let configuration = """
  model:
    kind: copymtl
    hidden: 16
    embedding: 8
    fusion: 8
    triples: 3
    dropout: 0.2
  data:
    directory: DATA
  batch:
    size: 20
  epochs: 3
  oversubscribe: true

  """

/// The sample corpus, made once.
private let sample: [String: Data] = {
  do {
    return try withTemporaryDirectory { folder in
      let made = try runProcess(
        program.path,
        ["data", "synthesize", "--seed", "1", "--sentences", "200", "--out", folder.path])
      try #require(made.status == 0, "\(made.stderr)")
      return try ["train", "dev", "test"].reduce(into: [:]) {
        $0[$1] = try Data(contentsOf: folder.appending(path: "\($1).jsonl"))
      }
    }
  } catch {
    Issue.record("no sample corpus: \(error)")
    return [:]
  }
}()

/// Makes a folder for a test.
///
/// - Parameter test: the model of the configuration in place of the small CopyMTL; its options are the
///   published ones, and the test sets others.
func withWorkplace<T>(
  of test: ModelCase? = nil, _ body: (Workplace) throws -> T
) throws -> T {
  try withTemporaryDirectory { folder in
    let place = Workplace(folder: folder)
    for (name, data) in sample {
      try place.write(data, to: "data/\(name).jsonl")
      guard test?.isTyped == true else { continue }
      let path = place.path("data/\(name).jsonl")
      try JSONLines.write(try JSONLines.read(path).map(\.typed), to: path)
    }
    let rest = configuration.range(of: "data:").map { configuration[$0.lowerBound...] } ?? ""
    let text = (test.map { "model:\n  kind: \($0.kind)\n" + rest } ?? configuration)
      .replacing("DATA", with: place.path("data"))
    try place.write(text, to: "config.yaml")
    return try body(place)
  }
}

extension ProcessResult {
  /// The lines of standard error, but those that Open MPI's event loop has to say of its own end.
  var complaints: [String] {
    stderr.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("[warn] Epoll") }
  }
}

/// The cases of a test that starts many processes: all, or the first and the last where a sanitizer makes each
/// of them last many times as long.
func sampled<Case>(_ cases: [Case]) -> [Case] {
  Sanitizer.current == nil ? cases : Array(cases.prefix(1) + cases.dropFirst().suffix(1))
}

/// Whether several ranks, and files to compare, are possible here.
let hasRanks = mpirunPath != nil
