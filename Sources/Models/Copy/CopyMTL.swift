/// CopyMTL (Zeng, Zhang and Liu, AAAI 2020): CopyRE' and, on the same encoder, a BIO tagger with a CRF;
/// the tags grow the tokens that the decoder points at into entities (models.md 3.2, 3.3).
public struct CopyMTL: CopyModel {
  public static let names = ["copymtl"]
  public static let architecture = CopyArchitecture(
    scorer: .fused, slots: .triple, tagging: true)
  public static let defaults = CopyOptions()
  public let network: CopyNetwork

  public init(network: CopyNetwork) { self.network = network }
}
