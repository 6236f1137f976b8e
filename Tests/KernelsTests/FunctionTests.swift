import Foundation
import Kernels
import Testing

/// A function of the kernels with its true value and what it may be off by.
struct FunctionCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let range: ClosedRange<Float>
  let kernel: @Sendable (Float) -> Float
  let truth: @Sendable (Double) -> Double
  /// Of the true value, in units of 2⁻²⁴.
  let relative: Double

  /// The polynomial of `eʳ − 1` has a relative error of 2⁻²³ at most and its scaled sum rounds once, so
  /// 4 units of 2⁻²⁴ hold the exponential. A quotient or a difference of such numbers adds a rounding
  /// or two, and so do the products of selu with its constants.
  static let all = [
    FunctionCase(
      testDescription: "exponential", range: -87...88, kernel: { exponential($0) },
      truth: { exp($0) }, relative: 4),
    FunctionCase(
      testDescription: "exponential minus one", range: -87...88,
      kernel: { exponentialMinusOne($0) }, truth: { expm1($0) }, relative: 6),
    FunctionCase(
      testDescription: "exponential minus one near 0", range: -1e-3...1e-3,
      kernel: { exponentialMinusOne($0) }, truth: { expm1($0) }, relative: 4),
    FunctionCase(
      testDescription: "logistic", range: -80...80, kernel: { logistic($0) },
      truth: { 1 / (1 + exp(-$0)) }, relative: 8),
    FunctionCase(
      testDescription: "tanh", range: -30...30, kernel: { hyperbolicTangent($0) },
      truth: { tanh($0) }, relative: 8),
    FunctionCase(
      testDescription: "tanh near 0", range: -1e-2...1e-2, kernel: { hyperbolicTangent($0) },
      truth: { tanh($0) }, relative: 8),
    FunctionCase(
      testDescription: "selu", range: -90...90, kernel: { selu($0) }, truth: { seluTruth($0) },
      relative: 8),
    // A polynomial and a sum that round once each, or an exponential of less than 0.2 beside 1.
    FunctionCase(
      testDescription: "erf", range: -5...5, kernel: { errorFunction($0) }, truth: { erf($0) },
      relative: 2),
    FunctionCase(
      testDescription: "erf near 0", range: -1e-3...1e-3, kernel: { errorFunction($0) },
      truth: { erf($0) }, relative: 2),
    FunctionCase(
      testDescription: "gelu above −1", range: -1...40, kernel: { gelu($0) },
      truth: { geluTruth($0) }, relative: 8),
    FunctionCase(
      testDescription: "selu near 0", range: -1e-2...1e-2, kernel: { selu($0) },
      truth: { seluTruth($0) }, relative: 8),
  ]

  static func geluTruth(_ x: Double) -> Double { x / 2 * erfc(-x / 2.0.squareRoot()) }

  static func seluTruth(_ x: Double) -> Double {
    1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))
  }
}

@Suite("Functions of the kernels")
struct FunctionTests {
  @Test("values are those of float64 but for a few last places", arguments: FunctionCase.all)
  func accuracy(_ function: FunctionCase) {
    let (low, high) = (function.range.lowerBound, function.range.upperBound)
    var worst = (error: 0.0, at: Float(0))
    for i in 0...200_000 {
      let x = low + (high - low) * Float(i) / 200_000
      let truth = function.truth(Double(x))
      let difference = abs(Double(function.kernel(x)) - truth)
      let error = difference == 0 ? 0 : difference / abs(truth) * 0x1p24
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= function.relative, "at \(worst.at)")
  }

  @Test("the numbers of Copy/README.md 2.1")
  func seluNumbers() {
    #expect(abs(selu(-1) - -1.111331) < 1e-6)
    #expect(abs(selu(0.5) - 0.525350) < 1e-6)
    #expect(selu(0) == 0)
  }

  @Test("the slope of selu, read off its value")
  func seluSlopes() {
    for i in -300...300 where i != 0 {
      let x = Double(i) / 50
      let truth = 1.0507009873554805 * (x > 0 ? 1 : 1.6732632423543772 * exp(x))
      #expect(abs(Double(seluSlope(ofValue: selu(Float(x)))) - truth) < 1e-6)
    }
  }

  @Test("gelu and its slope, biased, within 1e-6 and of the same bits either way")
  func biasedGelus() {
    let count = 1003
    let x = (0..<count).map { Float($0) / 50 - 10 }
    let bias = (0..<count).map { Float($0 % 7) / 8 - 0.3 }
    var (slopes, values, alone) = (x, [Float](repeating: 0, count: count), x)
    biasedGelu(&slopes, bias: bias, into: &values, count: count)
    applyBiasedGelu(bias: bias, to: &alone, count: count)
    #expect(values.map(\.bitPattern) == alone.map(\.bitPattern))
    for i in 0..<count {
      let z = Double(x[i] + bias[i])
      let slope =
        erfc(-z / 2.0.squareRoot()) / 2 + z * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      #expect(abs(Double(values[i]) - FunctionCase.geluTruth(z)) < 1e-6)
      #expect(abs(Double(slopes[i]) - slope) < 1e-6)
    }
    #expect(gelu(.nan).isNaN && errorFunction(.nan).isNaN)
    #expect(errorFunction(.infinity) == 1 && errorFunction(-.infinity) == -1)
  }

  @Test("products with slopes add to what is there, at any length", arguments: [0, 1, 7, 33])
  func slopes(count: Int) {
    let functions: [(Activation, (Double) -> Double)] = [
      (.identity, { _ in 1 }), (.tanh, { 1 - tanh($0) * tanh($0) }),
      (.logistic, { exp(-$0) / pow(1 + exp(-$0), 2) }),
      (.selu, { $0 > 0 ? 1.0507009873554805 : FunctionCase.seluTruth($0) + 1.7580993408473766 }),
    ]
    for (function, slope) in functions {
      let x = (0..<count).map { Float($0) / 7 - 2.2 }
      let dy = (0..<count).map { Float($0 % 5) - 1.5 }
      var (y, dx) = (x, (0..<count).map { Float($0 % 3) })
      apply(function, to: &y, count: count)
      addSlopeProduct(function, value: y, dy, to: &dx, count: count)
      for i in 0..<count {
        let truth = Double(i % 3) + Double(dy[i]) * slope(Double(x[i]))
        #expect(abs(Double(dx[i]) - truth) < 2e-6)
      }
    }
  }

  @Test("NaN stays NaN, alone and in every place of a vector")
  func notANumber() {
    #expect(exponential(.nan).isNaN && exponentialMinusOne(.nan).isNaN)
    #expect(logistic(.nan).isNaN && hyperbolicTangent(.nan).isNaN && selu(.nan).isNaN)
    for function: Activation in [.identity, .logistic, .tanh, .selu] {
      for place in 0..<37 {
        var values = [Float](repeating: 0.5, count: 37)
        values[place] = .nan
        apply(function, to: &values, count: 37)
        #expect(values.indices.filter { values[$0].isNaN } == [place])
      }
    }
  }

  @Test("infinities, and values beyond the range, reach the limits")
  func limits() {
    for x: Float in [89, 1e4, .greatestFiniteMagnitude, .infinity] {
      #expect(logistic(x) == 1 && hyperbolicTangent(x) == 1)
      #expect(selu(x) == Selu.scale * x)
      #expect(exponential(x) == exponential(88) && exponential(x).isFinite)
      #expect((0...1e-37).contains(logistic(-x)) && hyperbolicTangent(-x) == -1)
      #expect((0...2e-38).contains(exponential(-x)) && exponentialMinusOne(-x) == -1)
      #expect(abs(selu(-x) + Selu.scale * Selu.alpha) < 1e-6)
    }
    #expect(exponential(0) == 1 && exponentialMinusOne(0) == 0 && hyperbolicTangent(0) == 0)
  }

  @Test("a vector's elements are those of the function alone", arguments: [0, 1, 15, 17, 64, 1001])
  func vectors(count: Int) {
    let x = (0..<count).map { Float($0) * 0.037 - 9 }
    let functions: [(Activation, (Float) -> Float)] = [
      (.identity, { $0 }), (.logistic, { logistic($0) }),
      (.tanh, { hyperbolicTangent($0) }), (.selu, { selu($0) }),
    ]
    for (function, scalar) in functions {
      var y = x
      apply(function, to: &y, count: count)
      for (value, argument) in zip(y, x) {
        // The compiler may reorder the products of one and not of the other.
        #expect(abs(value - scalar(argument)) <= 2 * scalar(argument).ulp)
      }
    }
  }
}
