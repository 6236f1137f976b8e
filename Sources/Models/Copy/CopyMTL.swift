/// CopyMTL (Zeng, Zhang and Liu, AAAI 2020): CopyRE' with a BIO tagger and CRF on the same encoder. The
/// tags extend the decoder's pointers to entities of several tokens (Copy/README.md 3.2, 3.3).
package struct CopyMTL: CopyModel {
  package static let names = ["copymtl"]
  package static let architecture = CopyArchitecture(
    scorer: .fused, slots: .triple, tagging: true)
  package static let defaults = CopyOptions()
  package let network: CopyNetwork

  package init(network: CopyNetwork) { self.network = network }
}
