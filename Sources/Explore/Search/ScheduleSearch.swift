// The shortest schedule to a goal: fewest preemptions first, then fewest steps.

import GPCProtocol

/// What a schedule is looked for.
enum ScheduleGoal {
  /// A step that violates one of these invariants.
  case violation(Violations)
  /// A state where tasks wait for each other's locks, or no task can move though one is not done.
  case deadlock
  /// One of these states.
  case states(StateSet)
}

/// Breadth-first by preemptions, then by steps. A preemption takes the CPU from a task that could go on. What has run
/// last is part of a node.
struct ScheduleSearch {
  enum Outcome {
    case found(Schedule)
    /// Every order was seen.
    case none
    /// Every order with up to this many preemptions was seen; -1: not even those without any.
    case truncated(preemptionsComplete: Int)
  }

  /// A node that begins in the next layer: reached by a preemption.
  private struct Candidate {
    let state: PackedState
    let parent: Int32
    let move: Move
    let meetsGoal: Bool
  }

  let stepper: Stepper
  let layout: StateLayout
  let limits: SearchLimits
  let goal: ScheduleGoal
  private var nodes: StateSet
  private var parents: [Int32] = []
  private var moves: [Move] = []
  /// Of the layer at hand, by depth.
  private var frontier: [[Int32]] = []
  private var here: [[Candidate]] = []
  private var next: [[Candidate]] = []
  private var foundAt: (parent: Int32, move: Move)?
  private var deadline: DeadlineWatch

  /// Nobody has run yet.
  private static let nobody: UInt64 = 15

  init(stepper: Stepper, layout: StateLayout, limits: SearchLimits, goal: ScheduleGoal) {
    self.stepper = stepper
    self.layout = layout
    self.limits = limits
    self.goal = goal
    nodes = StateSet(wordCount: layout.scheduleWordCount)
    deadline = DeadlineWatch(limits.deadline)
  }

  mutating func run() -> Outcome {
    var packed = layout.pack(layout.initial)
    layout.setLastTask(Self.nobody, &packed)
    here = [[Candidate(state: packed, parent: -1, move: Move(task: 0, choice: 0), meetsGoal: false)]]
    var preemptions = 0
    while !here.allSatisfy(\.isEmpty) {
      guard runLayer() else { return .truncated(preemptionsComplete: preemptions - 1) }
      if let foundAt { return .found(schedule(foundAt, preemptions)) }
      here = next
      next = []
      preemptions += 1
    }
    return .none
  }

  /// All nodes of one number of preemptions, by depth. False: over the budget.
  private mutating func runLayer() -> Bool {
    frontier = []
    var depth = 0
    while depth < max(here.count, frontier.count) {
      if depth < here.count {
        for candidate in here[depth] {
          admit(candidate, depth)
          if foundAt != nil { return true }
        }
      }
      var position = 0
      while depth < frontier.count && position < frontier[depth].count {
        expand(frontier[depth][position], depth)
        if foundAt != nil { return true }
        if deadline.hasPassed() { return false }
        position += 1
      }
      if nodes.count > limits.statesMax || byteCount > limits.memoryMax { return false }
      depth += 1
    }
    return true
  }

  /// Nodes with their parents and moves, and the candidates of the next layer.
  private var byteCount: Int {
    let candidates = next.reduce(0) { $0 + $1.count } * MemoryLayout<Candidate>.stride
    return nodes.byteCount + parents.count * 6 + candidates
  }

  private mutating func admit(_ candidate: Candidate, _ depth: Int) {
    if candidate.meetsGoal {
      foundAt = (candidate.parent, candidate.move)
      return
    }
    let (index, isNew) = nodes.insert(candidate.state)
    guard isNew else { return }
    parents.append(candidate.parent)
    moves.append(candidate.move)
    while frontier.count <= depth { frontier.append([]) }
    frontier[depth].append(Int32(index))
  }

  private mutating func expand(_ node: Int32, _ depth: Int) {
    let packed = nodes[Int(node)]
    let state = layout.unpack(packed)
    let last = Int(layout.lastTask(packed))
    let lastCanGoOn = last < layout.taskCount && stepper.choices(last, state) > 0
    for task in 0..<layout.taskCount {
      for choice in 0..<stepper.choices(task, state) {
        let candidate = follow(Move(task: task, choice: choice), from: state, node)
        if task == last || !lastCanGoOn {
          admit(candidate, depth + 1)
          if foundAt != nil { return }
        } else {
          while next.count <= depth + 1 { next.append([]) }
          next[depth + 1].append(candidate)
        }
      }
    }
  }

  private func follow(_ move: Move, from state: borrowing ProtocolState, _ node: Int32) -> Candidate {
    var successor = copy state
    let violations = stepper.take(move, &successor)
    var packed = layout.pack(successor)
    let meetsGoal =
      switch goal {
      case .violation(let wanted): !violations.isDisjoint(with: wanted)
      case .deadlock: stepper.isDeadlocked(successor)
      case .states(let wanted): wanted.index(of: packed) != nil
      }
    layout.setLastTask(UInt64(move.task), &packed)
    return Candidate(state: packed, parent: node, move: move, meetsGoal: meetsGoal)
  }

  private func schedule(_ end: (parent: Int32, move: Move), _ preemptions: Int) -> Schedule {
    var path = [end.move]
    var node = end.parent
    while node >= 0 && parents[Int(node)] >= 0 {
      path.append(moves[Int(node)])
      node = parents[Int(node)]
    }
    return Schedule(moves: path.reversed(), loopStart: nil, preemptionCount: preemptions)
  }
}
