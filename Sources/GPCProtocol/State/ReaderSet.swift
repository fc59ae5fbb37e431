// Who holds a rwlock for read.

package protocol ReaderSet: Hashable, Sendable {
  init()
  var isEmpty: Bool { get }
  /// `task` must not be one of them.
  mutating func insert(_ task: Int)
  /// `task` must be one of them.
  mutating func remove(_ task: Int)
}

/// Bit n: task n. What a search packs.
package struct ReaderMask: ReaderSet {
  package var bits: UInt8 = 0

  package init() {}

  package var isEmpty: Bool { bits == 0 }

  package mutating func insert(_ task: Int) {
    precondition(bits >> UInt8(task) & 1 == 0, "task \(task) read-locks twice")
    bits |= 1 << UInt8(task)
  }

  package mutating func remove(_ task: Int) {
    precondition(bits >> UInt8(task) & 1 == 1, "task \(task) read-unlocks what it does not hold")
    bits &= ~(1 << UInt8(task))
  }
}

/// How many: any number of tasks. No published form waits for anything while it holds `gpc->lock` for read, so nobody
/// asks who.
package struct ReaderCount: ReaderSet {
  private var count: UInt32 = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  package mutating func insert(_ task: Int) { count += 1 }

  package mutating func remove(_ task: Int) {
    precondition(count > 0, "task \(task) read-unlocks what nobody holds")
    count -= 1
  }
}
