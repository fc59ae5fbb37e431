// `rwlock_t gpc->lock`.

/// A reader-writer lock: free, held for write by one task, or for read by several.
package struct KernelRWLock: Hashable, Sendable {
  package var writer = KernelLock()
  /// Bit n: task n holds it for read.
  package var readers: UInt8 = 0

  package init() {}

  package var admitsReader: Bool { writer.isFree }
  package var admitsWriter: Bool { writer.isFree && readers == 0 }

  package mutating func acquireRead(_ task: Int) {
    precondition(admitsReader && readers >> UInt8(task) & 1 == 0, "task \(task) read-locks against \(self)")
    readers |= 1 << UInt8(task)
  }

  package mutating func releaseRead(_ task: Int) {
    precondition(readers >> UInt8(task) & 1 == 1, "task \(task) read-unlocks what it does not hold")
    readers &= ~(1 << UInt8(task))
  }

  package mutating func acquireWrite(_ task: Int) {
    precondition(readers == 0, "task \(task) write-locks against readers")
    writer.acquire(task)
  }
}
