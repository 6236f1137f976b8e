import CVectors

// Dense products `Y = A·B` in float32. Each element of Y is one chain of fused multiply-adds in the order of
// the inner index, whatever else is computed beside it and however wide the CPU's registers are: its bits
// depend on its row of A and its column of B alone, on any CPU.

/// Where the operands of a product lie: `A [rows, inner]`, `B [inner, columns]`, `Y [rows, columns]`.
package struct PanelOperands {
  /// Element (r, k) of A is at `a[r * aRow + k * aStep]`.
  package let a: UnsafePointer<Float>
  package let aRow: Int
  package let aStep: Int
  /// B in panels of `width` columns: element (k, c) is at `b[c / width * bPanel + k * width + c % width]`.
  package let b: UnsafePointer<Float>
  package let bPanel: Int
  package let y: UnsafeMutablePointer<Float>
  package let yRow: Int

  package init(
    a: UnsafePointer<Float>, aRow: Int, aStep: Int, b: UnsafePointer<Float>, bPanel: Int,
    y: UnsafeMutablePointer<Float>, yRow: Int
  ) {
    (self.a, self.aRow, self.aStep) = (a, aRow, aStep)
    (self.b, self.bPanel) = (b, bPanel)
    (self.y, self.yRow) = (y, yRow)
  }
}

/// Columns of B that are multiplied at a time: two registers.
package let panelWidth = 2 * Int(tercet_register_floats)

/// `Y = A·B`, or `Y += A·B`.
///
/// - Parameter width: ``panelWidth``, or that of another CPU, which is slower here; B has whole panels of it.
/// - Precondition: rows, inner index and columns are positive.
package func multiplyPanels(
  _ operands: PanelOperands, rows: Int, inner: Int, columns: Int, adding: Bool,
  width: Int = panelWidth
) {
  if width == 32 {
    Panels<SIMD16<Float>>.multiply(operands, rows, inner, columns, adding)
  } else {
    Panels<SIMD8<Float>>.multiply(operands, rows, inner, columns, adding)
  }
}

/// `Y = AᵀB`, or `Y += AᵀB`, of matrices that lie row by row: `A [inner, rows]`, `B [inner, columns]`,
/// `Y [rows, columns]`. Strides are floats from one row to the next; else as ``multiplyPanels``.
///
/// - Parameter room: ``transposedRoom(rows:width:)`` floats of any content to work in.
package func multiplyTransposed(
  _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
  into y: UnsafeMutablePointer<Float>, _ yStride: Int, rows: Int, inner: Int, columns: Int,
  adding: Bool, room: UnsafeMutablePointer<Float>, width: Int = panelWidth
) {
  if width == 32 {
    Panels<SIMD16<Float>>.multiplyTransposed(
      a, aStride, b, bStride, y, yStride, rows, inner, columns, adding, room)
  } else {
    Panels<SIMD8<Float>>.multiplyTransposed(
      a, aStride, b, bStride, y, yStride, rows, inner, columns, adding, room)
  }
}

/// How many floats ``multiplyTransposed`` works in.
package func transposedRoom(rows: Int, width: Int = panelWidth) -> Int {
  panelDepth * (blockPitch(rows) + width)
}

/// Steps of the inner index at a time: a panel's stay in the fastest cache, those of A in the next.
private let panelDepth = 256

/// Floats from row to row of a copied block: an odd number of cache lines, which fall on all sets of a cache.
private func blockPitch(_ rows: Int) -> Int { ((rows + 15) / 16 | 1) * 16 }

/// Lays `B [inner, columns]` out in panels of `width` columns, one after the other, `[inner, width]` each; the
/// last is filled up with zeros.
///
/// - Parameters:
///   - b: element (k, c) is at `b[k * step + c * column]`.
///   - panels: has room for whole panels.
package func packPanels(
  _ b: UnsafePointer<Float>, step: Int, column: Int, inner: Int, columns: Int,
  into panels: UnsafeMutablePointer<Float>, width: Int = panelWidth
) {
  // A block of a panel is small enough to stay in the fastest cache while its columns are filled in.
  let block = 128
  for first in Swift.stride(from: 0, to: columns, by: width) {
    let used = min(width, columns - first)
    let panel = panels + first * inner
    for start in Swift.stride(from: 0, to: inner, by: block) {
      let steps = min(block, inner - start)
      let target = panel + start * width
      if column == 1 && used == width {
        for k in 0..<steps {
          (target + k * width).update(from: b + (start + k) * step + first, count: width)
        }
        continue
      }
      for c in 0..<used {
        let source = b + start * step + (first + c) * column
        for k in 0..<steps { target[k * width + c] = source[k * step] }
      }
      for c in used..<width {
        for k in 0..<steps { target[k * width + c] = 0 }
      }
    }
  }
}

/// The loops for registers of one width.
private enum Panels<Register: SIMD> where Register.Scalar == Float {
  static var depth: Int { panelDepth }
  static var width: Int { 2 * Register.scalarCount }

  @inline(__always)
  static func multiply(
    _ operands: PanelOperands, _ rows: Int, _ inner: Int, _ columns: Int, _ adding: Bool
  ) {
    for first in Swift.stride(from: 0, to: inner, by: depth) {
      let steps = min(depth, inner - first)
      for panel in 0..<(columns + width - 1) / width {
        let b = operands.b + panel * operands.bPanel + first * width
        tiles(
          operands.a + first * operands.aStep, operands.aRow, operands.aStep, b,
          next: b + operands.bPanel, operands.y + panel * width, operands.yRow, rows: rows,
          steps: steps, columns: min(width, columns - panel * width), adding || first > 0)
      }
    }
  }

  /// Of both operands a block is copied to where its rows lie close together: to `block`, and behind it.
  @inline(__always)
  static func multiplyTransposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ y: UnsafeMutablePointer<Float>, _ yStride: Int, _ rows: Int, _ inner: Int, _ columns: Int,
    _ adding: Bool, _ block: UnsafeMutablePointer<Float>
  ) {
    let pitch = blockPitch(rows)
    let panel = block + depth * pitch
    for first in Swift.stride(from: 0, to: inner, by: depth) {
      let steps = min(depth, inner - first)
      for k in 0..<steps {
        (block + k * pitch).update(from: a + (first + k) * aStride, count: rows)
      }
      for start in Swift.stride(from: 0, to: columns, by: width) {
        let used = min(width, columns - start)
        packPanels(
          b + first * bStride + start, step: bStride, column: 1, inner: steps, columns: used,
          into: panel, width: width)
        tiles(
          block, 1, pitch, panel, next: panel, y + start, yStride, rows: rows, steps: steps,
          columns: used, adding || first > 0)
      }
    }
  }

  /// The first `columns` columns of a panel, in tiles of up to six rows, as equal as can be.
  ///
  /// - Parameter next: the panel that will be wanted after this one.
  @inline(never)
  static func tiles(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int, _ b: UnsafePointer<Float>,
    next: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ yRow: Int, rows: Int,
    steps: Int, columns: Int, _ adding: Bool
  ) {
    let count = (rows + 5) / 6
    var first = 0
    for index in 1...count {
      let last = index * rows / count
      // The first tile asks for the panel after this one, the others for nothing new.
      let ahead = first == 0 ? next : b
      let (a, y) = (a + first * aRow, y + first * yRow)
      if columns == width {
        tile(last - first, a, aRow, aStep, b, ahead: ahead, y, yRow, steps, adding)
      } else {
        narrowTile(
          last - first, a, aRow, aStep, b, ahead: ahead, y, yRow, steps, adding, columns: columns)
      }
      first = last
    }
  }

  /// The first `columns` columns of a tile; the others are computed beside Y.
  private static func narrowTile(
    _ rows: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int, _ b: UnsafePointer<Float>,
    ahead: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ yRow: Int, _ steps: Int,
    _ adding: Bool, columns: Int
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * width) { room in
      guard let whole = room.baseAddress else { return }
      for r in 0..<rows {
        for c in 0..<width { whole[r * width + c] = adding && c < columns ? y[r * yRow + c] : 0 }
      }
      tile(rows, a, aRow, aStep, b, ahead: ahead, whole, width, steps, true)
      for r in 0..<rows { (y + r * yRow).update(from: whole + r * width, count: columns) }
    }
  }

  @inline(__always)
  private static func tile(
    _ rows: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int, _ b: UnsafePointer<Float>,
    ahead: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ yRow: Int, _ steps: Int,
    _ adding: Bool
  ) {
    switch rows {
    case 1: Tile<Register, 1>.multiply(a, aRow, aStep, b, ahead, y, yRow, steps, adding)
    case 2: Tile<Register, 2>.multiply(a, aRow, aStep, b, ahead, y, yRow, steps, adding)
    case 3: Tile<Register, 3>.multiply(a, aRow, aStep, b, ahead, y, yRow, steps, adding)
    case 4: Tile<Register, 4>.multiply(a, aRow, aStep, b, ahead, y, yRow, steps, adding)
    case 5: Tile<Register, 5>.multiply(a, aRow, aStep, b, ahead, y, yRow, steps, adding)
    default: Tile<Register, 6>.multiply(a, aRow, aStep, b, ahead, y, yRow, steps, adding)
    }
  }
}

/// So many rows and two registers of columns of Y, which stay in registers from the first step to the last.
private enum Tile<Register: SIMD, let rows: Int> where Register.Scalar == Float {
  /// - Parameter ahead: what to ask for meanwhile, as many steps of a panel.
  @inline(__always)
  static func multiply(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int, _ b: UnsafePointer<Float>,
    _ ahead: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ yRow: Int, _ steps: Int,
    _ adding: Bool
  ) {
    let bytes = MemoryLayout<Register>.size
    var left = InlineArray<rows, Register>(repeating: Register())
    var right = InlineArray<rows, Register>(repeating: Register())
    if adding {
      for r in 0..<rows {
        let source = UnsafeRawPointer(y + r * yRow)
        left[r] = source.loadUnaligned(as: Register.self)
        right[r] = (source + bytes).loadUnaligned(as: Register.self)
      }
    }
    var (a, b, ahead) = (a, UnsafeRawPointer(b), UnsafeRawPointer(ahead))
    for _ in 0..<steps {
      let (first, second) = (
        b.loadUnaligned(as: Register.self), (b + bytes).loadUnaligned(as: Register.self)
      )
      for r in 0..<rows {
        let factor = Register(repeating: a[r * aRow])
        left[r].addProduct(factor, first)
        right[r].addProduct(factor, second)
      }
      a += aStep
      b += 2 * bytes
      tercet_prefetch(ahead)
      ahead += 2 * bytes
    }
    for r in 0..<rows {
      let target = UnsafeMutableRawPointer(y + r * yRow)
      target.storeBytes(of: left[r], as: Register.self)
      (target + bytes).storeBytes(of: right[r], as: Register.self)
    }
  }
}
