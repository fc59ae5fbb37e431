// The graph of a finished search: for every state its successors, who moved, who can move and who is done.

import GPCProtocol

/// Successors by number, in one array; state n's are at `first[n] ..< first[n + 1]`.
struct StateGraph {
  private(set) var first: [UInt32] = [0]
  private(set) var targets: [UInt32] = []
  private(set) var moves: [Move] = []
  /// One bit per task that can move.
  private(set) var movable: [UInt8] = []
  /// One bit per task that has finished.
  private(set) var finished: [UInt8] = []

  var count: Int { movable.count }

  /// Takes every step of every state again. The search that found `states` must be complete.
  init(_ stepper: Stepper, _ layout: StateLayout, _ states: StateSet) {
    for index in 0..<states.count { add(layout.unpack(states[index]), stepper, layout, states) }
  }

  private mutating func add(
    _ state: ProtocolState, _ stepper: Stepper, _ layout: StateLayout, _ states: StateSet
  ) {
    var movable: UInt8 = 0
    var finished: UInt8 = 0
    for task in 0..<layout.taskCount {
      let choices = stepper.choices(task, state)
      if choices > 0 { movable |= 1 << UInt8(task) }
      if stepper.isFinished(task, state) { finished |= 1 << UInt8(task) }
      for choice in 0..<choices {
        var next = state
        let move = Move(task: task, choice: choice)
        _ = stepper.take(move, &next)
        guard let target = states.index(of: layout.pack(next)) else {
          fatalError("a complete search has not met a successor of its own")
        }
        targets.append(UInt32(target))
        moves.append(move)
      }
    }
    first.append(UInt32(targets.count))
    self.movable.append(movable)
    self.finished.append(finished)
  }

  /// The edges that leave state `index`, as places in `targets` and `moves`.
  func edges(_ index: Int) -> Range<Int> { Int(first[index])..<Int(first[index + 1]) }
}
