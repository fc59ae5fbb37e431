// Makes the plans of one VM's windows: the caches, the durations of refreshes, the state before.

import GPCProtocol
import KVMEvents
import Results

struct VMPlanner {
  /// The recording's caches as the models number them.
  private var indexOfCache: [Int32: Int] = [:]
  /// A cache as the last window left it; older than `epoch`: nothing is known of it.
  private struct Known {
    /// Its state follows from what the models did with it so far.
    var epoch = 0
    var inactiveEpoch = 0
  }

  /// By the models' number.
  private var known: [Known] = []
  /// Goes up where what is known is forgotten: there may be as many losses as caches.
  private var epoch = 1
  private var inactiveCount = 0
  /// By the models' number: when refreshes of this window had `refresh_lock`.
  private var holds: [[Range<Int64>]] = []
  /// The caches that have any in `holds`: a window passes over its own caches, not over all of the VM.
  private var heldCaches: [Int] = []
  /// The recorded kernel's rules.
  private let kernel: ProtocolRules
  private let deltaNs: Int64
  private var tests: RecordedTests
  private var validity = RecordedValidity()
  private var inFlight = RecordedInFlight()
  /// What the recorded kernel waited itself, so far.
  private(set) var kernelWaits = KernelWaits()
  /// The parts of a round of the last refresh that made any.
  private var usualRound = RefreshPlan.Round()

  init(_ kernel: ProtocolRules, deltaNs: Int64) {
    self.kernel = kernel
    self.deltaNs = deltaNs
    tests = RecordedTests(kernel)
    kernelWaits.areAsleep = kernel.wait.isQueue
  }

  var cacheCount: Int { known.count }

  /// Every cache was deactivated: nothing of it is needed any more.
  var isOver: Bool { !known.isEmpty && inactiveCount == known.count }

  /// What happened in a window is not known, and so neither is the state of the caches after it.
  mutating func forget() {
    epoch += 1
    inactiveCount = 0
  }

  private mutating func setInactive(_ cache: Int, _ isInactive: Bool) {
    guard (known[cache].inactiveEpoch == epoch) != isInactive else { return }
    known[cache].inactiveEpoch = isInactive ? epoch : 0
    inactiveCount += isInactive ? 1 : -1
  }

  mutating func plan(_ window: RecordedWindow) -> WindowPlan {
    var plan = WindowPlan()
    tests = RecordedTests(window, kernel, deltaNs: deltaNs)
    validity = RecordedValidity(window, kernel)
    for cache in heldCaches { holds[cache].removeAll(keepingCapacity: true) }
    heldCaches.removeAll(keepingCapacity: true)
    inFlight = RecordedInFlight()
    for (index, operation) in window.operations.enumerated() {
      if case .invalidate(let invalidation) = operation.kind { add(invalidation, operation, index, &plan) }
    }
    inFlight.sort()
    for (index, operation) in window.operations.enumerated() { add(operation, index, &plan) }
    plan.sort()
    adoptCaches(window, &plan)
    return plan
  }

  private mutating func add(_ operation: RecordedOperation, _ recorded: Int, _ plan: inout WindowPlan) {
    switch operation.kind {
    case .invalidate: break
    case .refresh(let refresh): add(refresh, operation, recorded, &plan)
    case .check(let check):
      let kind = WindowPlan.Operation.Kind.check(isRefused: check.othersHold == false)
      plan.add(.begin, plan.add(.init(kind: kind, cache: index(operation), recorded: recorded)), operation.begin)
    case .deactivate:
      plan.add(.begin, plan.add(.init(kind: .deactivate, cache: index(operation), recorded: recorded)), operation.begin)
    }
  }

  private mutating func add(
    _ invalidation: RecordedInvalidation, _ operation: RecordedOperation, _ recorded: Int, _ plan: inout WindowPlan
  ) {
    guard let startRet = invalidation.startRet, let endEntry = invalidation.endEntry else { return }
    let up = invalidation.startWalk ?? startRet
    // Where the memslots are not known, the range is taken to hit one.
    let kind = WindowPlan.Operation.Kind.invalidate(
      invalidation.range, hitsMemslot: invalidation.hitsMemslot ?? true,
      removesMappings: invalidation.removesMappings)
    let index = plan.add(.init(kind: kind, cache: 0, recorded: recorded))
    let range = invalidation.range
    let countUpNs = tests.countUpNs(of: range, operation.begin.time, up.time)
    let walkNs =
      kernel.walk.place.isInStartHook ? validity.walkNs(of: range, countUpNs, startRet.time) : countUpNs
    // A count that goes up late (clocks differ) pushes what follows ahead of it, and stamps that go back do not change
    // program order.
    let startRetNs = max(startRet.time, walkNs)
    let endEntryNs = max(endEntry.time, startRetNs)
    // Where the memslots are not known, the range is taken to hit one.
    let bumpsSeq = kernel.seq == .gpc || !kernel.seqNeedsMemslot || invalidation.hitsMemslot ?? true
    let lowNs = (invalidation.endWalk ?? invalidation.endKvm ?? endEntry).time
    let downNs = max(
      endEntryNs,
      tests.countDownNs(of: range, upNs: countUpNs, lowNs, operation.end.time, bumpsSeq: bumpsSeq))
    let endWalkNs =
      kernel.walk.place.isInStartHook
      ? downNs : max(endEntryNs, validity.walkNs(of: range, lowNs, operation.end.time))
    // v1 walks after the count.
    let countDownNs = kernel.walk.place == .endHookAfterCount ? endWalkNs : max(downNs, endWalkNs)
    inFlight.add(range, from: countUpNs, to: countDownNs, bumpsSeq: bumpsSeq)
    plan.add(.countUp, index, up, at: countUpNs)
    plan.add(.walk, index, up, at: walkNs)
    plan.add(.startRet, index, startRet, at: startRetNs)
    plan.add(.endEntry, index, endEntry, at: endEntryNs)
    plan.add(.endWalk, index, operation.end, at: endWalkNs)
    plan.add(.countDown, index, operation.end, at: countDownNs)
  }

  private mutating func add(
    _ refresh: RecordedRefresh, _ operation: RecordedOperation, _ recorded: Int, _ plan: inout WindowPlan
  ) {
    let cache = index(operation)
    let request = refresh.request ?? operation.begin
    defer {
      if holds[cache].isEmpty { heldCaches.append(cache) }
      holds[cache].append(operation.begin.time..<max(operation.begin.time, operation.end.time))
    }
    guard let resolved = Self.resolved(refresh), !Self.isRefused(refresh) else {
      let kind = WindowPlan.Operation.Kind.refusedRefresh(durationNs: operation.end.time - request.time)
      plan.add(.begin, plan.add(.init(kind: kind, cache: cache, recorded: recorded)), request)
      return
    }
    let waits = recordedWaits(refresh, resolved)
    let refreshPlan = RefreshPlan(
      refresh, operation, cache: cache, uhva: resolved, waits: waits,
      passedAtTop: passedAtTop(refresh, resolved, waits), waitsBehindLookup: kernel.wait.isBehindLookup,
      heldNs: heldNs(cache, request.time, operation.begin.time),
      lateNs: lateNs(refresh, operation), lateSnapshotNs: lateSnapshotNs(refresh), usual: usualRound)
    if !refresh.rounds.isEmpty { usualRound = refreshPlan.median }
    plan.add(.begin, plan.add(.init(kind: .refresh(refreshPlan), cache: cache, recorded: recorded)), request)
  }

  /// By round: what the recorded kernel waited itself. Adds them up.
  private mutating func recordedWaits(_ refresh: RecordedRefresh, _ uhva: UHVA) -> [RecordedWait?] {
    guard kernel.wait.canBeLeft, !uhva.isError else { return [] }
    if !refresh.tells(kernel.wait) { kernelWaits.areKnown = false }
    let waits = refresh.rounds.map { round in
      round.bounds(of: kernel.wait).flatMap {
        inFlight.wait(kernel.wait, of: uhva.page, from: $0.from.time, by: $0.by.time)
      }
    }
    kernelWaits.add(waits, stallNs: refresh.stallNs)
    return waits
  }

  /// By round: the recorded kernel continued to its lookup, though by then there was something to wait for.
  private func passedAtTop(_ refresh: RecordedRefresh, _ uhva: UHVA, _ waits: [RecordedWait?]) -> [Bool] {
    zip(refresh.rounds, waits).map { round, wait in
      guard wait == nil, !kernel.wait.isBehindLookup, let lookup = round.lookup else { return false }
      return inFlight.isPending(kernel.wait, of: uhva.page, at: lookup.time)
    }
  }

  /// By how much the test of an accepted round came after its stamp: it saw no invalidation in flight, but at its stamp
  /// there was one.
  private func lateNs(_ refresh: RecordedRefresh, _ operation: RecordedOperation) -> Int64 {
    guard kernel.retry.inFlight == .count, refresh.outcome == .mapped, let test = refresh.rounds.last?.test else {
      return 0
    }
    let quietNs = inFlight.firstQuiet(from: test.time)
    return quietNs < operation.end.time ? quietNs - test.time : 0
  }

  /// By how much the snapshot of an accepted round came after its top: its test saw no seq moved, but one was bumped
  /// since the top.
  private func lateSnapshotNs(_ refresh: RecordedRefresh) -> Int64 {
    guard kernel.retry.readsSeq, kernel.snapshot == .loopTop, refresh.outcome == .mapped,
      let round = refresh.rounds.last, let loop = round.loop, let lookup = round.lookup
    else { return 0 }
    return inFlight.lastBump(after: loop.time, until: lookup.time).map { $0 - loop.time } ?? 0
  }

  /// How long others had `refresh_lock` between a request and its entry.
  private func heldNs(_ cache: Int, _ requestNs: Int64, _ entryNs: Int64) -> Int64 {
    var heldNs: Int64 = 0
    for hold in holds[cache].reversed() {
      guard hold.upperBound > requestNs else { break }
      heldNs.addClamped(max(0, min(hold.upperBound, entryNs) - max(hold.lowerBound, requestNs)))
    }
    return heldNs
  }

  /// The uhva that the refresh leads to, an error if no memslot gives one: -EFAULT without a lookup. nil: it is not
  /// known, or the request had neither a gpa nor a uhva, which `__kvm_gpc_refresh()` rejects whatever was recorded of
  /// it.
  private static func resolved(_ refresh: RecordedRefresh) -> UHVA? {
    guard let uhva = refresh.uhva ?? refresh.oldUHVA else { return nil }
    let resolved = refresh.ret != 0 && refresh.rounds.isEmpty ? GfnToPfnCache.errorUHVA : uhva
    return resolved.isError && refresh.isGPABased == false ? nil : resolved
  }

  /// `-EINVAL` without a round: the cache was not active, or the access leaves its page.
  private static func isRefused(_ refresh: RecordedRefresh) -> Bool { refresh.ret == -22 && refresh.rounds.isEmpty }

  private mutating func index(_ operation: RecordedOperation) -> Int {
    guard let id = operation.cache else { fatalError("an operation on a cache names none: \(operation.begin.id)") }
    if let index = indexOfCache[id] { return index }
    indexOfCache[id] = known.count
    known.append(Known())
    holds.append([])
    return known.count - 1
  }
}

// What existed before the models saw it.
extension VMPlanner {
  private mutating func adoptCaches(_ window: RecordedWindow, _ plan: inout WindowPlan) {
    for moment in plan.moments where moment.kind == .begin {
      let cache = plan.operations[moment.operation].cache
      switch plan.operations[moment.operation].kind {
      case .invalidate, .refusedRefresh: continue
      case .deactivate: setInactive(cache, true)
      case .refresh(let refresh):
        if refresh.activates { known[cache].epoch = epoch }
        setInactive(cache, false)
      case .check: break
      }
      guard known[cache].epoch < epoch else { continue }
      known[cache].epoch = epoch
      if let adoption = Self.adoption(window.operations[plan.operations[moment.operation].recorded]) {
        plan.adopt(adoption, moment.operation)
      }
    }
  }

  private static func adoption(_ operation: RecordedOperation) -> WindowPlan.Adoption? {
    switch operation.kind {
    case .invalidate, .deactivate: return nil
    case .refresh(let refresh):
      let uhva = refresh.oldUHVA ?? refresh.uhva ?? GfnToPfnCache.errorUHVA
      return WindowPlan.Adoption(
        gpa: refresh.isGPABased == false ? .invalid : .standing(for: uhva), uhva: uhva,
        isValid: refresh.wasValid ?? (refresh.outcome == .kept))
    case .check(let check):
      let uhva = check.uhva ?? GfnToPfnCache.errorUHVA
      return WindowPlan.Adoption(gpa: .standing(for: uhva), uhva: uhva, isValid: check.wasValid ?? check.answer)
    }
  }
}
