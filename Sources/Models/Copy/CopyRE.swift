/// CopyRE (Zeng et al., ACL 2018): the copy scorer is linear in decoder and encoder states, so that the
/// decoder's part cancels in the softmax and head and tail have one distribution; the mask M keeps the
/// tail from repeating the head (models.md 2).
public struct CopyRE: CopyModel {
  public static let names = ["copyre"]
  public static let architecture = CopyArchitecture(
    scorer: .linear, slots: .triple, tagging: false)
  public static let defaults = {
    var options = CopyOptions()
    options.mask = .neginf
    return options
  }()
  public let network: CopyNetwork

  public init(network: CopyNetwork) { self.network = network }
}
