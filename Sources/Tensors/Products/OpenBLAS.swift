import Glibc
import Limits
import Synchronization

/// The functions of OpenBLAS that are used.
///
/// The library is loaded when a run chooses it: it starts its threads while it loads, one for each processor unless
/// the environment says otherwise. tercet's own threads multiply side by side, and the bits of a product do not depend
/// on their number, so it gets one.
struct OpenBLAS: Sendable {
  typealias Matrix = UnsafePointer<Float>?
  typealias Target = UnsafeMutablePointer<Float>?
  typealias Text = @convention(c) () -> UnsafePointer<CChar>

  let sgemm:
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, Matrix, Int32, Matrix, Int32, Float, Target,
      Int32
    ) -> Void
  let sgemv:
    @convention(c) (
      Int32, Int32, Int32, Int32, Float, Matrix, Int32, Matrix, Int32, Float, Target, Int32
    ) -> Void
  let version: Text
  let core: Text
  private let takeBuffer: @convention(c) (Int32) -> UnsafeMutableRawPointer?
  private let giveBuffer: @convention(c) (UnsafeMutableRawPointer?) -> Void

  /// `CblasRowMajor`.
  static let rowMajor: Int32 = 101

  /// `CblasTrans` or `CblasNoTrans`.
  static func transposed(_ isTransposed: Bool) -> Int32 { isTransposed ? 112 : 111 }

  /// The library; `nil` where it is not installed.
  static let loaded: OpenBLAS? = {
    for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"] { setenv(name, "1", 1) }
    if dlopen("libopenblas.so.0", RTLD_NOW | RTLD_GLOBAL) != nil { return OpenBLAS() }
    let reason = dlerror().map { String(cString: $0) } ?? ""
    if reason.contains("No such file") { return nil }
    Refusal.end("OpenBLAS cannot be loaded: \(reason): \(SystemError.text(ENOMEM))")
  }()

  private init?() {
    // Looked up among all libraries, so that one that is loaded before may stand in.
    func function<Type>(_ name: String, _: Type.Type) -> Type? {
      dlsym(nil, name).map { unsafeBitCast($0, to: Type.self) }
    }
    typealias Limit = @convention(c) (Int32) -> Void
    guard let sgemm = function("cblas_sgemm", type(of: self.sgemm)),
      let sgemv = function("cblas_sgemv", type(of: self.sgemv)),
      let version = function("openblas_get_config", Text.self),
      let core = function("openblas_get_corename", Text.self),
      let limit = function("openblas_set_num_threads", Limit.self),
      let takeBuffer = function("blas_memory_alloc", type(of: self.takeBuffer)),
      let giveBuffer = function("blas_memory_free", type(of: self.giveBuffer))
    else { return nil }
    limit(1)
    (self.sgemm, self.sgemv, self.version, self.core) = (sgemm, sgemv, version, core)
    (self.takeBuffer, self.giveBuffer) = (takeBuffer, giveBuffer)
  }
}

extension OpenBLAS {
  /// The memory that the library takes for the products of a thread, and keeps: one object for each thread that
  /// multiplies. The library would ask for ever for memory that the system refuses, so the process asks before and ends.
  final class Buffer: Sendable {
    private static let bytes = 32 << 22 + 4096
    private static let threads = Mutex(0)

    init(of library: OpenBLAS) {
      Self.threads.withLock { threads in
        threads += 1
        let buffers = (0..<threads).map { _ in
          let room = mmap(nil, Self.bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
          guard let room, room != MAP_FAILED else { Refusal.memory(Self.bytes) }
          munmap(room, Self.bytes)
          return library.takeBuffer(0)
        }
        for buffer in buffers { library.giveBuffer(buffer) }
      }
    }

    deinit { Self.threads.withLock { $0 -= 1 } }
  }
}
