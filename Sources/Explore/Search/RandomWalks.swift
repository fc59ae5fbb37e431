// Orders drawn at random, for what is too large to be searched: probabilistic concurrency testing.

import GPCProtocol

/// Walks with random priorities: the runnable task of the highest one moves, and at a few random steps the running task
/// falls behind all others. A bug that takes d such falls is met with a probability that is known, however many orders
/// there are.
struct RandomWalks {
  let stepper: Stepper
  let initial: ProtocolState
  let limits: WalkLimits
  private var random: SplitMix64
  /// The longest walk so far: falls are drawn within it.
  private var length = 64

  init(stepper: Stepper, initial: ProtocolState, limits: WalkLimits) {
    self.stepper = stepper
    self.initial = initial
    self.limits = limits
    random = SplitMix64(state: limits.seed)
  }

  /// The first schedule that each verdict was met by. Livelocks are not looked for.
  mutating func run() -> [SearchVerdict: Schedule] {
    var found: [SearchVerdict: Schedule] = [:]
    for _ in 0..<limits.walkCount { walk(&found) }
    return found
  }

  private mutating func walk(_ found: inout [SearchVerdict: Schedule]) {
    var state = initial
    var moves: [Move] = []
    var last: Int?
    var preemptions = 0
    var priorities = (0..<stepper.engine.taskCount).map { _ in random.next() >> 1 | 1 << 32 }
    let falls = Set((0..<limits.fallsMax).map { _ in random.below(length) })
    for step in 0..<limits.stepsMax {
      let movable = priorities.indices.filter { stepper.choices($0, state) > 0 }
      guard let task = movable.max(by: { priorities[$0] < priorities[$1] }) else { break }
      if let last, last != task, movable.contains(last) { preemptions += 1 }
      let move = Move(task: task, choice: random.below(stepper.choices(task, state)))
      moves.append(move)
      let violations = stepper.take(move, &state)
      let schedule = Schedule(moves: moves, loopStart: nil, preemptionCount: preemptions)
      note(violations, stepper.isDeadlocked(state), schedule, &found)
      last = task
      length = max(length, step + 1)
      // Behind all others: lower than any priority drawn, and lower than those that fell before.
      if falls.contains(step) || spins(task, state) { priorities[task] = UInt64(limits.stepsMax - step) }
    }
  }

  /// A task that waits in a busy loop would keep everybody else from moving.
  private func spins(_ task: Int, _ state: borrowing ProtocolState) -> Bool {
    stepper.engine.traits(state.tasks[task].step).has(.mayLoop)
  }

  private func note(
    _ violations: Violations, _ isDeadlocked: Bool, _ schedule: Schedule, _ found: inout [SearchVerdict: Schedule]
  ) {
    if violations.contains(.contract) && found[.contract] == nil { found[.contract] = schedule }
    if violations.contains(.stale) && found[.stale] == nil { found[.stale] = schedule }
    if isDeadlocked && found[.deadlock] == nil { found[.deadlock] = schedule }
  }
}

/// Steele, Lea and Flood's SplitMix64.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
