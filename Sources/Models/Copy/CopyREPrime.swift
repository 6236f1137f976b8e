/// CopyRE' (Zeng, Zhang and Liu, AAAI 2020): CopyRE with the fused copy scorer of equation 10 and
/// without the mask (models.md 3.1).
public struct CopyREPrime: CopyModel {
  public static let names = ["copyre-prime", "copyre'"]
  public static let architecture = CopyArchitecture(
    scorer: .fused, slots: .triple, tagging: false)
  public static let defaults = CopyOptions()
  public let network: CopyNetwork

  public init(network: CopyNetwork) { self.network = network }
}
