import Kernels
import Testing

/// The size of a product; panels have 16 or 32 columns, tiles up to 6 rows, blocks 256 steps.
struct PanelCase: Sendable, CustomTestStringConvertible {
  let rows: Int
  let inner: Int
  let columns: Int
  var testDescription: String { "[\(rows), \(inner)]·[\(inner), \(columns)]" }

  static let all: [PanelCase] =
    (1...13).map { PanelCase(rows: $0, inner: 5, columns: 37) }
    + [
      PanelCase(rows: 1, inner: 1, columns: 1), PanelCase(rows: 7, inner: 256, columns: 32),
      PanelCase(rows: 8, inner: 257, columns: 33), PanelCase(rows: 25, inner: 600, columns: 64),
      PanelCase(rows: 3, inner: 2, columns: 15), PanelCase(rows: 130, inner: 3, columns: 16),
    ]
}

@Suite("Products in panels")
struct PanelProductTests {
  /// Numbers with all bits of the significand in use, so that another order of additions shows.
  private static func numbers(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { i in
      Float((i &* 7919 &+ seed &* 104_729) &* 2_654_435_761 & 0xFFFFFF) * 0x1p-23 - 1
    }
  }

  /// What an element is by definition: fused multiply-adds in the order of the inner index.
  private static func chain(_ start: Float, _ inner: Int, _ a: (Int) -> Float, _ b: (Int) -> Float)
    -> Float
  {
    (0..<inner).reduce(start) { $0.addingProduct(a($1), b($1)) }
  }

  @Test(
    "every element has the bits of its chain, for registers of either width",
    arguments: PanelCase.all, [16, 32])
  func packed(_ size: PanelCase, width: Int) {
    let (rows, inner, columns) = (size.rows, size.inner, size.columns)
    let (a, b) = (Self.numbers(rows * (inner + 3), seed: 1), Self.numbers(inner * columns, seed: 2))
    let before = Self.numbers(rows * (columns + 2), seed: 3)
    let panels = (columns + width - 1) / width
    for (step, column) in [(columns, 1), (1, inner)] {
      var packed = [Float](repeating: .nan, count: panels * width * inner)
      packPanels(
        b, step: step, column: column, inner: inner, columns: columns, into: &packed, width: width)
      for adding in [false, true] {
        var y = before
        y.withUnsafeMutableBufferPointer { y in
          a.withUnsafeBufferPointer { a in
            packed.withUnsafeBufferPointer { packed in
              guard let a = a.baseAddress, let b = packed.baseAddress, let y = y.baseAddress
              else { return }
              multiplyPanels(
                PanelOperands(
                  a: a, aRow: inner + 3, aStep: 1, b: b, bPanel: width * inner, y: y + 1,
                  yRow: columns + 2), rows: rows, inner: inner, columns: columns, adding: adding,
                width: width)
            }
          }
        }
        let expected = before.indices.map { i -> Float in
          let (r, c) = (i / (columns + 2), i % (columns + 2) - 1)
          guard (0..<columns).contains(c) else { return before[i] }
          return Self.chain(
            adding ? before[i] : 0, inner, { a[r * (inner + 3) + $0] },
            { b[$0 * step + c * column] })
        }
        #expect(y == expected, "step \(step), adding \(adding)")
      }
    }
  }

  @Test(
    "so has every element of a transposed product", arguments: PanelCase.all, [16, 32])
  func transposed(_ size: PanelCase, width: Int) {
    let (rows, inner, columns) = (size.rows, size.inner, size.columns)
    let a = Self.numbers(inner * (rows + 1), seed: 4)
    let b = Self.numbers(inner * (columns + 2), seed: 5)
    let before = Self.numbers(rows * (columns + 3), seed: 6)
    // Of other content each time; what lies behind it is not touched.
    var room = Self.numbers(transposedRoom(rows: rows, width: width), seed: 7) + [.pi]
    for adding in [false, true] {
      var y = before
      multiplyTransposed(
        a, rows + 1, b, columns + 2, into: &y, columns + 3, rows: rows, inner: inner,
        columns: columns, adding: adding, room: &room, width: width)
      #expect(room.last == .pi)
      let expected = before.indices.map { i -> Float in
        let (r, c) = (i / (columns + 3), i % (columns + 3))
        guard c < columns else { return before[i] }
        return Self.chain(
          adding ? before[i] : 0, inner, { a[$0 * (rows + 1) + r] },
          { b[$0 * (columns + 2) + c] })
      }
      #expect(y == expected, "adding \(adding)")
    }
  }
}
