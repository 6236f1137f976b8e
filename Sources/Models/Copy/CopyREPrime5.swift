/// CopyRE'5 (Zeng, Zhang and Liu, AAAI 2020): CopyRE' with quintuples. The decoder predicts a length after
/// each pointer, so that entities of several tokens need no tagger (Copy/README.md 3.4).
package struct CopyREPrime5: CopyModel {
  package static let names = ["copyre-prime5", "copyre'5", "copyre5"]
  package static let architecture = CopyArchitecture(
    scorer: .fused, slots: .quintuple, tagging: false)
  package static let defaults = CopyOptions()
  package let network: CopyNetwork

  package init(network: CopyNetwork) { self.network = network }
}
