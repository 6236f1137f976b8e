#if ONEDNN
  import COneDNN

  /// A matrix product of one shape, ready to run.
  final class OneDNNProduct {
    /// Whether it has run since ``OneDNN/trim()``.
    var isUsed = false
    private let primitive: dnnl_primitive_t
    private let source: dnnl_memory_t
    private let weights: dnnl_memory_t?
    private let destination: dnnl_memory_t

    init(_ shape: OneDNN.Shape, packed layout: dnnl_memory_desc_t?) {
      let type = shape.precision.oneDNNType
      let source = OneDNN.layout(shape.rows, shape.inner, shape.sourceStrides, type)
      let weights: dnnl_memory_desc_t
      switch shape.weights {
      case .packed: weights = OneDNN.made(layout)
      case .plain(let stride):
        weights = OneDNN.layout(shape.inner, shape.columns, [stride, 1], type)
      }
      let destination = OneDNN.layout(
        shape.rows, shape.columns, [shape.destinationStride, 1], dnnl_f32)
      primitive = Self.primitive(source, weights, destination, adding: shape.adding)
      self.source = OneDNN.memory(source, nil)
      self.weights = shape.weights == .packed ? nil : OneDNN.memory(weights, nil)
      self.destination = OneDNN.memory(destination, nil)
    }

    deinit {
      for memory in [source, weights, destination] { dnnl_memory_destroy(memory) }
      dnnl_primitive_destroy(primitive)
    }

    func run(
      source address: UnsafeMutableRawPointer, weights operand: OneDNN.Operand,
      destination values: UnsafeMutablePointer<Float>, on stream: dnnl_stream_t
    ) {
      isUsed = true
      dnnl_memory_set_data_handle(source, address)
      dnnl_memory_set_data_handle(destination, values)
      let memory: dnnl_memory_t
      switch (operand, weights) {
      case (.packed(let packed), _): memory = packed
      case (.plain(let address), .some(let plain)):
        dnnl_memory_set_data_handle(plain, address)
        memory = plain
      case (.plain, .none): preconditionFailure("plain weights for a packed product")
      }
      withUnsafeTemporaryAllocation(of: dnnl_exec_arg_t.self, capacity: 3) { arguments in
        arguments[0] = dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: source)
        arguments[1] = dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: memory)
        arguments[2] = dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: destination)
        OneDNN.check(
          dnnl_primitive_execute(primitive, stream, 3, arguments.baseAddress), "a product")
      }
    }

    static func description(
      _ source: dnnl_memory_desc_t, _ weights: dnnl_memory_desc_t,
      _ destination: dnnl_memory_desc_t, adding: Bool
    ) -> dnnl_primitive_desc_t {
      var (source, weights, destination) = (source, weights, destination)
      var product = dnnl_matmul_desc_t()
      OneDNN.check(
        dnnl_matmul_desc_init(&product, &source, &weights, nil, &destination), "a product")
      var attributes: dnnl_primitive_attr_t?
      OneDNN.check(dnnl_primitive_attr_create(&attributes), "attributes")
      defer { dnnl_primitive_attr_destroy(attributes) }
      if adding {
        var after: dnnl_post_ops_t?
        OneDNN.check(dnnl_post_ops_create(&after), "post-operations")
        defer { dnnl_post_ops_destroy(after) }
        OneDNN.check(dnnl_post_ops_append_sum(after, 1), "a sum")
        OneDNN.check(dnnl_primitive_attr_set_post_ops(attributes, after), "a sum")
      }
      var description: dnnl_primitive_desc_t?
      OneDNN.check(
        dnnl_primitive_desc_create(&description, &product, attributes, OneDNN.engine, nil),
        "a product of this shape")
      return OneDNN.made(description)
    }

    private static func primitive(
      _ source: dnnl_memory_desc_t, _ weights: dnnl_memory_desc_t,
      _ destination: dnnl_memory_desc_t, adding: Bool
    ) -> dnnl_primitive_t {
      let description = description(source, weights, destination, adding: adding)
      defer { dnnl_primitive_desc_destroy(description) }
      var primitive: dnnl_primitive_t?
      OneDNN.check(dnnl_primitive_create(&primitive, description), "a product")
      return OneDNN.made(primitive)
    }
  }
#endif
