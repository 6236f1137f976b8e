import Autodiff
import Checkpoints
import Foundation
import Tensors
import Testing

/// One fixture file: plain HDF5 with reference values in float64.
final class Fixture {
  let name: String
  private let file: HDF5File
  /// The datasets that were read.
  private var read: Set<String> = []
  private let library: ProductLibrary

  /// - Parameter library: of the products that are compared with the file.
  init(_ url: URL, _ library: ProductLibrary) throws {
    name = url.lastPathComponent
    file = try HDF5File(reading: url.path)
    self.library = library
  }

  /// A tape over parameters as they are now.
  func tape(_ values: Slab, mode: Tape.Mode = .inference) -> Tape {
    let tape = Tape(weights: WeightStore(values, products: Products(library)))
    tape.mode = mode
    return tape
  }

  /// All datasets below a group, by full name.
  func datasets(in group: String = "/") throws -> [String] {
    try file.names(in: group).flatMap { name in
      let path = group == "/" ? name : "\(group)/\(name)"
      return try file.isGroup(path) ? datasets(in: path) : [path]
    }
  }

  func contains(_ name: String) throws -> Bool { try file.contains(name) }
  func groups() throws -> [String] { try file.names().filter { try file.isGroup($0) } }
  func names(in group: String) throws -> [String] { try file.names(in: group) }
  func shape(_ name: String) throws -> [Int] { try file.shape(of: name) }
  func doubles(_ name: String) throws -> [Double] {
    read.insert(name)
    return try file.doubles(name).values
  }
  func floats(_ name: String) throws -> [Float] { try doubles(name).map { Float($0) } }
  func integers(_ name: String) throws -> [Int] {
    read.insert(name)
    return try file.integers(name).values.map { Int($0) }
  }
  func attributes() throws -> [String] { try file.attributeNames() }

  /// A root attribute; an older file may lack it.
  func text(_ attribute: String, default value: String? = nil) throws -> String {
    if let value, try !file.attributeNames().contains(attribute) { return value }
    return try file.attribute(attribute).description
  }

  func integer(_ attribute: String, default value: Int? = nil) throws -> Int {
    let text = try text(attribute, default: value?.description)
    return try #require(Int(text), "\(name): attribute \(attribute)")
  }

  /// A root attribute that names a case, or is a truth value.
  func choice<T: RawRepresentable<String>>(
    _ attribute: String, default value: T? = nil
  ) throws -> T {
    let text = try text(attribute, default: value?.rawValue)
    return try #require(T(rawValue: text), "\(name): attribute \(attribute) is \(text)")
  }

  func flag(_ attribute: String, default value: Bool? = nil) throws -> Bool {
    let text = try text(attribute, default: value?.description)
    try #require(["true", "false"].contains(text), "\(name): attribute \(attribute) is \(text)")
    return text == "true"
  }

  func real(_ attribute: String, on object: String = "/") throws -> Float {
    try #require(
      Float(try file.attribute(attribute, on: object).description),
      "\(name): attribute \(attribute)")
  }

  /// Compares a dataset with what was computed, entry by entry: within `1e-5 · max |reference| + 1e-6`,
  /// infinities exactly.
  func compare(_ dataset: String, _ computed: [Float]) throws {
    let reference = try doubles(dataset)
    try #require(computed.count == reference.count, "\(name) \(dataset): number of entries")
    let largest = reference.filter(\.isFinite).map(abs).max() ?? 0
    let bound = 1e-5 * largest + 1e-6
    var worst = (difference: 0.0, index: 0)
    for (index, (a, b)) in zip(computed, reference).enumerated() {
      let difference = b.isFinite ? abs(Double(a) - b) : (Double(a) == b ? 0 : .infinity)
      if !(difference <= worst.difference) { worst = (difference, index) }
    }
    #expect(
      worst.difference <= bound,
      "\(name) \(dataset)[\(worst.index)]: \(computed[worst.index]), not \(reference[worst.index])")
  }

  /// Compares losses: within 1e-5 of each reference.
  func compareLosses(_ dataset: String, _ computed: [Double]) throws {
    let reference = try doubles(dataset)
    try #require(computed.count == reference.count, "\(name) \(dataset): number of entries")
    for (a, b) in zip(computed, reference) {
      #expect(abs(a - b) <= 1e-5 * abs(b), "\(name) \(dataset): \(a), not \(b)")
    }
  }

  /// Says that a dataset is not to be compared.
  func leaveOut(_ dataset: String) { read.insert(dataset) }

  /// Checks that no dataset was overlooked.
  func expectAllRead() throws {
    let left = try datasets().filter { !read.contains($0) }
    #expect(left.isEmpty, "\(name): datasets that nothing was compared with")
  }

  /// Compares whole numbers exactly.
  func compare(_ dataset: String, _ computed: [Int]) throws {
    #expect(computed == (try integers(dataset)), "\(name) \(dataset)")
  }
}
