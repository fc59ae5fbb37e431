// One form in one VM: what it would have done with the recorded requests and invalidations.

import GPCProtocol
import KVMEvents
import Results

/// Drives the engine along recorded moments, and along the times that refreshes take.
struct FormModel {
  let engine: ProtocolEngine
  var state = RecordingState(walksHitsAlone: true)
  var costs = FormCosts()
  var runs: [OperationRun] = []
  private var timers = TimerQueue()
  /// The time of the last timer.
  private var clockNs: Int64 = 0
  /// Invalidations whose count is up, by slot.
  var inFlight: [Int] = []
  /// Refreshes in progress, by slot.
  var refreshing: [Int] = []
  /// Slots that wait for a lock, in FIFO order.
  private var lockWaiters: [Int] = []
  /// How many of them want each lock; those that may go on without one being dropped.
  private var waiterCounts: [ProtocolEngine.LockName: Int] = [:]
  private var hasOtherWaiters = false
  /// Slots that wait for invalidations to end.
  private var waiters: [Int] = []
  /// Rounds that refreshes may still repeat before they count as stuck: otherwise stamps that are centuries apart,
  /// between the hooks of one invalidation, would make a model spin for that long. It grows with the recording.
  private var retriesLeft: Int
  private static let retriesPerRefresh = 100
  /// A form may need more rounds than the recorded kernel, in the same time.
  private static let retriesPerRound = 10
  /// Its waits are those of the recorded kernel, in the same place.
  let waitsAsKernel: Bool
  /// By cache: the mapping in use was found stale already.
  var isReportedStale: [Bool] = []
  /// The slots of the window's invalidations, by operation.
  private var slots: [Int] = []

  init(_ engine: ProtocolEngine, kernel: ProtocolForm, retriesMax: Int) {
    self.engine = engine
    waitsAsKernel = engine.rules.wait.canBeLeft && engine.rules.wait == kernel.rules.wait
    retriesLeft = retriesMax
  }

  var isIdle: Bool { refreshing.isEmpty && inFlight.isEmpty }

  mutating func run(_ plan: WindowPlan, cacheCount: Int) {
    while isReportedStale.count < cacheCount {
      _ = state.addCache()
      isReportedStale.append(false)
    }
    for refresh in plan.refreshes {
      retriesLeft += Self.retriesPerRefresh + Self.retriesPerRound * refresh.roundCount
    }
    slots = Array(repeating: -1, count: plan.operations.count)
    for moment in plan.moments {
      runTimers(before: moment.timeNs)
      take(moment, plan.operations[moment.operation])
    }
  }

  /// Runs everything in progress to its end; what can never end is stuck.
  mutating func finish() {
    runTimers(before: nil)
    while let task = refreshing.first {
      abandon(task, clockNs)
      runTimers(before: nil)
    }
  }

  private mutating func take(_ moment: WindowPlan.Moment, _ operation: WindowPlan.Operation) {
    if let adoption = operation.adoption { adopt(adoption, operation.cache) }
    switch operation.kind {
    case .invalidate(let range, let hitsMemslot, let removesMappings):
      if moment.kind == .countUp {
        let task = engine.beginInvalidation(
          range, hitsMemslot: hitsMemslot, freesPages: removesMappings, &state)
        slots[moment.operation] = task
        begin(task, .invalidation)
        runs[task].range = range
      }
      let task = slots[moment.operation]
      runs[task].goal = moment.kind
      // One that waits for a lock continues when it has it.
      if !lockWaiters.contains(task) { goOn(task, moment.timeNs) }
    case .refresh(let plan): request(plan, moment.timeNs)
    case .check(let isRefused): check(operation.cache, isRefused: isRefused, moment.timeNs)
    case .deactivate:
      let task = engine.beginDeactivation(operation.cache, &state)
      begin(task, .deactivation)
      goOn(task, moment.timeNs)
    case .refusedRefresh(let durationNs):
      costs.refreshCount += 1
      costs.failedCount += 1
      costs.latency.add(durationNs)
    }
  }

  private mutating func adopt(_ adoption: WindowPlan.Adoption, _ cache: Int) {
    // What the walk of an invalidation in flight would have cleared is gone.
    let isValid = adoption.isValid && !isInvalidated(adoption.uhva.page)
    state.adopt(cache, gpa: adoption.gpa, uhva: adoption.uhva, isValid: isValid, engine.rules)
    isReportedStale[cache] = false
  }

  mutating func begin(_ task: Int, _ kind: OperationRun.Kind) {
    while runs.count <= task { runs.append(OperationRun()) }
    runs[task] = OperationRun()
    runs[task].kind = kind
  }

  // MARK: Going on

  /// - Parameter spanNs: from `nowNs` on.
  mutating func setTimer(_ task: Int, in spanNs: Int64, _ nowNs: Int64) {
    runs[task].timer = timers.set(task, at: nowNs.addingClamped(spanNs))
  }

  /// - Parameter timeNs: nil: all there are.
  private mutating func runTimers(before timeNs: Int64?) {
    while let next = timers.firstTimeNs, timeNs.map({ next < $0 }) ?? true, let timer = timers.popFirst() {
      guard runs[timer.task].timer == timer.order else { continue }
      runs[timer.task].timer = nil
      clockNs = timer.timeNs
      goOn(timer.task, timer.timeNs)
    }
  }

  /// Advances an operation as far as possible at `nowNs`.
  mutating func goOn(_ task: Int, _ nowNs: Int64) {
    switch runs[task].kind {
    case .invalidation: invalidate(task, nowNs)
    case .refresh: refresh(task, nowNs)
    case .check: advanceCheck(task, nowNs)
    case .deactivation: deactivate(task, nowNs)
    case .idle: fatalError("slot \(task) goes on without an operation")
    }
  }

  private mutating func deactivate(_ task: Int, _ nowNs: Int64) {
    while true {
      switch engine.advance(task, &state).end {
      case .paused: continue
      case .blocked, .spins, .sleeps:
        waitForLock(task)
        return
      case .finished:
        vacate(task)
        wakeLockWaiters(nowNs)
        return
      }
    }
  }

  mutating func vacate(_ task: Int) {
    runs[task].kind = .idle
    runs[task].refresh = nil
    state.vacate(task)
  }

  /// A round is repeated; false: too many were.
  mutating func takeRetry() -> Bool {
    retriesLeft -= 1
    return retriesLeft >= 0
  }

  // MARK: Waiting

  mutating func waitForLock(_ task: Int) {
    lockWaiters.append(task)
    guard runs[task].refresh?.waitsFirst != true, let lock = engine.lockWanted(task, state) else {
      hasOtherWaiters = true
      return
    }
    waiterCounts[lock.ofWhoeverHoldsIt, default: 0] += 1
  }

  mutating func waitForInvalidations(_ task: Int) { waiters.append(task) }

  /// A lock was dropped: the next waiter that can take it continues.
  mutating func wakeLockWaiters(_ nowNs: Int64) {
    let dropped = state.takeDropped()
    guard !lockWaiters.isEmpty else { return }
    // In a storm of refreshes of one cache hundreds wait, and nearly every step of another drops a lock that none of
    // them wants.
    guard hasOtherWaiters || dropped.contains(where: { waiterCounts[$0] != nil }) else { return }
    let tasks = lockWaiters
    lockWaiters = []
    waiterCounts.removeAll(keepingCapacity: true)
    hasOtherWaiters = false
    for task in tasks {
      // Most still wait: they stay in their order, and need not be gone into.
      if engine.isBlocked(task, state) && runs[task].refresh?.waitsFirst != true {
        waitForLock(task)
      } else {
        goOn(task, nowNs)
      }
    }
  }

  /// The count has fallen to 0: busy-waits end, sleepers are woken.
  mutating func wakeWaiters(_ nowNs: Int64) {
    guard !waiters.isEmpty else { return }
    let tasks = waiters
    waiters = []
    for task in tasks { goOn(task, nowNs) }
  }
}
