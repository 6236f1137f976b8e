import Testing

@testable import Training

@Suite("Epochs and rates of a run")
struct CourseTests {
  /// Two steps an epoch; a warm-up of two steps to 4, then a rate that falls to 0 at the end.
  private func course(
    _ extensions: [Extension] = [], epochs: Int = 4,
    _ change: (inout RunOptions) -> Void = { _ in }
  ) throws -> Course {
    var options = try #require(RunOptions(modelKind: "copymtl"))
    (options.epochs, options.batch.size) = (epochs, 10)
    (options.optimizer.rate, options.optimizer.warmup) = (4, 2)
    options.optimizer.schedule = .linear
    change(&options)
    return Course(options, extensions, sentences: 20)
  }

  private func rates(_ course: Course) -> [Float] {
    (1...2 * course.epochs).map { (course.rate(step: $0) * 1000).rounded() / 1000 }
  }

  static let linear: [Float] = [2, 4, 3.333, 2.667, 2, 1.333, 0.667, 0]

  @Test("a schedule, its last rate above 0, and a schedule anew over the added epochs")
  func parts() throws {
    let kept = Extension(epochs: 6, rewarms: false)
    let anew = Extension(epochs: 7, rewarms: true)
    let short = Extension(epochs: 8, rewarms: false)
    #expect(rates(try course()) == Self.linear)
    #expect(rates(try course([kept])) == Self.linear + [0.667, 0.667, 0.667, 0.667])
    let all = try course([kept, anew, short])
    // Warm-up takes all of the epoch.
    #expect(rates(all) == Self.linear + [0.667, 0.667, 0.667, 0.667, 2, 4, 4, 4])
    #expect(all.epochs == 8)
    #expect(all.ends == [4, 6, 7, 8])
    let constant = try course([kept]) { $0.optimizer.schedule = .constant }
    #expect(rates(constant) == [2] + [Float](repeating: 4, count: 11))
  }

  @Test("a schedule that ends at its floor goes on with the floor")
  func floor() throws {
    let kept = try course([Extension(epochs: 5, rewarms: false)]) { $0.optimizer.floor = 0.25 }
    #expect(rates(kept) == [2, 4, 3.333, 2.667, 2, 1.333, 1, 1, 1, 1])
  }

  @Test("a schedule without a rate above 0 goes on with the rate of the options")
  func single() throws {
    let one = try course([Extension(epochs: 2, rewarms: false)], epochs: 1) {
      ($0.batch.size, $0.optimizer.warmup) = (20, 0)
    }
    #expect([one.rate(step: 1), one.rate(step: 2)] == [0, 4])
  }

  @Test("a warm-up that is longer than what it begins is a warning, of the last schedule")
  func warmup() throws {
    #expect(try course().warning == nil)
    #expect(try course(epochs: 1).warning == nil)
    let long = try course(epochs: 1) { $0.optimizer.warmup = 3 }
    #expect(long.warning?.hasPrefix("optimizer.warmup=3 is longer than the run of 2 steps") == true)
    let again = try course([Extension(epochs: 5, rewarms: true)]) { $0.optimizer.warmup = 3 }
    #expect(again.warning != nil)
    let kept = try course([Extension(epochs: 5, rewarms: false)]) { $0.optimizer.warmup = 3 }
    #expect(kept.warning == nil)
  }

  static let texts: [(text: String, list: [Extension]?)] = [
    ("", []), ("60", [Extension(epochs: 60, rewarms: false)]),
    ("60, 80 rewarm", [.init(epochs: 60, rewarms: false), .init(epochs: 80, rewarms: true)]),
    ("60, 60", nil), ("80, 60", nil), ("0", nil), ("-1", nil), ("x", nil), ("60 x", nil),
    ("60 x rewarm", nil), ("9223372036854775808", nil), ("1000000001", nil), (" , ", nil),
  ]

  @Test("checkpoints keep extensions as a text, and nothing else is one", arguments: texts)
  func text(_ text: String, _ list: [Extension]?) {
    #expect(Extension.list(text) == list)
    if let list { #expect(Extension.text(list) == text) }
  }
}
