import Collectives
import Foundation
import Tensors

extension Run {
  /// Packs the weights anew after an update. Ranks of a host that share the parameters share the packed
  /// weights too: each rank packs a part of them, and the cache of the host holds them once.
  func refreshWeights(on session: borrowing Session) throws {
    guard replica.isShared else { return weights.refresh(on: team) }
    if packs == nil { packs = try sharePacks(on: session) }
    guard packs?.isShared == true else { return weights.refresh(on: team) }
    weights.refresh(on: team, member: session.rank, of: session.size)
    try session.barrier()
  }

  /// Packs the weights anew for an evaluation. Before the first update those that a step needs are not known yet,
  /// so that none are shared.
  func repackWeights(on session: borrowing Session) throws {
    if packs == nil { weights.refresh(on: team) } else { try refreshWeights(on: session) }
  }

  /// Allocates shared memory for the weights that rank 0 has packed so far, all that a step needs. Allocates
  /// none where ranks multiply with different instructions, and so read different layouts.
  private func sharePacks(on session: borrowing Session) throws -> ReplicatedBuffer {
    let list = try session.broadcast(bytes: Array(JSONEncoder().encode(weights.known())))
    let kernels = weights.products.kernels
    let name = try session.broadcast(bytes: Array(kernels.utf8))
    let isAlike = try session.agree(name == Array(kernels.utf8))
    let forms = isAlike ? try JSONDecoder().decode([PackedForm].self, from: Data(list)) : []
    let packs = try ReplicatedBuffer(
      count: WeightStore.floats(for: forms), mode: options.reduction, on: session)
    if packs.isShared { weights.place(forms, in: packs.values) }
    return packs
  }
}
