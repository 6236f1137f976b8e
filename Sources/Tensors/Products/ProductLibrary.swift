import Kernels

/// A library that multiplies dense matrices.
public enum ProductLibrary: String, Codable, Sendable, CaseIterable {
  /// OpenBLAS, by CBLAS calls. The bits of a row of a product may depend on the rows beside it, and on the
  /// CPU.
  case openblas
  /// tercet's own kernels. Each row of a product depends on the same row of its operand alone, and has the
  /// same bits on every CPU.
  case panels
  /// oneDNN, for weights packed in its own layout. Each row of a product depends on the same row of its
  /// operand alone, with bits that depend on the CPU.
  case onednn

  /// The library that a run uses unless it is told: the fastest that this program and this CPU have.
  public static let automatic: ProductLibrary =
    ([.onednn, .panels] as [ProductLibrary]).first(where: \.isSupported) ?? .openblas

  /// Whether the library is there, and this CPU has the instructions that it is used with.
  public var isSupported: Bool {
    switch self {
    case .openblas: BLAS.isInstalled
    case .panels: hasPanelInstructions
    case .onednn: Self.hasOneDNN
    }
  }

  /// Its version and instructions, as far as the bits of a product depend on them; `nil` where it is not installed, or
  /// was not when tercet was built. This CPU may lack the instructions that it is used with.
  public var kernels: String? {
    switch self {
    case .openblas: BLAS.isInstalled ? BLAS.name : nil
    case .panels: "tercet"
    case .onednn: Self.oneDNNName
    }
  }

  private static var oneDNNName: String? {
    #if ONEDNN
      OneDNN.name
    #else
      nil
    #endif
  }

  private static var hasOneDNN: Bool {
    #if ONEDNN
      OneDNN.hasAVX512
    #else
      false
    #endif
  }

  /// A line for a user whose machine lacks the library, with the remedy.
  public var unsupportedNote: String {
    switch self {
    case .openblas:
      "products=openblas needs OpenBLAS (libopenblas0); install it, or set products=auto"
    case .panels:
      "products=panels needs a CPU with AVX2 and FMA, and a build for such a CPU (TERCET_CPU); "
        + "set products=auto or products=openblas"
    case .onednn:
      "products=onednn needs a CPU with AVX-512, and a build that found oneDNN (libdnnl-dev); "
        + "set products=auto or products=openblas"
    }
  }

  /// Whether a row of a product with a weight has the same bits whatever rows are multiplied beside it.
  public var keepsRowsApart: Bool { self != .openblas }
}

/// The value of the key `products`: a library, or leave to choose one for the CPU.
public enum ProductChoice: RawRepresentable, Codable, Sendable, Hashable, CaseIterable {
  /// ``ProductLibrary/automatic``.
  case auto
  /// This library and no other.
  case only(ProductLibrary)

  /// `auto`, then the libraries.
  public static let allCases = [.auto] + ProductLibrary.allCases.map { only($0) }

  /// The choice that a configuration names; `nil` for any other text.
  public init?(rawValue: String) {
    let named = ProductLibrary(rawValue: rawValue).map { Self.only($0) }
    guard let choice = rawValue == "auto" ? .auto : named else { return nil }
    self = choice
  }

  /// As a configuration names it.
  public var rawValue: String {
    switch self {
    case .auto: "auto"
    case .only(let library): library.rawValue
    }
  }

  /// The library that it means on this machine, which may lack it.
  public var library: ProductLibrary {
    switch self {
    case .auto: .automatic
    case .only(let library): library
    }
  }
}
