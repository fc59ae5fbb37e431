// Which lock a step takes: what blocks a task, and whom it waits for.

extension ProtocolEngine {
  /// A lock by name; caches by index.
  package enum LockName: Hashable, Sendable {
    case invalidate, list, mmu
    case refresh(Int)
    case read(Int)
    case write(Int)
    /// The vCPU of this cache is in guest mode.
    case guest(Int)

    init(_ lock: Lock, _ cache: Int) {
      switch lock {
      case .invalidate: self = .invalidate
      case .list: self = .list
      case .mmu: self = .mmu
      case .refresh: self = .refresh(cache)
      case .read: self = .read(cache)
      case .write: self = .write(cache)
      case .guest: self = .guest(cache)
      }
    }

    /// Whatever it is taken for: who waits for `gpc->lock` waits for readers or for a writer.
    package var ofWhoeverHoldsIt: LockName {
      if case .read(let cache) = self { return .write(cache) }
      return self
    }
  }

  /// The cache whose locks the step of `task` takes: the operation's, or the one that the walk has reached.
  @inline(__always)
  func cache<S: ProtocolStorage>(_ task: Int, _ traits: StepTraits, _ state: borrowing S) -> Int {
    switch traits.gpc {
    case .none: 0
    case .operations: operation(task, state).cache
    case .walked: Int(state[task: task].walked)
    }
  }

  /// The lock that the next step of `task` takes, if it is one that takes a lock.
  package func lockWanted<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> LockName? {
    let traits = traits(state[task: task].step)
    guard let lock = traits.takes else { return nil }
    return LockName(lock, self.cache(task, traits, state))
  }

  func canMove<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> Bool {
    let step = state[task: task].step
    if step == .finished { return false }
    let traits = traits(step)
    guard let lock = traits.takes else { return traits.has(.sleeps) ? state[task: task].isWoken : true }
    let cache = self.cache(task, traits, state)
    switch lock {
    case .invalidate: return state.kvm.invalidateLock.isFree
    case .list: return state.kvm.listLock.isFree
    case .mmu: return state.kvm.mmuLock.isFree
    case .refresh: return state[cache: cache].refreshLock.isFree
    case .read: return state[cache: cache].lock.admitsReader
    case .write: return state[cache: cache].lock.admitsWriter
    case .guest: return state[cache: cache].guestMode.isFree
    }
  }

  @inline(__always)
  func take<S: ProtocolStorage>(_ lock: Lock, _ task: Int, _ cache: Int, _ state: inout S) {
    switch lock {
    case .invalidate: state.kvm.invalidateLock.acquire(task)
    case .list: state.kvm.listLock.acquire(task)
    case .mmu: state.kvm.mmuLock.acquire(task)
    case .refresh: state[cache: cache].refreshLock.acquire(task)
    case .read: state[cache: cache].lock.acquireRead(task)
    case .write: state[cache: cache].lock.acquireWrite(task)
    case .guest: state[cache: cache].guestMode.acquire(task)
    }
  }

  @inline(__always)
  func drop<S: ProtocolStorage>(_ lock: Lock, _ task: Int, _ cache: Int, _ state: inout S) {
    state.noteDrop(of: lock, cache)
    switch lock {
    case .invalidate: state.kvm.invalidateLock.release(task)
    case .list: state.kvm.listLock.release(task)
    case .mmu: state.kvm.mmuLock.release(task)
    case .refresh: state[cache: cache].refreshLock.release(task)
    case .read: state[cache: cache].lock.releaseRead(task)
    case .write: state[cache: cache].lock.writer.release(task)
    case .guest: state[cache: cache].guestMode.release(task)
    }
  }
}
