#if ONEDNN
  import COneDNN
  import Kernels

  /// Packed weights in oneDNN's own layout.
  final class OneDNNWeights: PackedWeights, @unchecked Sendable {
    let isTransposed: Bool
    let count: Int
    private let precision: Precision
    private let layout: dnnl_memory_desc_t
    private let memory: dnnl_memory_t
    private var slab: Slab
    private let source: dnnl_memory_t
    private let reorder: dnnl_primitive_t

    init(_ values: Matrix, transposed: Bool, precision: Precision) {
      let (inner, columns) =
        transposed ? (values.columns, values.rows) : (values.rows, values.columns)
      let strides = transposed ? [1, values.stride] : [values.stride, 1]
      (isTransposed, self.precision) = (transposed, precision)
      layout = Self.layout(inner, columns, precision)
      // A packing keeps the number of threads that it is made for.
      OpenMP.useOneThread()
      let plain = OneDNN.layout(inner, columns, strides, dnnl_f32)
      count = (Self.bytes(layout) + 3) / 4
      slab = Slab(count: count)
      memory = OneDNN.memory(layout, slab.start)
      source = OneDNN.memory(plain, values.start)
      reorder = Self.reorder(plain, layout)
      pack()
    }

    deinit {
      dnnl_primitive_destroy(reorder)
      for memory in [source, memory] { dnnl_memory_destroy(memory) }
    }

    func move(to slab: Slab) {
      precondition(slab.count >= count, "\(count) floats in \(slab.count)")
      self.slab = slab
      dnnl_memory_set_data_handle(memory, slab.start)
    }

    func pack() {
      var stream: dnnl_stream_t?
      OneDNN.check(
        dnnl_stream_create(&stream, OneDNN.engine, dnnl_stream_default_flags.rawValue),
        "a stream")
      defer { dnnl_stream_destroy(stream) }
      let arguments = [
        dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: source),
        dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: memory),
      ]
      OneDNN.check(dnnl_primitive_execute(reorder, stream, 2, arguments), "packed weights")
    }

    func multiply(_ x: ProductOperand, into y: Matrix, adding: Bool) {
      for rows in Products.runs(of: x.rows) {
        multiply(run: x.rows(rows), into: y.rows(rows), adding: adding)
      }
    }

    /// Multiplies rows that lie end to end, copies where they do not: for other rows oneDNN has slow products that
    /// add in another order.
    private func multiply(run x: ProductOperand, into y: Matrix, adding: Bool) {
      let products = OneDNN.current
      let target = y.isContiguous ? y : products.pool.uninitialized(y.rows, y.columns)
      let shape = OneDNN.Shape(
        rows: x.rows, inner: x.columns, columns: y.columns, sourceStrides: [x.columns, 1],
        weights: .packed, destinationStride: y.columns, precision: precision,
        adding: adding && y.isContiguous)
      withDenseRows(x, products.pool) {
        products.multiply(
          shape, packed: layout, source: $0, weights: .packed(memory),
          into: target.start)
      }
      guard !y.isContiguous else { return }
      for row in 0..<y.rows {
        if adding {
          add(target.row(row), to: y.row(row), count: y.columns)
        } else {
          y.row(row).update(from: target.row(row), count: y.columns)
        }
      }
    }

    /// Rows end to end, in the weight's precision.
    private func withDenseRows(
      _ x: ProductOperand, _ pool: MatrixPool, _ body: (UnsafeMutableRawPointer) -> Void
    ) {
      switch (x, precision) {
      case (.float32(let x), .float32):
        let dense = x.isContiguous ? x : pool.uninitialized(x.rows, x.columns)
        if !x.isContiguous { dense.assign(x) }
        withExtendedLifetime(dense) { body(UnsafeMutableRawPointer(dense.start)) }
      case (.float32(let x), .bfloat16):
        let half = pool.uninitializedBFloat(x.rows, x.columns)
        half.assign(x)
        withExtendedLifetime(half) { body(UnsafeMutableRawPointer(half.start)) }
      case (.bfloat16(let x), .bfloat16): body(UnsafeMutableRawPointer(x.start))
      case (.bfloat16, .float32), (.panels, _):
        preconditionFailure("rows that are rounded or in panels for a weight of \(precision)")
      }
    }

    /// The layout that oneDNN prefers for a product of many rows; products of fewer rows read it too.
    private static func layout(
      _ inner: Int, _ columns: Int, _ precision: Precision
    ) -> dnnl_memory_desc_t {
      let (rows, type) = (Int64(Products.mostRows), precision.oneDNNType)
      var any = dnnl_memory_desc_t()
      OneDNN.check(
        dnnl_memory_desc_init_by_tag(
          &any, 2, [Int64(inner), Int64(columns)], type, dnnl_format_tag_any), "a layout")
      let description = OneDNNProduct.description(
        OneDNN.layout(Int(rows), inner, [inner, 1], type), any,
        OneDNN.layout(Int(rows), columns, [columns, 1], dnnl_f32), adding: false)
      defer { dnnl_primitive_desc_destroy(description) }
      return OneDNN.made(
        dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0)
      ).pointee
    }

    private static func bytes(_ layout: dnnl_memory_desc_t) -> Int {
      var layout = layout
      return dnnl_memory_desc_get_size(&layout)
    }

    private static func reorder(
      _ from: dnnl_memory_desc_t, _ to: dnnl_memory_desc_t
    ) -> dnnl_primitive_t {
      var (from, to) = (from, to)
      var description: dnnl_primitive_desc_t?
      OneDNN.check(
        dnnl_reorder_primitive_desc_create(
          &description, &from, OneDNN.engine, &to, OneDNN.engine, nil), "a packing")
      defer { dnnl_primitive_desc_destroy(description) }
      var primitive: dnnl_primitive_t?
      OneDNN.check(dnnl_primitive_create(&primitive, description), "a packing")
      return OneDNN.made(primitive)
    }
  }
#endif
