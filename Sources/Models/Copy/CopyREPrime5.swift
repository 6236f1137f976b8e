/// CopyRE'5 (Zeng, Zhang and Liu, AAAI 2020): CopyRE' that decodes quintuples, a length after each
/// entity's token, to name entities of several tokens without a tagger (models.md 3.4).
public struct CopyREPrime5: CopyModel {
  public static let names = ["copyre-prime5", "copyre'5", "copyre5"]
  public static let architecture = CopyArchitecture(
    scorer: .fused, slots: .quintuple, tagging: false)
  public static let defaults = CopyOptions()
  public let network: CopyNetwork

  public init(network: CopyNetwork) { self.network = network }
}
