// The exhaustive search: every state that some order of the tasks' steps reaches.

import GPCProtocol

/// Breadth-first over all states, each stored once. It finds which verdicts there are; the shortest schedule is
/// `ScheduleSearch`'s.
struct StateSearch {
  let stepper: Stepper
  let layout: StateLayout
  let limits: SearchLimits
  private(set) var states: StateSet
  private(set) var transitionCount = 0
  private(set) var violations = Violations.none
  /// Somebody can never move again here.
  private(set) var deadlock: StuckKind?
  /// Some step leads back to a state that was met before this one was left: without such a step there is no cycle.
  private(set) var mayCycle = false
  /// The ways that steps went in some order; joined where moves are followed, so it must cost little.
  private(set) var branches = BranchSet()
  private(set) var completeness = Completeness.complete
  /// States in which no task moves, though one could if the recorded times allowed it: orders that cannot have
  /// been.
  private(set) var deadEndCount = 0
  /// The successors of the state at hand, and their hashes.
  private var memo: MoveMemo
  private var deadline: DeadlineWatch
  /// Keeps the early looks at the slots from being optimised away.
  private(set) var slotsTouched: UInt32 = 0
  private var successors: [(state: PackedState, hash: UInt64)] = []

  init(stepper: Stepper, layout: StateLayout, limits: SearchLimits) {
    self.stepper = stepper
    self.layout = layout
    self.limits = limits
    states = StateSet(wordCount: layout.wordCount)
    memo = MoveMemo(layout: layout)
    deadline = DeadlineWatch(limits.deadline)
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
    if states.byteCount + memo.byteCount > limits.memoryMax { completeness = .truncated(.memory(limits.memoryMax)) }
    if deadline.hasPassed(), let bound = deadline.bound { completeness = .truncated(bound) }
    return completeness == .complete
  }

  private mutating func expand(_ index: Int) {
    let packed = states[index]
    let section = layout.section(of: packed)
    let shared = memo.number(of: section)
    var moved = 0
    var blocked = 0
    var held = 0
    var mayDeadlock = false
    let places = stepper.timing.map { _ in layout.places(packed) }
    for task in 0..<layout.taskCount {
      let own = layout.own(task, packed)
      let moves = memo.find(shared, own, task) ?? learn(shared, own, task, packed)
      if moves.count > 0 {
        if let timing = stepper.timing, let places, !timing.admits(task, places) {
          held += 1
          continue
        }
        let mustAsk = moves.concern == .any || (moves.concern == .readsWindows && layout.hasOpenWindow(packed))
        if mustAsk {
          ask(task, packed)
        } else {
          follow(moves, task, packed, shared)
          if places != nil { branches.formUnion(memo.branches(moves)) }
        }
        moved += 1
      } else if !moves.isFinished {
        blocked += 1
        if moves.isSelfBlocked { mayDeadlock = true }
      }
    }
    if moved == 0 && held > 0 { deadEndCount += 1 }
    storeSuccessors(of: index)
    // A cycle of one is a task that waits for itself; any other takes two that are blocked.
    if mayDeadlock || blocked > 1 || (blocked > 0 && moved == 0) {
      judgeBlocked(layout.unpack(packed), moved: moved + held)
    }
  }

  /// The moves of a task that are known: bits in, bits out.
  private mutating func follow(_ moves: MoveMemo.Moves, _ task: Int, _ packed: PackedState, _ shared: UInt32) {
    for choice in 0..<Int(moves.count) {
      let result = memo.result(moves, choice)
      var successor = packed
      if result.shared != shared { layout.setSection(memo.section(result.shared), &successor) }
      if moves.concern == .bumpsSeq { layout.bumpSeq(&successor) }
      layout.setOwn(UInt64(result.own), task, &successor)
      violations.formUnion(result.violations)
      successors.append((successor, states.hash(successor)))
    }
  }

  /// The moves of a task that concern others: the engine takes them on the whole state.
  private mutating func ask(_ task: Int, _ packed: PackedState) {
    let state = layout.unpack(packed)
    var concern = MoveMemo.Concern.none
    for choice in 0..<stepper.engine.choices(task, state) {
      var next = state
      var taken = BranchSet()
      violations.formUnion(
        stepper.take(Move(task: task, choice: choice), &next, &concern) { taken.insert(ProtocolBranch($0, $1.branch)) })
      branches.formUnion(taken)
      let successor = layout.pack(next)
      successors.append((successor, states.hash(successor)))
    }
  }

  /// Asks the engine what `task` can do, and keeps it. Without recorded times, which may hold the task back here, it
  /// goes that way at once: then the branches need not be noted each time that the moves are followed.
  private mutating func learn(_ shared: UInt32, _ own: UInt64, _ task: Int, _ packed: PackedState) -> MoveMemo.Moves {
    let state = layout.unpack(packed)
    var concern = MoveMemo.Concern.none
    var results: [MoveMemo.Result] = []
    for choice in 0..<stepper.engine.choices(task, state) {
      var next = state
      var taken = BranchSet()
      let violations = stepper.take(Move(task: task, choice: choice), &next, &concern) { step, outcome in
        taken.insert(ProtocolBranch(step, outcome.branch))
      }
      if stepper.timing == nil { branches.formUnion(taken) }
      let after = layout.pack(next)
      results.append(
        MoveMemo.Result(
          shared: memo.number(of: layout.section(of: after)), own: UInt32(layout.own(task, after)),
          violations: violations, branches: memo.number(of: taken)))
    }
    let moves = MoveMemo.Moves(
      first: memo.keep(results), count: UInt8(results.count),
      isFinished: stepper.isFinished(task, state), concern: concern,
      isSelfBlocked: results.isEmpty && stepper.isSelfBlocked(task, state))
    memo.keep(moves, shared, own, task)
    return moves
  }

  /// Stores the successors: first a look at the slots of all, so that their ways to memory overlap, then one after the
  /// other.
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
      if isSelfBlocked(task, state) { return true }
    }
    return false
  }

  /// Does `task` wait for a lock that it holds itself?
  func isSelfBlocked(_ task: Int, _ state: borrowing ProtocolState) -> Bool {
    guard let lock = engine.wantedLock(task, state) else { return false }
    return engine.holders(lock, state) >> UInt8(task) & 1 == 1
  }
}
