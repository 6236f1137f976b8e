/// CopyRE' (Zeng, Zhang and Liu, AAAI 2020): CopyRE with the fused copy scorer of equation 10 and
/// without the mask (Copy/README.md 3.1).
package struct CopyREPrime: CopyModel {
  package static let names = ["copyre-prime", "copyre'"]
  package static let architecture = CopyArchitecture(
    scorer: .fused, slots: .triple, tagging: false)
  package static let defaults = CopyOptions()
  package let network: CopyNetwork

  package init(network: CopyNetwork) { self.network = network }
}
