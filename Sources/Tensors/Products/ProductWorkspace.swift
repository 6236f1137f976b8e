/// Memory that a thread's products work in, kept from one to the next.
final class ProductWorkspace {
  private var start: UnsafeMutablePointer<Float>?
  private var capacity = 0

  private static let own = ThreadLocal { ProductWorkspace() }

  private init() {}

  deinit { start?.deallocate() }

  /// So many floats of any content, the calling thread's until it asks again.
  static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let room = own.value
    if let start = room.start, room.capacity >= count { return start }
    room.start?.deallocate()
    let fresh = Storage.allocate(count)
    (room.start, room.capacity) = (fresh, count)
    return fresh
  }
}
