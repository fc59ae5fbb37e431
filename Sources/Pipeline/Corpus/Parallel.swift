// Independent pieces of work, several in parallel.

import Dispatch
import Synchronization

/// The results of `body` for each of 0 ..< `count`, in that order, whichever is done first; at most `jobCount` are in
/// progress, begun in order. Waits for all of them.
func inParallel<Result: Sendable>(
  _ count: Int, jobCount: Int, _ body: @Sendable (Int) -> Result
) -> [Result] {
  let next = Mutex(0)
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(jobCount, count)) { _ in
    while true {
      let index = next.withLock { next in
        defer { next += 1 }
        return next
      }
      guard index < count else { return }
      let result = body(index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0 }.compactMap { $0 }
}
