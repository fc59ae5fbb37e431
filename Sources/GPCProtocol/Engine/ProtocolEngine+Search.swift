// The engine on `ProtocolState`: entry points for the search, and the positions of its tasks' operations.

import KVMEvents

extension ProtocolEngine {
  /// How many ways the next step of `task` can go: 0 blocked or finished, 1 as a rule, more where the world decides.
  package func choices(_ task: Int, _ state: borrowing ProtocolState) -> Int { choicesOf(task, state) }

  /// Takes one step of `task`, which must be able to move.
  package func take(_ task: Int, choice: Int, _ state: inout ProtocolState) -> StepOutcome {
    takeStep(task, choice: choice, &state)
  }

  /// The lock that the next step of `task` takes, if it is one that takes a lock.
  package func wantedLock(_ task: Int, _ state: borrowing ProtocolState) -> LockName? { lockWanted(task, state) }

  /// The tasks that hold `lock` against `task`, one bit each (its own bit too, if it does).
  package func holders(_ lock: LockName, _ state: borrowing ProtocolState) -> UInt8 {
    switch lock {
    case .invalidate: state.kvm.invalidateLock.holderBit
    case .list: state.kvm.listLock.holderBit
    case .mmu: state.kvm.mmuLock.holderBit
    case .refresh(let cache): state.caches[cache].refreshLock.holderBit
    case .read(let cache): state.caches[cache].lock.writer.holderBit
    case .write(let cache): state.caches[cache].lock.writer.holderBit | state.caches[cache].lock.readers.bits
    case .guest(let cache): state.caches[cache].guestMode.holderBit
    }
  }

  /// The invalidations that a use of `task`'s cache would breach: between their hooks, and over its uhva. One bit each.
  package func breachedByUse(_ task: Int, _ state: borrowing ProtocolState) -> UInt8 {
    let uhva = state.caches[operation(task, state).cache].fields.uhva
    var breached: UInt8 = 0
    for other in 0..<taskCount where state.tasks[other].isInWindow {
      if state.chosenRange(other, programs).range.contains(uhva) { breached |= 1 << UInt8(other) }
    }
    return breached
  }
}

extension KernelLock<SearchWidth> {
  fileprivate var holderBit: UInt8 { holder == 0 ? 0 : 1 << (holder - 1) }
}

extension ProtocolState {
  // Through a pointer: reading an element of an inline array copies all of them first.

  package subscript(cache index: Int) -> SharedCache<SearchWidth> {
    @inline(__always) get {
      precondition(index >= 0 && index < Self.cachesMax)
      return withUnsafeBytes(of: caches) {
        $0.load(
          fromByteOffset: index * MemoryLayout<SharedCache<SearchWidth>>.stride, as: SharedCache<SearchWidth>.self)
      }
    }
    @inline(__always) _modify { yield &caches[index] }
  }

  package subscript(task index: Int) -> TaskState<SearchWidth> {
    @inline(__always) get {
      precondition(index >= 0 && index < Self.tasksMax)
      return withUnsafeBytes(of: tasks) {
        $0.load(fromByteOffset: index * MemoryLayout<TaskState<SearchWidth>>.stride, as: TaskState<SearchWidth>.self)
      }
    }
    @inline(__always) _modify { yield &tasks[index] }
  }

  package func cacheCount(_ programs: CompiledPrograms) -> Int { programs.cacheCount }

  package func taskCount(_ programs: CompiledPrograms) -> Int { programs.taskCount }

  package func operation(_ task: Int, _ programs: CompiledPrograms) -> CompiledOperation {
    programs.operations[programs.firstOperation[task] + Int(self[task: task].operation)]
  }

  package func request(_ task: Int, _ programs: CompiledPrograms) -> RefreshRequest? {
    programs.requests[programs.firstOperation[task] + Int(self[task: task].operation)]
  }

  package func chosenRange(_ task: Int, _ programs: CompiledPrograms) -> CompiledOperation.Range {
    programs.ranges[Int(operation(task, programs).firstRange) + Int(self[task: task].range)]
  }

  package mutating func finishOperation(_ task: Int, _ programs: CompiledPrograms) -> Bool {
    var next = TaskState<SearchWidth>()
    next.operation = self[task: task].operation + 1
    let isLast = Int(next.operation) == programs.operationCount(task)
    if isLast { next.operation = 0 }
    tasks[task] = next
    return !isLast || programs.repeats[task]
  }
}
