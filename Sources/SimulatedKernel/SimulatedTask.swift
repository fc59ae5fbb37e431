// A task or an interrupt of the simulated machine, and what it still has to do.

/// One action of a task without another in between; it may insert more before the remaining ones.
typealias Action = () -> Progress

enum Progress {
  case done
  /// Not now: a lock is held, or what it waits for has not come.
  case blocked
}

final class SimulatedTask {
  let index: Int
  let plan: Workload.Task
  var cpu: Int
  /// The operations left, the last one first.
  private var operations: [Workload.Operation]
  /// The current operation, or the last one.
  private(set) var current = 0
  /// The remaining actions of the current operation, the last one first.
  private var actions: [Action] = []
  /// The last event's probe has not read its fields yet.
  private(set) var unread: (record: RecordNumber, fields: () -> String)?
  /// When it last hit a probe.
  private(set) var lastRecord: Int64?
  /// An interrupt runs on top of it.
  var isInterrupted = false
  /// Holds a spinlock or `gpc->lock`, or is an interrupt: it is not preempted.
  var isPinned = false
  /// Holds `gpc->lock`, which is taken with interrupts off.
  var hasInterruptsOff = false
  /// The random stream of the current operation.
  var dice = Dice(seed: 0)

  init(index: Int, plan: Workload.Task) {
    self.index = index
    self.plan = plan
    cpu = plan.cpu
    operations = plan.operations.reversed()
  }

  /// It is in the middle of an operation.
  var isBusy: Bool { !actions.isEmpty || unread != nil }
  var hasWork: Bool { isBusy || !operations.isEmpty }

  /// The operation that its next turn belongs to; nil: it has nothing left to do.
  var operation: Int? { isBusy ? current : operations.last?.id }

  /// The next operation, which it begins now.
  func takeOperation() -> Workload.Operation? {
    let operation = operations.popLast()
    current = operation?.id ?? current
    return operation
  }

  /// Inserts these before the remaining ones, the first one first.
  func next(_ actions: [Action]) { self.actions += actions.reversed() }

  /// Appends one after all remaining ones of the operation.
  func last(_ action: @escaping Action) { actions.insert(action, at: 0) }

  /// Takes the next action, if possible. Blocked, too, if there is none.
  func act() -> Progress {
    guard let action = actions.popLast() else { return .blocked }
    if action() == .done { return .done }
    actions.append(action)
    return .blocked
  }

  /// A probe is hit; its fields are read later.
  func hit(_ record: RecordNumber, at time: Int64, _ fields: @escaping () -> String) {
    lastRecord = time
    unread = (record, fields)
  }

  /// An interrupt on top of it has hit a probe: in a recording that is the same task.
  func sawRecord(at time: Int64?) { lastRecord = time.map { max($0, lastRecord ?? $0) } ?? lastRecord }

  /// The fields that the last probe reads now; nil: it has read them.
  func readFields() -> (record: RecordNumber, fields: String)? {
    guard let (record, fields) = unread else { return nil }
    unread = nil
    return (record, fields())
  }

  /// Turns without a visible event: page faults, zaps, the allocator.
  func work() -> [Action] {
    let turns = dice.pick([0, 0, 2, 5, 15])
    return Array(repeating: { .done }, count: turns)
  }

  /// The run is over; what remains keeps its kernel alive.
  func dropActions() { actions = [] }
}
