// The exhaustive search: every state that some order of the tasks' steps reaches.

import GPCProtocol

/// Breadth-first over all states, each stored once. It finds which verdicts there are; the shortest schedule is `ScheduleSearch`'s.
struct StateSearch {
  let stepper: Stepper
  let layout: StateLayout
  let limits: SearchLimits
  private(set) var states: StateSet
  private(set) var transitionCount = 0
  private(set) var violations: Violations = []
  /// Somebody can never move again here.
  private(set) var deadlock: StuckKind?
  /// Some step leads back to a state that was met before this one was left: without such a step there is no cycle.
  private(set) var mayCycle = false
  /// By `TaskStep.code`.
  private(set) var reached = [Bool](repeating: false, count: TaskStep.codeCount)
  private(set) var completeness = Completeness.complete
  /// The successors of the state at hand, and their hashes.
  /// Keeps the early looks at the slots from being optimised away.
  private(set) var slotsTouched: UInt32 = 0
  private var successors: [(state: PackedState, hash: UInt64)] = []

  init(stepper: Stepper, layout: StateLayout, limits: SearchLimits) {
    self.stepper = stepper
    self.layout = layout
    self.limits = limits
    states = StateSet(wordCount: layout.wordCount)
  }

  mutating func run() {
    _ = states.insert(layout.pack(layout.initial))
    var index = 0
    while index < states.count {
      guard withinLimits() else { return }
      expand(index)
      index += 1
    }
  }

  private mutating func withinLimits() -> Bool {
    if states.count > limits.statesMax { completeness = .truncated(.states(limits.statesMax)) }
    if states.byteCount > limits.memoryMax { completeness = .truncated(.memory(limits.memoryMax)) }
    return completeness == .complete
  }

  private mutating func expand(_ index: Int) {
    let packed = states[index]
    let state = layout.unpack(packed)
    var moved = 0
    var unfinished = 0
    var blocked = 0
    for task in 0..<layout.taskCount {
      let choices = stepper.engine.choices(task, state)
      reached[state.tasks[task].step.code] = true
      if choices > 0 { moved += 1 }
      if !stepper.isFinished(task, state) {
        unfinished += 1
        if choices == 0 { blocked += 1 }
      }
      for choice in 0..<choices { follow(Move(task: task, choice: choice), from: state, packed) }
    }
    storeSuccessors(of: index)
    if blocked > 0 { judgeBlocked(state, moved: moved) }
  }

  private mutating func follow(_ move: Move, from state: borrowing ProtocolState, _ packed: PackedState) {
    var next = copy state
    var touchesOthers = false
    violations.formUnion(stepper.take(move, &next, &touchesOthers))
    let successor = touchesOthers ? layout.pack(next) : layout.pack(next, after: packed, moved: Int(move.task))
    successors.append((successor, states.hash(successor)))
  }

  /// Stores the successors: first a look at the slots of all, so that their ways to memory overlap, then one after the other.
  private mutating func storeSuccessors(of index: Int) {
    transitionCount += successors.count
    var touched: UInt32 = 0
    for successor in successors { touched |= states.touch(successor.hash) }
    for successor in successors {
      let (target, isNew) = states.insert(successor.state, successor.hash)
      if !isNew && target <= index { mayCycle = true }
    }
    successors.removeAll(keepingCapacity: true)
    slotsTouched |= touched
  }

  private mutating func judgeBlocked(_ state: borrowing ProtocolState, moved: Int) {
    guard deadlock == nil else { return }
    let cycle = stepper.lockCycle(state)
    if cycle != 0 {
      deadlock = stepper.isSelfDeadlock(cycle, state) ? .selfDeadlock : .deadlock
    } else if moved == 0 {
      deadlock = .asleep
    }
  }
}

extension Stepper {
  /// Does one of the tasks of a cycle wait for a lock that it holds itself?
  func isSelfDeadlock(_ cycle: UInt8, _ state: borrowing ProtocolState) -> Bool {
    for task in 0..<engine.taskCount where cycle >> UInt8(task) & 1 == 1 {
      guard let lock = engine.wantedLock(task, state) else { continue }
      if engine.holders(lock, state) >> UInt8(task) & 1 == 1 { return true }
    }
    return false
  }
}
