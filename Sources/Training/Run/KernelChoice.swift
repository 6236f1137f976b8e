import Collectives
import Foundation
import Tensors

/// The kernels that the libraries chose for the CPU of a rank, as the run log has them. Other kernels add in
/// another order, so that the last bits of a product differ.
struct KernelChoice: Codable, Equatable, CustomStringConvertible {
  /// The core type of OpenBLAS, such as `SkylakeX`.
  let blas: String
  /// The library of the large products, with its instructions.
  let products: String

  /// The choice of this rank.
  static var own: KernelChoice { KernelChoice(blas: BLAS.coreName, products: Products.name) }

  var description: String { "\(blas), \(products)" }

  /// The end of both warnings: why the choice matters, and which settings make choices agree.
  private static let remedy =
    "the last bits depend on it; OPENBLAS_CORETYPE and ONEDNN_MAX_CPU_ISA, set alike, make them agree"

  /// Warnings about kernels that differ between ranks, or from those that computed the checkpoint that is
  /// resumed; on rank 0 alone.
  static func warnings(
    resuming checkpoint: String?, on session: borrowing Session
  ) throws -> [String] {
    let mixture = try Self.mixture(on: session)
    let change = session.rank == 0 ? checkpoint.flatMap(Self.change) : nil
    return [mixture, change].compactMap { $0 }
  }

  /// A warning where a rank has other kernels than rank 0; on rank 0 alone.
  private static func mixture(on session: borrowing Session) throws -> String? {
    struct Voice: Codable {
      let host: String
      let choice: KernelChoice
    }
    let own = Voice(host: Session.hostName, choice: .own)
    let all = try session.gather(bytes: Array(JSONEncoder().encode(own))).map {
      try JSONDecoder().decode(Voice.self, from: Data($0))
    }
    guard let rank = all.firstIndex(where: { $0.choice != own.choice }) else { return nil }
    let count = all.count { $0.choice != own.choice }
    return "rank \(rank) on \(all[rank].host) multiplies with \(all[rank].choice), rank 0 on "
      + "\(own.host) with \(own.choice) (\(count) of \(all.count) ranks differ): \(remedy)"
  }

  /// A warning where a checkpoint was computed with other kernels, according to the last start in the run log
  /// beside it. A log that is missing or names no kernels is no reason to warn.
  private static func change(since checkpoint: String) -> String? {
    let log = URL(filePath: checkpoint).deletingLastPathComponent().appending(path: "run.jsonl")
    struct Start: Codable {
      let event: String
    }
    let lines = (try? Data(contentsOf: log))?.split(separator: 0x0A) ?? []
    let start = lines.last {
      (try? JSONDecoder().decode(Start.self, from: $0))?.event == "start"
    }
    guard let start, let before = try? JSONDecoder().decode(KernelChoice.self, from: start),
      before != .own
    else { return nil }
    return "\(log.relativePath): the run was computed with \(before), and goes on with \(own): "
      + remedy
  }
}
