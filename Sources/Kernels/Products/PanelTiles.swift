import CVectors

// The loops of a product in panels: over blocks of the inner index, panels of B, tiles of rows.

/// The loops for registers of one width.
enum Panels<Register: SIMD> where Register.Scalar == Float {
  private static var width: Int { 2 * Register.scalarCount }

  @inline(__always)
  static func multiply(
    _ operands: PanelOperands, _ rows: Int, _ inner: Int, _ columns: Int, _ adding: Bool,
    _ workspace: UnsafeMutablePointer<Float>
  ) {
    for block in equalParts(of: inner, most: panelDepth(width: width)) {
      let (first, steps) = (block.lowerBound, block.count)
      packTiles(
        operands.a + first * operands.aStep, operands.aRow, operands.aStep, rows: rows,
        steps: steps, into: workspace)
      for panel in 0..<(columns + width - 1) / width {
        let b = operands.b + panel * operands.bPanel + first * width
        tiles(
          workspace, b, next: b + operands.bPanel, operands.y + panel * width, operands.yRow,
          rows: rows, steps: steps, columns: min(width, columns - panel * width),
          adding || first > 0)
      }
    }
  }

  /// Rows of a tile, at most: with two registers a row, one for a factor and two for B they fill the 16 of AVX2.
  private static var mostRows: Int { 6 }

  /// Packs a block of A as tiles read it: `[steps, rows of the tile]`, one tile after the other.
  @inline(__always)
  private static func packTiles(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int, rows: Int, steps: Int,
    into workspace: UnsafeMutablePointer<Float>
  ) {
    for tile in equalParts(of: rows, most: mostRows) {
      let (a, target) = (a + tile.lowerBound * aRow, workspace + tile.lowerBound * steps)
      switch tile.count {
      case 1: Tile<Register, 1>.pack(a, aRow, aStep, steps, into: target)
      case 2: Tile<Register, 2>.pack(a, aRow, aStep, steps, into: target)
      case 3: Tile<Register, 3>.pack(a, aRow, aStep, steps, into: target)
      case 4: Tile<Register, 4>.pack(a, aRow, aStep, steps, into: target)
      case 5: Tile<Register, 5>.pack(a, aRow, aStep, steps, into: target)
      default: Tile<Register, 6>.pack(a, aRow, aStep, steps, into: target)
      }
    }
  }

  /// The first `columns` columns of a panel, for all rows of a block of A.
  ///
  /// - Parameter next: the panel after this one; each tile prefetches a part of it.
  @inline(never)
  private static func tiles(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, next: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>, _ yRow: Int, rows: Int, steps: Int, columns: Int,
    _ adding: Bool
  ) {
    let parts = equalParts(of: rows, most: mostRows)
    let (count, panelBytes) = (parts.count, steps * width * MemoryLayout<Float>.stride)
    for (index, tile) in parts.enumerated() {
      let ahead = Ahead(
        b: UnsafeRawPointer(next) + index * panelBytes / count,
        pace: (panelBytes / steps + count - 1) / count,
        y: UnsafePointer(index + 1 < count ? y + tile.upperBound * yRow : y + width))
      let (a, y) = (a + tile.lowerBound * steps, y + tile.lowerBound * yRow)
      if columns == width {
        multiply(tile.count, a, b, ahead, y, yRow, steps, adding)
      } else {
        multiply(tile.count, a, b, ahead, y, yRow, steps, adding, columns: columns)
      }
    }
  }

  /// The first `columns` columns of a tile; the others are computed in memory outside Y.
  private static func multiply(
    _ rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ ahead: Ahead,
    _ y: UnsafeMutablePointer<Float>, _ yRow: Int, _ steps: Int, _ adding: Bool, columns: Int
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: mostRows * width) { buffer in
      guard let whole = buffer.baseAddress else { return }
      for r in 0..<rows {
        for c in 0..<width { whole[r * width + c] = adding && c < columns ? y[r * yRow + c] : 0 }
      }
      multiply(rows, a, b, ahead, whole, width, steps, true)
      for r in 0..<rows { (y + r * yRow).update(from: whole + r * width, count: columns) }
    }
  }

  @inline(__always)
  private static func multiply(
    _ rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ ahead: Ahead,
    _ y: UnsafeMutablePointer<Float>, _ yRow: Int, _ steps: Int, _ adding: Bool
  ) {
    switch rows {
    case 1: Tile<Register, 1>.multiply(a, b, ahead, y, yRow, steps, adding)
    case 2: Tile<Register, 2>.multiply(a, b, ahead, y, yRow, steps, adding)
    case 3: Tile<Register, 3>.multiply(a, b, ahead, y, yRow, steps, adding)
    case 4: Tile<Register, 4>.multiply(a, b, ahead, y, yRow, steps, adding)
    case 5: Tile<Register, 5>.multiply(a, b, ahead, y, yRow, steps, adding)
    default: Tile<Register, 6>.multiply(a, b, ahead, y, yRow, steps, adding)
    }
  }
}

/// Memory that a tile prefetches for the tiles after it.
private struct Ahead {
  /// A part of the next panel, and the bytes of it that each step prefetches.
  let b: UnsafeRawPointer
  let pace: Int
  /// Where the next tile begins.
  let y: UnsafePointer<Float>
}

/// A tile of Y, `rows` by two registers of columns, kept in registers from the first step to the last.
private enum Tile<Register: SIMD, let rows: Int> where Register.Scalar == Float {
  private typealias Sums = InlineArray<rows, Register>
  private static var bytes: Int { MemoryLayout<Register>.size }

  /// Packs the tile's part of A, `[steps, rows]`.
  @inline(__always)
  static func pack(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int, _ steps: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    guard aRow == 1 else {
      for k in 0..<steps {
        for r in 0..<rows { target[k * rows + r] = a[k * aStep + r * aRow] }
      }
      return
    }
    var column = InlineArray<rows, Float>(repeating: 0)
    for k in 0..<steps {
      let (source, target) = (a + k * aStep, target + k * rows)
      // The next tile's rows are in the next line.
      tercet_prefetch(source + 16)
      for r in 0..<rows { column[r] = source[r] }
      for r in 0..<rows { target[r] = column[r] }
    }
  }

  /// - Parameter a: `[steps, rows]`.
  @inline(__always)
  static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ ahead: Ahead,
    _ y: UnsafeMutablePointer<Float>, _ yRow: Int, _ steps: Int, _ adding: Bool
  ) {
    for r in 0..<rows {
      let line = UnsafeRawPointer(ahead.y + r * yRow)
      tercet_prefetch(line)
      tercet_prefetch(line + bytes)
    }
    var (left, right) = (Sums(repeating: Register()), Sums(repeating: Register()))
    if adding {
      for r in 0..<rows {
        let source = UnsafeRawPointer(y + r * yRow)
        left[r] = source.loadUnaligned(as: Register.self)
        right[r] = (source + bytes).loadUnaligned(as: Register.self)
      }
    }
    var (a, b, next) = (a, UnsafeRawPointer(b), ahead.b)
    for _ in 0..<steps / 4 {
      step(a, b, &left, &right)
      tercet_prefetch(next)
      step(a + rows, b + 2 * bytes, &left, &right)
      tercet_prefetch(next + ahead.pace)
      step(a + 2 * rows, b + 4 * bytes, &left, &right)
      tercet_prefetch(next + 2 * ahead.pace)
      step(a + 3 * rows, b + 6 * bytes, &left, &right)
      tercet_prefetch(next + 3 * ahead.pace)
      a += 4 * rows
      b += 8 * bytes
      next += 4 * ahead.pace
    }
    for k in 0..<steps % 4 { step(a + k * rows, b + 2 * k * bytes, &left, &right) }
    for r in 0..<rows {
      let target = UnsafeMutableRawPointer(y + r * yRow)
      target.storeBytes(of: left[r], as: Register.self)
      (target + bytes).storeBytes(of: right[r], as: Register.self)
    }
  }

  /// One step of the inner index: a column of A and a row of the panel.
  @inline(__always)
  private static func step(
    _ a: UnsafePointer<Float>, _ b: UnsafeRawPointer, _ left: inout Sums, _ right: inout Sums
  ) {
    let (first, second) = (
      b.loadUnaligned(as: Register.self), (b + bytes).loadUnaligned(as: Register.self)
    )
    for r in 0..<rows {
      let factor = Register(repeating: a[r])
      left[r].addProduct(factor, first)
      right[r].addProduct(factor, second)
    }
  }
}
