import Glibc
import Limits
import Synchronization

/// A fixed number of threads that work together: the calling thread is the first of them, the others wait for its
/// calls.
///
/// When a call returns, all its work is done and visible to every thread.
public final class ThreadTeam: Sendable {
  /// Number of threads, the calling one included.
  public let count: Int
  private let post = Post()
  private let others: [SystemThread]

  /// Starts the threads; the process ends with a line where the system refuses one.
  ///
  /// - Precondition: `count` is positive.
  public init(_ count: Int) {
    precondition(count > 0, "a team of \(count)")
    self.count = count
    others = (1..<count).map { [post] index in
      SystemThread("thread \(index + 1) of \(count)") { Member(index: index, post: post).serve() }
    }
  }

  deinit {
    post.announce(.end, to: others.count)
    for thread in others { thread.join() }
  }

  /// Runs `work` once on each thread, with the thread's index.
  public func run(_ work: (_ thread: Int) -> Void) {
    guard count > 1 else { return work(0) }
    withoutActuallyEscaping(work) { work in
      post.announce(.work(work), to: others.count)
      work(0)
      post.waitForAll()
    }
  }

  /// Runs `work` for each of `count` items; each free thread takes the next item.
  public func forEach(_ count: Int, _ work: (_ thread: Int, _ item: Int) -> Void) {
    let next = Atomic(0)
    run { thread in
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard item < count else { return }
        work(thread, item)
      }
    }
  }
}

/// Hands work from the calling thread to the others, and reports their end to it.
private final class Post: @unchecked Sendable {
  enum Order {
    case work((Int) -> Void)
    case end
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var order: Order?
  private var round = 0
  private var busy = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  func announce(_ order: Order, to count: Int) {
    locked {
      self.order = order
      round += 1
      busy = count
      pthread_cond_broadcast(changed)
    }
  }

  /// The order of the round after `round`.
  func next(after round: Int) -> Order? {
    locked {
      while self.round == round { pthread_cond_wait(changed, mutex) }
      return order
    }
  }

  func finished() {
    locked {
      busy -= 1
      if busy == 0 { pthread_cond_broadcast(changed) }
    }
  }

  func waitForAll() {
    locked {
      while busy > 0 { pthread_cond_wait(changed, mutex) }
      order = nil
    }
  }
}

/// A thread of a team that waits for orders.
private struct Member {
  let index: Int
  let post: Post

  func serve() {
    var round = 0
    while serve(round) {
      round += 1
      post.finished()
    }
  }

  /// Does the work that follows `round`; returns `false` at the end of the team. Not inlined, so that the closure
  /// is released on return: it must not outlive the call that passed it.
  @inline(never)
  private func serve(_ round: Int) -> Bool {
    guard case .work(let work) = post.next(after: round) else { return false }
    work(index)
    return true
  }
}
