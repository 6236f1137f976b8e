import Autodiff
import Collectives
import Tensors
import Testing
import Training

/// Updates in double precision, written from the papers' formulas.
private struct Reference {
  var options: OptimizerOptions
  var p: [Double]
  var average: [Double]
  var m: [Double]
  var v: [Double]

  init(_ options: OptimizerOptions, _ p: [Double]) {
    self.options = options
    self.p = p
    average = p
    m = p.map { _ in 0 }
    v = p.map { _ in 0 }
  }

  /// - Parameter decays: whether weight decay applies to each number.
  mutating func update(_ gradient: [Double], decays: [Bool], step: Int, rate: Double) {
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let limit = Double(options.clip)
    let scale = limit > 0 && norm > limit ? limit / norm : 1
    let (b1, b2, rho) = (Double(options.beta1), Double(options.beta2), Double(options.rho))
    let epsilon = Double(options.epsilon)
    for i in p.indices {
      let g = gradient[i] * scale
      switch options.kind {
      case .sgd: p[i] -= rate * g
      case .rmsprop:
        v[i] = rho * v[i] + (1 - rho) * g * g
        p[i] -= rate * g / (v[i].squareRoot() + epsilon)
      case .adam, .adamw:
        m[i] = b1 * m[i] + (1 - b1) * g
        v[i] = b2 * v[i] + (1 - b2) * g * g
        let first = m[i] / (1 - power(b1, step))
        let second = v[i] / (1 - power(b2, step))
        if options.kind == .adamw && decays[i] { p[i] -= rate * Double(options.weightDecay) * p[i] }
        p[i] -= rate * first / (second.squareRoot() + epsilon)
      }
      let keep = min(Double(options.average), Double(1 + step) / Double(10 + step))
      average[i] = keep * average[i] + (1 - keep) * p[i]
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}

@Suite("Optimisers")
struct OptimizerTests {
  static let cases: [(OptimizerOptions.Kind, clip: Float)] = [
    (.adam, 0), (.adamw, 0), (.sgd, 0), (.rmsprop, 0), (.adam, 0.7), (.sgd, 0.7), (.adam, 1e6),
  ]

  @Test("fifty updates, partition by partition, are those of the formulas", arguments: cases)
  func formulas(kind: OptimizerOptions.Kind, clip: Float) throws {
    var options = OptimizerOptions()
    options.kind = kind
    options.clip = clip
    options.weightDecay = 0.5
    // Reached at step 17 of 50.
    options.average = 2 / 3
    var layout = ParameterLayout()
    _ = layout.declare("weight", rows: 3, columns: 5, .zeros)
    _ = layout.declare("bias", columns: 4, .zeros, decays: false)
    let decays = [Bool](repeating: true, count: 15) + [Bool](repeating: false, count: 4)
    let start = (0..<19).map { Float($0 % 7) / 4 - 0.8 }
    let parameters = Slab(count: layout.count)
    for (i, value) in start.enumerated() { parameters.buffer[i] = value }
    var reference = Reference(options, start.map(Double.init))
    let optimizer = Optimizer(options, layout: layout)
    optimizer.startAverage(at: parameters, partitions: [0..<7, 7..<19])
    let average = try #require(optimizer.average).values
    let team = ThreadTeam(2)
    for step in 1...50 {
      let gradient = (0..<19).map { Float(($0 * 31 + step * 17) % 23) / 11 - 1 }
      try gradient.withUnsafeBufferPointer { values in
        let pointer = try #require(values.baseAddress)
        let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        for partition in [0..<7, 7..<19] {
          let isFinite = optimizer.update(
            parameters, partition: partition, gradient: pointer + partition.lowerBound,
            Optimizer.Plan(norm: norm, step: step, rate: 0.01), on: team)
          #expect(isFinite)
        }
      }
      reference.update(
        gradient.map(Double.init), decays: decays, step: step, rate: Double(Float(0.01)))
      for i in 0..<19 {
        #expect(abs(Double(average.buffer[i]) - reference.average[i]) < 2e-5, "average \(i)")
      }
    }
    for i in 0..<19 {
      #expect(abs(Double(parameters.buffer[i]) - reference.p[i]) < 2e-5, "number \(i)")
      #expect(reference.p[i] != Double(start[i]))
    }
    let moments = Dictionary(
      uniqueKeysWithValues: optimizer.moments.map { ($0.name, $0.replica.values) })
    for i in 0..<19 {
      if let first = moments["first"] {
        #expect(abs(Double(first.buffer[i]) - reference.m[i]) < 1e-6)
      }
      if let second = moments["second"] {
        #expect(abs(Double(second.buffer[i]) - reference.v[i]) < 1e-6)
      }
    }
  }

  @Test("each kind keeps the moments that it needs")
  func moments() {
    let names: [OptimizerOptions.Kind: [String]] = [
      .adam: ["first", "second"], .adamw: ["first", "second"], .rmsprop: ["second"], .sgd: [],
    ]
    for kind in OptimizerOptions.Kind.allCases {
      var options = OptimizerOptions()
      options.kind = kind
      let optimizer = Optimizer(options, layout: ParameterLayout())
      #expect(optimizer.moments.map(\.name) == names[kind])
      #expect(optimizer.average == nil)
    }
  }

  /// Rate 2 and, but for the first, four steps of warm-up of 20 in all.
  static let rates: [(OptimizerOptions.Schedule, warmup: Int, step: Int, rate: Float)] = [
    (.constant, 0, 1, 2), (.constant, 0, 20, 2), (.constant, 4, 1, 0.5), (.constant, 4, 4, 2),
    (.constant, 4, 5, 2), (.linear, 0, 10, 1), (.linear, 0, 20, 0), (.linear, 4, 2, 1),
    (.linear, 4, 8, 1.5), (.linear, 4, 20, 0), (.linear, 4, 30, 0), (.cosine, 4, 4, 2),
    (.cosine, 4, 12, 1), (.cosine, 4, 20, 0), (.cosine, 0, 5, 1.7071068),
    (.inverseSqrt, 4, 3, 1.5), (.inverseSqrt, 4, 4, 2), (.inverseSqrt, 4, 16, 1),
    (.inverseSqrt, 0, 3, 1),
  ]

  @Test("the schedules give the rates that they promise", arguments: rates)
  func schedules(
    schedule: OptimizerOptions.Schedule, warmup: Int, step: Int, rate: Float
  ) {
    var options = OptimizerOptions()
    options.rate = 2
    options.schedule = schedule
    options.warmup = warmup
    #expect(abs(options.rate(step: step, total: 20) - rate) < 1e-6)
    (options.warmup, options.warmupShare) = (0, Float(warmup) / 20)
    #expect(abs(options.rate(step: step, total: 20) - rate) < 1e-6)
    #expect(options.looksAhead == (schedule.looksAhead || warmup > 0))
    options.floor = 0.25
    let isBounded = schedule.looksAhead && step > warmup
    let bounded = isBounded ? max(rate, 0.5) : rate
    #expect(abs(options.rate(step: step, total: 20) - bounded) < 1e-6)
  }
}
