import Synchronization

/// The weights of a model, packed for many products between two changes of its parameters.
public final class WeightStore: Sendable {
  public let parameters: Slab
  public let precision: Precision
  private let weights = Mutex<[Place: Weight]>([:])
  /// The forms that lie in memory of several processes, each of which packs a part of them.
  private let placed = Mutex<[PackedForm]>([])

  private struct Place: Hashable {
    let start: Int
    let rows: Int
    let columns: Int
  }

  public init(_ parameters: Slab, precision: Precision) {
    precondition(precision.isSupported, "\(precision) on this CPU")
    self.parameters = parameters
    self.precision = precision
  }

  /// The weight of a matrix within the parameters.
  public func weight(_ values: Matrix) -> Weight {
    let place = Place(
      start: Int(bitPattern: values.start), rows: values.rows, columns: values.columns)
    let fresh = Weight(packing: values, precision: precision)
    return weights.withLock { known in
      if let weight = known[place] { return weight }
      known[place] = fresh
      return fresh
    }
  }

  /// Packs all weights again: the parameters have changed.
  ///
  /// - Parameters:
  ///   - member: which of the processes that have the placed forms in common this is.
  ///   - members: how many there are; each packs about as many values.
  public func refresh(on team: ThreadTeam, member: Int = 0, of members: Int = 1) {
    let placed = placed.withLock { $0 }
    let own = Self.part(member, of: members, placed) + known().filter { !placed.contains($0) }
    let packed = own.sorted { $0.count > $1.count }.map { weights(of: $0) }
    team.forEach(packed.count) { packed[$1].pack() }
  }
}

/// A weight as products read it, by where its values lie among the parameters.
public struct PackedForm: Hashable, Codable, Sendable {
  let offset: Int
  let rows: Int
  let columns: Int
  let stride: Int
  let isTransposed: Bool
  /// Floats of the packed weight.
  let count: Int

  /// Floats of its place, whole pages.
  var room: Int { (count + 1023) & ~1023 }
}

extension WeightStore {
  /// What is packed now, in the order of the parameters.
  public func known() -> [PackedForm] {
    weights.withLock { known in
      known.values.flatMap { weight in
        weight.packedForms.map { form in
          PackedForm(
            offset: weight.values.start - parameters.start, rows: weight.values.rows,
            columns: weight.values.columns, stride: weight.values.stride,
            isTransposed: form.isTransposed, count: form.count)
        }
      }
    }.sorted {
      ($0.offset, $0.columns, $0.rows, $1.isTransposed ? 1 : 0) < (
        $1.offset, $1.columns, $1.rows, $0.isTransposed ? 1 : 0
      )
    }
  }

  /// Floats that the forms take where they are placed together.
  public static func room(for forms: [PackedForm]) -> Int { forms.reduce(0) { $0 + $1.room } }

  /// Has the forms lie in `slab`, one after the other; they are packed there by the next refresh.
  ///
  /// - Precondition: nothing is placed yet, and the slab has room.
  public func place(_ forms: [PackedForm], in slab: Slab) {
    placed.withLock {
      precondition($0.isEmpty, "weights placed twice")
      $0 = forms
    }
    var start = 0
    for form in forms {
      weights(of: form).move(to: slab.part(start..<start + form.room))
      start += form.room
    }
  }
  private func weights(of form: PackedForm) -> PackedWeights {
    let values = parameters.matrix(
      at: form.offset, rows: form.rows, columns: form.columns, stride: form.stride)
    return weight(values).packedForm(transposed: form.isTransposed)
  }

  /// A run of the forms, of about as many floats for each member.
  private static func part(
    _ member: Int, of members: Int, _ forms: [PackedForm]
  ) -> [PackedForm] {
    let all = room(for: forms)
    var before = 0
    return forms.filter { form in
      defer { before += form.room }
      return (before + form.room / 2) * members / max(all, 1) == member
    }
  }
}
