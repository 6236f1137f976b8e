import Foundation
import Models
import Testing

@Suite("Temperatures")
struct TemperatureTests {
  @Test("a calibrated probability is that of the logit over T; T = 1 changes none")
  func calibrated() throws {
    let one = try #require(Temperature(1))
    let two = try #require(Temperature(2))
    for p: Float in [0, 0x1p-30, 0.01, 0.25, 0.5, 0.75, 0.999] {
      #expect(abs(one.calibrated(p) - p) <= p * 0x1p-23)
      // odds^(1/2)
      let root = (Double(p) / (1 - Double(p))).squareRoot()
      #expect(abs(Double(two.calibrated(p)) - root / (1 + root)) < 1e-7)
    }
  }

  @Test("a probability that rounds to 1 has a finite logit, above all others")
  func sure() throws {
    #expect(Temperature.logit(1) == Temperature.largestLogit)
    #expect(Temperature.logit(Float(1).nextDown) < Temperature.largestLogit)
    let hot = try #require(Temperature(20))
    #expect(abs(Double(hot.calibrated(1)) - 1 / (1 + exp(-17.0 / 20))) < 1e-7)
    #expect(hot.calibrated(0) == 0)
  }

  @Test("there are temperatures within the range alone")
  func range() {
    for value in [0.05, 1, 20] { #expect(Temperature(value)?.value == value) }
    for value in [0.04, 20.1, 0, -1, .nan, .infinity] { #expect(Temperature(value) == nil) }
  }
}
