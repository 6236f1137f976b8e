/// CopyRE (Zeng et al., ACL 2018). The copy scorer is linear in decoder and encoder states: the decoder's
/// part cancels in the softmax, and head and tail have equal distributions. The mask M prevents a tail
/// equal to its head (Copy/README.md 2).
package struct CopyRE: CopyModel {
  package static let names = ["copyre"]
  package static let architecture = CopyArchitecture(
    scorer: .linear, slots: .triple, tagging: false)
  package static let defaults = {
    var options = CopyOptions()
    options.mask = .neginf
    return options
  }()
  package let network: CopyNetwork

  package init(network: CopyNetwork) { self.network = network }
}
