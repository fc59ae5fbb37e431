// Refreshes of the model: round by round, each part as long as it was recorded.

import GPCProtocol
import KVMEvents
import Results

extension FormModel {
  mutating func request(_ plan: RefreshPlan, _ nowNs: Int64) {
    costs.refreshCount += 1
    let request: RefreshRequest =
      plan.isGPABased
      ? .gpa(.standing(for: plan.uhva), resolved: plan.uhva, generation: MemslotsGeneration(rawValue: 0))
      : .uhva(plan.uhva)
    let task = engine.beginRefresh(plan.cache, request, activates: plan.activates, &state)
    begin(task, .refresh)
    runs[task].cache = plan.cache
    runs[task].refresh = RefreshRun(plan)
    refreshing.append(task)
    refresh(task, nowNs)
  }

  /// Its timer has expired, or its wait is over.
  mutating func refresh(_ task: Int, _ nowNs: Int64) {
    guard var run = runs[task].refresh else { fatalError("slot \(task) has no refresh") }
    if run.waitsFirst && (run.waitsSinceNs != nil || !isPending(run.plan)) {
      // Woken: it takes as long as the recorded kernel did from there on.
      endWait(&run, nowNs)
      run.waitsFirst = false
      runs[task].refresh = run
      setTimer(task, in: engine.rules.wait.isBehindLookup ? run.times.testNs : run.times.loopNs, nowNs)
      return
    }
    switch run.phase {
    case .request where !isReadyForLock(task, &run, nowNs): runs[task].refresh = run
    case .beforeLookUp where engine.looksUpNext(task, state): lookUp(task, &run, nowNs)
    case .request, .begin, .beforeLookUp, .lookUp, .test, .loopTop, .finish:
      let fails = run.phase == .lookUp && run.plan.lookUpFails(run.lookUpCount - 1)
      let advance = engine.advance(task, lookUpFails: fails, &state)
      costs.wakeUpCount += Int64(advance.wakeUpCount)
      if advance.violations.contains(.stale) { reportStale(runs[task].cache) }
      if advance.hasFailed { costs.failedCount += 1 }
      follow(advance, task, &run, nowNs)
    }
  }

  /// Whether it requests `refresh_lock` now; else a timer or the lock's holder continues it.
  private mutating func isReadyForLock(_ task: Int, _ run: inout RefreshRun, _ nowNs: Int64) -> Bool {
    if !engine.rules.hasRefreshLock {
      // v5.17 has no lock to get first.
      run.phase = .begin
      setTimer(task, in: run.plan.wakeUpNs.addingClamped(run.plan.beginNs), nowNs)
      return false
    }
    if engine.isBlocked(task, state) {
      waitForLock(task)
      return false
    }
    guard run.lockIsFreeSinceNs == nil else { return true }
    run.lockIsFreeSinceNs = nowNs
    if run.wakeUpNs > 0 { setTimer(task, in: run.wakeUpNs, nowNs) }
    return run.wakeUpNs <= 0
  }

  /// Others that were about to get `refresh_lock` have to wait again; the time that it was free counts for them.
  private mutating func takeLock(_ task: Int, _ nowNs: Int64) {
    let cache = runs[task].cache
    for other in refreshing where other != task && runs[other].cache == cache {
      guard var waiting = runs[other].refresh, waiting.phase == .request, let since = waiting.lockIsFreeSinceNs else {
        continue
      }
      waiting.wakeUpNs = waiting.wakeUpNs.subtractingClamped(nowNs.subtractingClamped(since))
      waiting.lockIsFreeSinceNs = nil
      runs[other].refresh = waiting
      runs[other].timer = nil
      waitForLock(other)
    }
  }

  private mutating func follow(_ advance: Advance, _ task: Int, _ run: inout RefreshRun, _ nowNs: Int64) {
    switch advance.end {
    case .paused:
      endWait(&run, nowNs)
      pause(advance, task, &run, nowNs)
    case .finished:
      endWait(&run, nowNs)
      finish(task, run, nowNs)
    case .spins, .sleeps:
      beginWait(&run, asleep: advance.end == .sleeps, nowNs)
      runs[task].refresh = run
      waitForInvalidations(task)
    case .blocked:
      runs[task].refresh = run
      if engine.isDeadlocked(task, state) { abandon(task, nowNs) } else { waitForLock(task) }
    }
  }

  private mutating func pause(_ advance: Advance, _ task: Int, _ run: inout RefreshRun, _ nowNs: Int64) {
    if engine.returnsNext(task, state) {
      run.phase = .finish
      runs[task].refresh = run
      accepted(task, advance)
      setTimer(task, in: run.plan.returnNs, nowNs)
      // `gpc->lock` was dropped.
      wakeLockWaiters(nowNs)
      return
    }
    if run.phase == .beforeLookUp && engine.looksUpNext(task, state) {
      lookUp(task, &run, nowNs)
      return
    }
    if advance.branch == .retry {
      retry(task, &run, nowNs)
      return
    }
    run.waitsFirst = false
    switch run.phase {
    case .request:
      run.phase = .begin
      takeLock(task, nowNs)
      setTimer(task, in: run.plan.beginNs, nowNs)
    case .begin, .loopTop:
      beginRound(&run, nowNs)
      if waitsAsKernel && run.plan.wait(run.round) == .passedAtTop && !isPending(run.plan) && passWait(task) {
        setTimer(task, in: run.times.loopNs, nowNs)
        break
      }
      run.waitsFirst = waitsNow(run.plan, run.round) && !engine.rules.wait.isBehindLookup
      // It reaches its wait at once, as the recorded kernel did.
      setTimer(task, in: run.waitsFirst ? 0 : run.times.loopNs, nowNs)
    case .lookUp:
      run.phase = .test
      run.waitsFirst = waitsNow(run.plan, run.round) && engine.rules.wait.isBehindLookup
      setTimer(task, in: run.waitsFirst ? 0 : run.times.testNs, nowNs)
    case .beforeLookUp, .test, .finish: fatalError("a refresh pauses after \(run.phase)")
    }
    let dropsLock = run.phase == .beforeLookUp
    runs[task].refresh = run
    if dropsLock { wakeLockWaiters(nowNs) }
  }

  /// In this round the recorded kernel waited, and the form does so as well.
  private func waitsNow(_ plan: RefreshPlan, _ round: Int) -> Bool {
    waitsAsKernel && plan.wait(round) == .waited && isPending(plan)
  }

  private func isPending(_ plan: RefreshPlan) -> Bool {
    engine.rules.wait.isForAny
      ? state.kvm.activeInvalidations != 0 : state.kvm.isPending(at: plan.uhva.page)
  }

  /// Passes the wait, up to the lookup; false: it is blocked on the way.
  private mutating func passWait(_ task: Int) -> Bool {
    engine.advance(task, &state).end == .paused && engine.looksUpNext(task, state)
  }

  private mutating func beginRound(_ run: inout RefreshRun, _ nowNs: Int64) {
    let topNs = nowNs.subtractingClamped(run.plan.lateNs(run.round + 1))
    if run.round >= 0 { endRepeatedRound(&run, topNs) }
    run.round += 1
    run.phase = .beforeLookUp
    run.roundBeganNs = topNs
    run.overlapEnded = false
    run.hasLookedUp = false
    costs.roundCount += 1
  }

  private mutating func lookUp(_ task: Int, _ run: inout RefreshRun, _ nowNs: Int64) {
    run.phase = .lookUp
    run.lookUpCount += 1
    run.hasLookedUp = true
    if engine.rules.snapshot == .beforeLookup { run.overlapEnded = false }
    runs[task].refresh = run
    setTimer(task, in: run.times.lookupNs, nowNs)
  }

  /// Stale or not, a new mapping is a new one.
  private mutating func accepted(_ task: Int, _ advance: Advance) {
    guard advance.branch != .kept && !advance.violations.contains(.stale) else { return }
    isReportedStale[runs[task].cache] = false
  }

  private mutating func finish(_ task: Int, _ run: RefreshRun, _ nowNs: Int64) {
    // v5.17 ends with its last store; the return takes as long.
    let returnedNs = run.phase == .finish ? nowNs : nowNs.addingClamped(run.plan.returnNs)
    costs.latency.add(returnedNs.subtractingClamped(run.plan.requestNs))
    costs.stallMaxNs = max(costs.stallMaxNs, run.stallNs)
    leave(task, nowNs)
  }

  /// It can never finish: it is removed, so that the others can continue.
  mutating func abandon(_ task: Int, _ nowNs: Int64) {
    engine.abandonRefresh(task, &state)
    costs.stuckCount += 1
    leave(task, nowNs)
  }

  private mutating func leave(_ task: Int, _ nowNs: Int64) {
    refreshing.removeAll { $0 == task }
    vacate(task)
    wakeLockWaiters(nowNs)
  }
}

// Repeated rounds and waits, and their causes.
extension FormModel {
  private mutating func retry(_ task: Int, _ run: inout RefreshRun, _ nowNs: Int64) {
    let page = run.plan.uhva.page
    costs.retries.count(cause(isNecessary: run.overlapEnded || isInvalidated(page), isCovered: isCovered(page)))
    if run.hasLookedUp { costs.wastedLookupCount += 1 }
    guard takeRetry() else { return abandon(task, nowNs) }
    let repeatNs = run.times.repeatNs
    run.phase = .loopTop
    runs[task].refresh = run
    setTimer(task, in: repeatNs, nowNs)
  }

  private func cause(isNecessary: Bool, isCovered: Bool) -> FormCosts.ByCause.Cause {
    isNecessary ? .necessary : isCovered ? .widened : .false
  }

  private mutating func endRepeatedRound(_ run: inout RefreshRun, _ nowNs: Int64) {
    let spunNs = nowNs.subtractingClamped(run.roundBeganNs).subtractingClamped(run.waitedInRoundNs)
    costs.spunNs.addClamped(spunNs)
    run.stallNs.addClamped(spunNs)
    run.waitedInRoundNs = 0
  }

  private mutating func beginWait(_ run: inout RefreshRun, asleep: Bool, _ nowNs: Int64) {
    guard run.waitsSinceNs == nil else { return }
    run.waitsSinceNs = nowNs
    run.isAsleep = asleep
    run.waitIsNecessary = isInvalidated(run.plan.uhva.page)
    run.waitIsWidened = isCovered(run.plan.uhva.page)
  }

  private mutating func endWait(_ run: inout RefreshRun, _ nowNs: Int64) {
    guard let since = run.waitsSinceNs else { return }
    run.waitsSinceNs = nil
    let waitedNs = nowNs.subtractingClamped(since)
    if run.isAsleep { costs.sleptNs.addClamped(waitedNs) } else { costs.spunNs.addClamped(waitedNs) }
    run.waitedInRoundNs.addClamped(waitedNs)
    run.stallNs.addClamped(waitedNs)
    costs.waits.count(cause(isNecessary: run.waitIsNecessary, isCovered: run.waitIsWidened))
  }
}
