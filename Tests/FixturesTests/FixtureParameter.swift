import Autodiff
import Tensors
import Testing

/// Part of a parameter, or all of it, with the order and the sign of its rows and columns in a fixture.
struct FixtureParameter {
  let parameter: Parameter
  var columns: Range<Int>?
  /// Rows that have the other sign in the fixture.
  var negated = 0..<0
  /// Our number of each of the fixture's tags or entries, and the axes that these count.
  var order: [Int] = []
  var axes: Set<Axis> = []

  enum Axis { case rows, columns }

  func set(_ elements: [Float], in slab: Slab) throws {
    let part = view(slab)
    try #require(elements.count == part.count, "\(parameter.name): \(elements.count) values")
    for r in 0..<part.rows {
      for c in 0..<part.columns {
        part[row(r), column(c)] = sign(r) * elements[r * part.columns + c]
      }
    }
  }

  func elements(in slab: Slab) -> [Float] {
    let part = view(slab)
    return (0..<part.rows).flatMap { r in
      (0..<part.columns).map { sign(r) * part[row(r), column($0)] }
    }
  }

  private func view(_ slab: Slab) -> Matrix {
    slab(parameter).columns(columns ?? 0..<parameter.columns)
  }
  private func row(_ index: Int) -> Int { axes.contains(.rows) ? order[index] : index }
  private func column(_ index: Int) -> Int { axes.contains(.columns) ? order[index] : index }
  private func sign(_ row: Int) -> Float { negated.contains(row) ? -1 : 1 }
}

/// Parameters by the names that a fixture gives them.
typealias FixtureParameters = [(String, FixtureParameter)]

extension Fixture {
  /// Reads the values of all parameters; the fixture must have these and no others.
  func load(_ parameters: FixtureParameters, into values: Slab) throws {
    let stored = Set(try names(in: "params"))
    try #require(Set(parameters.map(\.0)) == stored, "parameters \(stored.sorted())")
    for (name, parameter) in parameters {
      try parameter.set(try floats("params/\(name)"), in: values)
      if try contains("params_f32/\(name)") {
        try compare("params_f32/\(name)", parameter.elements(in: values))
      }
    }
  }

  /// Compares the gradients of all parameters.
  func compare(_ group: String, _ parameters: FixtureParameters, in gradients: Slab) throws {
    for (name, parameter) in parameters {
      try compare("\(group)/\(name)", parameter.elements(in: gradients))
    }
  }
}
