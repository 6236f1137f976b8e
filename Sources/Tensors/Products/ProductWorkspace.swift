/// The workspace of a thread's products, kept from one product to the next.
final class ProductWorkspace {
  private var start: UnsafeMutablePointer<Float>?
  private var capacity = 0

  private static let own = ThreadLocal { ProductWorkspace() }

  private init() {}

  deinit { start?.deallocate() }

  /// At least `count` uninitialised floats, valid until the calling thread asks again.
  static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let workspace = own.value
    if let start = workspace.start, workspace.capacity >= count { return start }
    workspace.start?.deallocate()
    let fresh = Storage.allocate(count)
    (workspace.start, workspace.capacity) = (fresh, count)
    return fresh
  }
}
