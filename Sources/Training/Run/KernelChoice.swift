import Collectives
import Foundation
import RunLogs
import Tensors

/// The library that multiplies on a rank, and its kernels, as the run log has them. Other kernels add in
/// another order, so that the last bits of a product differ.
struct KernelChoice: Codable, Equatable, CustomStringConvertible {
  /// The library of all dense products.
  let products: ProductLibrary
  /// Version and instructions, as far as bits depend on them.
  let kernels: String

  init(_ products: Products) {
    self.products = products.library
    kernels = products.kernels
  }

  /// Reads the start of a run log; older logs name the kernels alone, as `products`.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let name = try values.decode(String.self, forKey: .products)
    if let library = ProductLibrary(rawValue: name) {
      products = library
      kernels = try values.decode(String.self, forKey: .kernels)
    } else {
      products = name.hasPrefix("oneDNN") ? .onednn : .panels
      kernels = name
    }
  }

  var description: String { "\(products) (\(kernels))" }

  /// Warnings about kernels that differ between ranks, or from those that computed the checkpoint that is
  /// resumed; on rank 0 alone.
  func warnings(resuming checkpoint: String?, on session: borrowing Session) throws -> [String] {
    let mixture = try mixture(on: session)
    let change = session.rank == 0 ? checkpoint.flatMap(change) : nil
    return [mixture, change].compactMap { $0 }
  }

  /// A warning where a rank has other kernels than rank 0; on rank 0 alone.
  private func mixture(on session: borrowing Session) throws -> String? {
    struct Voice: Codable {
      let host: String
      let choice: KernelChoice
    }
    let own = Voice(host: Session.hostName, choice: self)
    let all = try session.gather(bytes: Array(JSONEncoder().encode(own))).map {
      try JSONDecoder().decode(Voice.self, from: Data($0))
    }
    guard let rank = all.firstIndex(where: { $0.choice != self }) else { return nil }
    let count = all.count { $0.choice != self }
    return "rank \(rank) on \(all[rank].host) multiplies with \(all[rank].choice), rank 0 on "
      + "\(own.host) with \(self) (\(count) of \(all.count) ranks differ): "
      + remedy(beside: all[rank].choice)
  }

  /// A warning where a checkpoint was computed with other kernels, according to the last start in the run log
  /// beside it. A log that is missing or names no kernels is no reason to warn.
  private func change(since checkpoint: String) -> String? {
    let log = URL(filePath: checkpoint).deletingLastPathComponent().appending(
      path: RunLogReader.fileName)
    struct Start: Decodable {
      let event: RunLogEvent
    }
    let lines = (try? Data(contentsOf: log))?.split(separator: 0x0A) ?? []
    let start = lines.last {
      (try? JSONDecoder().decode(Start.self, from: $0))?.event == .start
    }
    guard let start, let before = try? JSONDecoder().decode(KernelChoice.self, from: start),
      before != self
    else { return nil }
    return "\(log.relativePath): the run was computed with \(before), and goes on with \(self): "
      + remedy(beside: before)
  }

  /// How a user makes these kernels and other ones agree.
  private func remedy(beside other: KernelChoice) -> String {
    let remedy =
      switch products {
      case _ where products != other.products:
        "one value of products other than auto makes them agree"
      case .openblas: "one version of OpenBLAS, and OPENBLAS_CORETYPE set alike, make them agree"
      case .onednn: "one version of oneDNN, and ONEDNN_MAX_CPU_ISA set alike, make them agree"
      case .panels: "one version of tercet makes them agree"
      }
    return "the last bits depend on it; \(remedy)"
  }
}

extension RunOptions {
  /// What multiplies on every rank, and a warning where that is not in the precision asked for.
  ///
  /// - Throws: ``TrainingError/productsUnsupported(note:)``, on every rank, where any lacks the library.
  func products(on session: borrowing Session) throws -> (Products, warning: String?) {
    let library = products.library
    guard try session.agree(library.isSupported) else {
      throw TrainingError.productsUnsupported(note: library.unsupportedNote)
    }
    let isSupported = try session.agree(precision.isSupported(by: library))
    return (
      Products(library, precision: isSupported ? precision : .float32),
      isSupported ? nil : precision.unsupportedNote
    )
  }
}
