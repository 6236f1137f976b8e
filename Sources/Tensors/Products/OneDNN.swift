#if ONEDNN
  import COneDNN
  import Glibc

  /// The products of oneDNN. Each thread that multiplies keeps its own primitives, made once for each
  /// shape, because a primitive's scratch memory belongs to the thread that made it.
  final class OneDNN {
    /// A product's shape; what oneDNN calls source, weights and destination.
    struct Shape: Hashable {
      /// Where the second operand lies.
      enum Weights: Hashable {
        /// In oneDNN's own layout.
        case packed
        /// Row-major with this many elements from row to row.
        case plain(stride: Int)
      }
      var rows: Int
      var inner: Int
      var columns: Int
      /// Elements from one row of the source to the next, and from one column to the next.
      var sourceStrides: [Int]
      var weights: Weights
      var destinationStride: Int
      var precision: Precision
      var adding: Bool
    }

    private static let threads = ThreadLocal { OneDNN() }
    /// The products of the calling thread.
    static var current: OneDNN { threads.value }
    /// Any thread may use it.
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
      // Products take work space anew each time: the allocator keeps it instead of giving it back to the
      // system, which would have to clear it for the next.
      mallopt(M_MMAP_THRESHOLD, 1 << 30)
      mallopt(M_TRIM_THRESHOLD, 1 << 30)
      var engine: dnnl_engine_t?
      check(dnnl_engine_create(&engine, dnnl_cpu, 0), "an engine")
      return made(engine)
    }()
    private static let cacheCapacity: Int32 = {
      var room: Int32 = 0
      check(dnnl_get_primitive_cache_capacity(&room), "room for products")
      return room
    }()
    /// Version and instructions, such as `oneDNN 2.6.3 isa 0x3f`.
    static var name: String {
      let version = dnnl_version().pointee
      let isa = String(dnnl_get_effective_cpu_isa().rawValue, radix: 16)
      return "oneDNN \(version.major).\(version.minor).\(version.patch) isa 0x\(isa)"
    }
    /// Whether products have AVX-512.
    static let hasAVX512 =
      dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx512_core.rawValue
      == dnnl_cpu_isa_avx512_core.rawValue
    /// Whether the CPU multiplies bfloat16 by itself.
    static let multipliesBFloat16 =
      dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx512_core_bf16.rawValue
      == dnnl_cpu_isa_avx512_core_bf16.rawValue

    private let stream: dnnl_stream_t
    private var products: [Shape: Product] = [:]
    /// For operands of one product.
    let pool = MatrixPool()

    private init() {
      // oneDNN is threaded by OpenMP, whose count is a thread's own: a product runs on one thread.
      OpenMP.useOneThread()
      var stream: dnnl_stream_t?
      Self.check(
        dnnl_stream_create(&stream, Self.engine, dnnl_stream_default_flags.rawValue), "a stream")
      self.stream = Self.made(stream)
    }

    deinit {
      products = [:]
      dnnl_stream_destroy(stream)
    }

    /// Lets go of the products that nobody has asked for since the last call: rare shapes come and go.
    func forgetUnused() {
      products = products.filter { $0.value.isUsed }
      for product in products.values { product.isUsed = false }
      // The library keeps what it has made, too, so many products.
      for room in [0, Self.cacheCapacity] {
        Self.check(dnnl_set_primitive_cache_capacity(room), "room for products")
      }
    }

    /// Multiplies; `weights` is a memory of oneDNN's for packed ones.
    func multiply(
      _ shape: Shape, packed layout: dnnl_memory_desc_t? = nil, source: UnsafeMutableRawPointer,
      weights: Operand, into destination: UnsafeMutablePointer<Float>
    ) {
      let product = products[shape] ?? make(shape, layout)
      product.run(source: source, weights: weights, destination: destination, on: stream)
    }

    /// The second operand of a product.
    enum Operand {
      case packed(dnnl_memory_t)
      case plain(UnsafeMutableRawPointer)
    }

    private func make(_ shape: Shape, _ layout: dnnl_memory_desc_t?) -> Product {
      let product = Product(shape, packed: layout)
      products[shape] = product
      return product
    }

    static func check(_ status: dnnl_status_t, _ what: String) {
      precondition(status == dnnl_success, "oneDNN cannot make \(what): status \(status.rawValue)")
    }

    static func made<Value>(_ value: Value?) -> Value {
      guard let value else { preconditionFailure("oneDNN made nothing") }
      return value
    }

    /// A row-major matrix, or a transposed one, by its strides.
    static func layout(
      _ rows: Int, _ columns: Int, _ strides: [Int], _ type: dnnl_data_type_t
    ) -> dnnl_memory_desc_t {
      var layout = dnnl_memory_desc_t()
      check(
        dnnl_memory_desc_init_by_strides(
          &layout, 2, [Int64(rows), Int64(columns)], type, strides.map { Int64($0) }),
        "a layout")
      return layout
    }

    static func memory(
      _ layout: dnnl_memory_desc_t, _ address: UnsafeMutableRawPointer?
    ) -> dnnl_memory_t {
      var (memory, layout) = (nil as dnnl_memory_t?, layout)
      check(dnnl_memory_create(&memory, &layout, engine, address), "a memory")
      return made(memory)
    }
  }

  extension Precision {
    var oneDNNType: dnnl_data_type_t { self == .float32 ? dnnl_f32 : dnnl_bf16 }
  }

  /// A matrix product of one shape, ready to run.
  final class Product {
    /// Whether it has run since ``OneDNN/forgetUnused()``.
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
