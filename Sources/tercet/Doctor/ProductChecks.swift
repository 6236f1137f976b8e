import Tensors

/// What multiplies here, and why.
enum ProductChecks {
  static func findings() -> [Finding] { [products, openBLAS, oneDNN, bfloat16] }

  /// The library of products of float32 that `products: auto` means.
  private static var products: Finding {
    let (subject, chosen) = ("products", ProductLibrary.automatic)
    guard chosen.isSupported else {
      return .fail(subject, "nothing multiplies: no AVX2 and no OpenBLAS", remedy: installOpenBLAS)
    }
    switch chosen {
    case .onednn: return .ok(subject, "oneDNN multiplies float32, since this CPU has AVX-512")
    case .panels:
      let reason =
        ProductLibrary.onednn.kernels == nil
        ? "this build has no oneDNN" : "oneDNN is for CPUs with AVX-512, which this one lacks"
      return .ok(subject, "tercet's own kernels multiply float32: \(reason)")
    case .openblas:
      return .warn(
        subject, "OpenBLAS multiplies float32, since this CPU or the build lacks AVX2 and FMA",
        remedy: "on a CPU that has them, build with TERCET_CPU=native")
    }
  }

  private static let installOpenBLAS = "apt-get install libopenblas0"

  private static var openBLAS: Finding {
    ProductLibrary.openblas.kernels.map { .ok("OpenBLAS", $0) }
      ?? .warn(
        "OpenBLAS", "is not installed, and products=openblas refused", remedy: installOpenBLAS)
  }

  private static var oneDNN: Finding {
    guard let kernels = ProductLibrary.onednn.kernels else {
      return .warn(
        "oneDNN", "was not there when tercet was built",
        remedy: "apt-get install libdnnl-dev, and build again")
    }
    return .ok("oneDNN", kernels)
  }

  private static var bfloat16: Finding {
    Precision.bfloat16.isSupported
      ? .ok("bfloat16", "oneDNN multiplies it, with precision=bfloat16")
      : .ok("bfloat16", "not on this CPU or by this build: precision=bfloat16 means float32 here")
  }
}
