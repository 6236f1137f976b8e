/// The numbers that products with weights multiply; sums, states and parameters are float32 in either case.
public enum Precision: String, Codable, Sendable, CaseIterable {
  /// Operands as they are.
  case float32
  /// Eight bits of mantissa, rounded to nearest; products are summed in float32.
  case bfloat16

  /// Whether this CPU multiplies such numbers by themselves, and the library has it do so.
  public func isSupported(by library: ProductLibrary) -> Bool {
    switch self {
    case .float32: true
    case .bfloat16: library == .onednn && Self.hasBFloat16
    }
  }

  /// Whether the library that tercet chooses by itself multiplies such numbers.
  public var isSupported: Bool { isSupported(by: .automatic) }

  private static var hasBFloat16: Bool {
    #if ONEDNN
      OneDNN.multipliesBFloat16
    #else
      false
    #endif
  }

  /// A line for a user whose CPU or library does not multiply such numbers.
  public var unsupportedNote: String {
    "\(rawValue) needs a CPU that multiplies it (avx512_bf16) and oneDNN; float32 is used"
  }
}
