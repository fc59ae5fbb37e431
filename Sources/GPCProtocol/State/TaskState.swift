// One task: its position and its locals.

import KVMEvents

/// Small on purpose: reading one element copies the whole inline array, and the search reads tasks all the time.
package struct TaskState<Width: StateWidth>: Hashable, Sendable {
  package var step = TaskStep.finished
  /// Index into the task's program.
  package var operation: UInt8 = 0
  /// Which of the operation's ranges an invalidation chose.
  package var range: UInt8 = 0
  /// The cache that a walk has reached.
  package var walked: Width.Count = 0
  /// The wait did sleep at least once.
  package var hasWaited = false
  /// On the wait queue, and woken.
  package var isWoken = false
  /// Between the return of the start hook and the call of the end hook: the range must not be touched.
  package var isInWindow = false
  /// `valid = true` is in this CPU's store buffer: lockless readers still see false (`MemoryModel.tso`).
  package var hasBufferedValid = false
  /// The lookup found the cache's own pfn, so its khva is kept (`ProtocolRules.canUnmapKeptKHVA`; else never).
  package var keepsKHVA = false
  /// Bit n: the walk has hit cache n, and is to wait for its vCPU (`ProtocolRules.guestUsesPFN`; else never). Bit 7, of
  /// a vCPU: it has come to its events since it copied the pfn. In one byte, which there is room for.
  private var guestBits: UInt8 = 0
  /// A round's snapshot of `mmu_invalidate_seq`; 0 while it has none.
  package var snapshot: Width.Seq = 0
  fileprivate var newPFNName: Width.PageName = 0

  package init() {}

  /// `new_pfn`: an error until a lookup has returned.
  package var newPFN: PFN {
    get { newPFNName == 0 ? .errorFault : PFN(rawValue: UInt64(newPFNName)) }
    set { newPFNName = newValue.isError ? 0 : Width.PageName(newValue.rawValue) }
  }

  package var hitGuests: UInt8 {
    get { guestBits & 0x7f }
    set { guestBits = guestBits & 0x80 | newValue }
  }

  package var hasHandledEvents: Bool {
    get { guestBits & 0x80 != 0 }
    set { guestBits = guestBits & 0x7f | (newValue ? 0x80 : 0) }
  }

  /// A refresh is over, and its operation goes on: what only the refresh has needed is forgotten.
  mutating func endRefresh() {
    var next = TaskState()
    next.operation = operation
    next.guestBits = guestBits
    self = next
  }
}

extension TaskState<SearchWidth> {
  /// The same, for the search: what is generic is not specialised across modules.
  package var newPFN: PFN {
    get { newPFNName == 0 ? .errorFault : PFN(rawValue: UInt64(newPFNName)) }
    set { newPFNName = newValue.isError ? 0 : UInt32(newValue.rawValue) }
  }
}
