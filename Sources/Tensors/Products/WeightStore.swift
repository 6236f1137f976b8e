import Synchronization

/// The weights of a model, as one library multiplies them many times between two changes of the parameters.
public final class WeightStore: Sendable {
  /// Where the weights lie.
  public let parameters: Slab
  /// What multiplies them.
  public let products: Products
  private let weights = Mutex<[Place: Weight]>([:])
  /// The forms in memory shared by several processes, each of which packs a part of them.
  private let placed = Mutex<[PackedForm]>([])

  private struct Place: Hashable {
    let start: Int
    let rows: Int
    let columns: Int
  }

  /// - Precondition: the parameters stay where they are.
  public init(_ parameters: Slab, products: Products = Products()) {
    self.parameters = parameters
    self.products = products
  }

  /// The weight of a matrix within the parameters.
  public func weight(_ values: Matrix) -> Weight {
    let place = Place(
      start: Int(bitPattern: values.start), rows: values.rows, columns: values.columns)
    let fresh = Weight(values, products)
    return weights.withLock { known in
      if let weight = known[place] { return weight }
      known[place] = fresh
      return fresh
    }
  }

  /// Packs all weights again after a change of the parameters.
  ///
  /// - Parameters:
  ///   - member: the index of this process among those that share the placed forms.
  ///   - members: the number of those processes; each packs about as many values.
  public func refresh(on team: ThreadTeam, member: Int = 0, of members: Int = 1) {
    let placed = placed.withLock { $0 }
    let own = Self.part(member, of: members, placed) + known().filter { !placed.contains($0) }
    let packed = own.sorted { $0.count > $1.count }.map { weights(of: $0) }
    team.forEach(packed.count) { packed[$1].pack() }
  }
}

extension WeightStore {
  /// The forms packed so far, in the order of the parameters; none where OpenBLAS multiplies.
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

  /// Floats of all forms, placed one after the other.
  public static func floats(for forms: [PackedForm]) -> Int { forms.reduce(0) { $0 + $1.space } }

  /// Moves the forms to `slab`, one after the other; the next ``refresh(on:member:of:)`` packs them there.
  ///
  /// - Precondition: nothing is placed yet, and the slab has ``floats(for:)`` floats.
  public func place(_ forms: [PackedForm], in slab: Slab) {
    placed.withLock {
      precondition($0.isEmpty, "weights placed twice")
      $0 = forms
    }
    var start = 0
    for form in forms {
      weights(of: form).move(to: slab.part(start..<start + form.space))
      start += form.space
    }
  }

  private func weights(of form: PackedForm) -> PackedWeights {
    let values = parameters.matrix(
      at: form.offset, rows: form.rows, columns: form.columns, stride: form.stride)
    return weight(values).packedForm(transposed: form.isTransposed)
  }

  /// The forms that a member packs: a run of them, of about as many floats for each member.
  private static func part(
    _ member: Int, of members: Int, _ forms: [PackedForm]
  ) -> [PackedForm] {
    let all = floats(for: forms)
    var before = 0
    return forms.filter { form in
      defer { before += form.space }
      return (before + form.space / 2) * members / max(all, 1) == member
    }
  }
}
