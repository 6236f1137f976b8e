#if ONEDNN
  import COneDNN
  import Glibc

  /// The products of oneDNN. Each thread keeps its own primitives, one for each shape, because a primitive's
  /// scratch memory belongs to the thread that made it.
  final class OneDNN {
    /// A product's shape, in the terms of oneDNN: source, weights and destination.
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
    /// oneDNN's handle of the CPU, for all threads.
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
      // Each product allocates its workspace anew: the C library keeps that memory, because the system would
      // clear it before it hands it out again.
      mallopt(M_MMAP_THRESHOLD, 1 << 30)
      mallopt(M_TRIM_THRESHOLD, 1 << 30)
      var engine: dnnl_engine_t?
      check(dnnl_engine_create(&engine, dnnl_cpu, 0), "an engine")
      return made(engine)
    }()
    private static let cacheCapacity: Int32 = {
      var capacity: Int32 = 0
      check(dnnl_get_primitive_cache_capacity(&capacity), "a cache of products")
      return capacity
    }()
    /// Version and instructions, such as `oneDNN 2.6.3 isa 0x3f`.
    static var name: String {
      let version = dnnl_version().pointee
      let isa = String(dnnl_get_effective_cpu_isa().rawValue, radix: 16)
      return "oneDNN \(version.major).\(version.minor).\(version.patch) isa 0x\(isa)"
    }
    /// Whether oneDNN uses AVX-512.
    static let hasAVX512 =
      dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx512_core.rawValue
      == dnnl_cpu_isa_avx512_core.rawValue
    /// Whether oneDNN uses instructions that multiply bfloat16.
    static let multipliesBFloat16 =
      dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx512_core_bf16.rawValue
      == dnnl_cpu_isa_avx512_core_bf16.rawValue

    private let stream: dnnl_stream_t
    private var products: [Shape: OneDNNProduct] = [:]
    /// Memory for copies of operands.
    let pool = MatrixPool()

    private init() {
      // oneDNN starts threads by OpenMP, whose limit belongs to the calling thread: a product runs on this one.
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

    /// Drops the products that have not run since the last call: rare shapes come and go.
    func trim() {
      products = products.filter { $0.value.isUsed }
      for product in products.values { product.isUsed = false }
      // oneDNN has a cache of its own; a capacity of 0 empties it.
      for capacity in [0, Self.cacheCapacity] {
        Self.check(dnnl_set_primitive_cache_capacity(capacity), "a cache of products")
      }
    }

    /// Runs the product of a shape, which is made on first use.
    ///
    /// - Parameter layout: of packed weights.
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

    private func make(_ shape: Shape, _ layout: dnnl_memory_desc_t?) -> OneDNNProduct {
      let product = OneDNNProduct(shape, packed: layout)
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
#endif
