// Locks as the engine sees them: who holds them.

/// A spinlock or mutex: free, or held by one task.
package struct KernelLock<Width: StateWidth>: Hashable, Sendable {
  /// 0: free; else the holder's index + 1.
  package var holder: Width.Count = 0

  package init() {}

  package var isFree: Bool { holder == 0 }

  package mutating func acquire(_ task: Int) {
    precondition(holder == 0, "task \(task) takes a lock held by \(holder)")
    holder = Width.Count(task + 1)
  }

  package mutating func release(_ task: Int) {
    precondition(Int(holder) == task + 1, "task \(task) drops a lock held by \(holder)")
    holder = 0
  }
}
