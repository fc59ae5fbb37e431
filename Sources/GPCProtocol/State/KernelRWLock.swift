// `rwlock_t gpc->lock`.

/// A reader-writer lock: free, held for write by one task, or for read by several.
package struct KernelRWLock<Width: StateWidth>: Hashable, Sendable {
  package var writer = KernelLock<Width>()
  package var readers = Width.Readers()

  package init() {}

  package var admitsReader: Bool { writer.isFree }
  package var admitsWriter: Bool { writer.isFree && readers.isEmpty }

  package mutating func acquireRead(_ task: Int) {
    precondition(admitsReader, "task \(task) read-locks against \(self)")
    readers.insert(task)
  }

  package mutating func releaseRead(_ task: Int) { readers.remove(task) }

  package mutating func acquireWrite(_ task: Int) {
    precondition(readers.isEmpty, "task \(task) write-locks against readers")
    writer.acquire(task)
  }
}
