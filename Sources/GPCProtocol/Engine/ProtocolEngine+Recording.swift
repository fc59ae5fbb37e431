// The engine on `RecordingState`: operations that come and go, and steps from one pause to the next.

import KVMEvents

/// What a task met on its way to the next pause.
package struct Advance: Sendable {
  package enum End: Sendable {
    /// A recording shows when it continues (or, after a retry, when the loop's top comes).
    case paused
    case finished
    /// The lock it wants is held.
    case blocked
    /// It waits for invalidations to end: in a busy loop, or asleep.
    case spins, sleeps
  }

  package fileprivate(set) var end = End.paused
  package fileprivate(set) var violations = Violations.none
  /// The last branch that says how an operation goes on: `retry`, `kept`, `lookUp`, `inactive`, `noMemslot`, `yes`,
  /// `no`; else `done`.
  package fileprivate(set) var branch = StepBranch.done
  package fileprivate(set) var wakeUpCount = 0

  /// A refresh met what lets it return an error.
  package var hasFailed: Bool { branch == .failed || branch == .inactive || branch == .noMemslot }
}

extension ProtocolEngine {
  /// An engine for recordings: it has no programs.
  ///
  /// - Parameter edit: changes the text that is driven: a mutant. It adds no steps.
  package convenience init(_ form: ProtocolForm, edit: ((inout ProtocolText<RecordingState>) -> Void)? = nil) {
    var text = ProtocolText<RecordingState>(form.rules)
    edit?(&text)
    self.init(form, ProtocolSetup(caches: [], memslots: [], programs: []), recording: StepTable(text))
  }

  package func beginInvalidation(
    _ range: HVARange, hitsMemslot: Bool, freesPages: Bool, _ state: inout RecordingState
  ) -> Int {
    let chosen = CompiledOperation.Range(
      range: range, hitsMemslot: hitsMemslot || !rules.seqNeedsMemslot, freesPages: freesPages)
    return begin(CompiledOperation(kind: .invalidate, rangeCount: 1), nil, chosen, &state)
  }

  /// - Parameter activates: the tail of `kvm_gpc_activate()`.
  package func beginRefresh(
    _ cache: Int, _ request: RefreshRequest, activates: Bool, _ state: inout RecordingState
  ) -> Int {
    let kind = activates ? CompiledOperation.Kind.activate : .refresh
    return begin(CompiledOperation(kind: kind, cacheIndex: UInt32(cache), hasSecondWay: true), request, nil, &state)
  }

  package func beginCheck(_ cache: Int, _ state: inout RecordingState) -> Int {
    begin(CompiledOperation(kind: .check, cacheIndex: UInt32(cache)), nil, nil, &state)
  }

  package func beginDeactivation(_ cache: Int, _ state: inout RecordingState) -> Int {
    begin(CompiledOperation(kind: .deactivate, cacheIndex: UInt32(cache)), nil, nil, &state)
  }

  private func begin(
    _ operation: CompiledOperation, _ request: RefreshRequest?, _ range: CompiledOperation.Range?,
    _ state: inout RecordingState
  ) -> Int {
    let task = state.occupy(operation, request, range)
    beginOperation(task, &state)
    return task
  }

  /// Takes steps of `task` up to the next pause. `lookUpFails` chooses what a lookup on the way returns.
  package func advance(_ task: Int, lookUpFails: Bool = false, _ state: inout RecordingState) -> Advance {
    var advance = Advance()
    var hasSpun = false
    while true {
      let step = state[task: task].step
      guard canMove(task, state) else {
        advance.end = traits(step).has(.sleeps) ? .sleeps : .blocked
        return advance
      }
      if traits(step).has(.spins) {
        // Once around, and nothing has moved: nothing will, until another task does.
        if hasSpun {
          advance.end = .spins
          return advance
        }
        hasSpun = true
      }
      let outcome = takeStep(task, choice: lookUpFails && traits(step).has(.looksUp) ? 1 : 0, &state)
      advance.note(outcome)
      let next = state[task: task].step
      if next == .finished {
        advance.end = .finished
        return advance
      }
      if pauses(between: step, and: next, outcome.branch) { return advance }
    }
  }

  /// Between these two steps a recording shows how much time passes.
  private func pauses(between step: TaskStep, and next: TaskStep, _ branch: StepBranch) -> Bool {
    if branch == .retry { return !traits(step).has(.holdsLock) }
    return traits(step).has(.pausesAfter) || traits(next).has(.isAwaited)
  }

  /// The next step of `task` is the lookup of its refresh.
  package func looksUpNext(_ task: Int, _ state: borrowing RecordingState) -> Bool {
    traits(state[task: task].step).has(.looksUp)
  }

  /// The next step of `task` is the first of its walk of the caches: it takes `gpc_lock`.
  package func walksNext(_ task: Int, _ state: borrowing RecordingState) -> Bool {
    traits(state[task: task].step).takes == .list
  }

  /// The next step of `task` is the last of its refresh: it drops `refresh_lock`.
  package func returnsNext(_ task: Int, _ state: borrowing RecordingState) -> Bool {
    traits(state[task: task].step).has(.returns)
  }

  /// The next step of `task` takes a lock that is held.
  package func isBlocked(_ task: Int, _ state: borrowing RecordingState) -> Bool { !canMove(task, state) }

  /// Does `task` wait for a lock that will never be free: one that it holds itself, or that somebody holds who waits
  /// for it in turn?
  package func isDeadlocked(_ task: Int, _ state: borrowing RecordingState) -> Bool {
    var at = task
    // A chain of waits is no longer than there are tasks.
    for _ in 0..<state.taskCount(programs) {
      guard let lock = lockWanted(at, state), let holder = state.holder(of: lock) else { return false }
      if holder == task { return true }
      guard !canMove(holder, state) else { return false }
      at = holder
    }
    return false
  }

  /// Takes a refresh that can never finish out of the way: it lets go of its locks, and has failed.
  package func abandonRefresh(_ task: Int, _ state: inout RecordingState) {
    let cache = operation(task, state).cache
    state[cache: cache].fields.fail()
    state.releaseLocks(of: task, cache)
    state[task: task] = TaskState()
  }
}

extension Advance {
  fileprivate mutating func note(_ outcome: StepOutcome) {
    violations.formUnion(outcome.violations)
    switch outcome.branch {
    case .retry, .kept, .lookUp, .inactive, .noMemslot, .failed, .yes, .no: branch = outcome.branch
    case .woken: wakeUpCount += 1
    case .done, .hit, .miss, .pass, .pending, .clear, .already: break
    }
  }
}

// One step at a time: for a kernel that is simulated and shows each of its moments.
extension ProtocolEngine {
  /// The next step of `task` can be taken: no lock that it wants is held, and it does not sleep.
  package func canStep(_ task: Int, _ state: borrowing RecordingState) -> Bool { canMove(task, state) }

  /// Takes one step of `task`, which must be able to. `lookUpFails` chooses what a lookup returns.
  package func take(_ task: Int, lookUpFails: Bool = false, _ state: inout RecordingState) -> StepOutcome {
    takeStep(task, choice: lookUpFails && looksUpNext(task, state) ? 1 : 0, &state)
  }
}
