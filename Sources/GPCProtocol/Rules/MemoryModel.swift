// What the CPU does to bare accesses.

/// The memory model that a form is run under; the raw value is its word in a case's `search.memory`.
package enum MemoryModel: String, CaseIterable, Sendable {
  /// Every store is seen at once.
  case sequential = "sc"
  /// x86: a store waits in its CPU's FIFO buffer until a locked instruction or a full barrier drains it. Taking a lock
  /// is a locked instruction, dropping a spinlock or a write lock is a store after those before it. So one store of
  /// the published forms can be passed by a later bare load of its own task: `valid = true` by the retry test. All
  /// others that are read bare are followed by a lock operation first; the one before the walk too, whose barrier is
  /// redundant on x86 for that reason (`spin_lock(gpc_lock)`).
  case tso
  /// As `tso`, without the barrier between `valid = true` and the retry test.
  case tsoWithoutBarrier = "tso-without-barrier"
}
