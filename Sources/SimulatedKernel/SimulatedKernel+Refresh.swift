// Refreshes: requested, or the tail of an activation; and the lookups of page faults.

import GPCProtocol
import KVMEvents

/// A refresh of one cache.
private final class RefreshRun {
  enum Origin {
    case refresh
    case activate(GPA)
    case activateHva(UHVA)
  }

  let vm: SimulatedVM
  let cache: Int
  let origin: Origin
  var run: EngineRun?
  /// The current round in the truth.
  var round: Int?
  /// The result of its lookup.
  var pfn = PFN.errorFault
  var lookUpFails = false
  var hasTested = false
  var hasReturned = false

  init(_ vm: SimulatedVM, _ cache: Int, _ origin: Origin) {
    self.vm = vm
    self.cache = cache
    self.origin = origin
  }

  var activates: Bool { if case .refresh = origin { false } else { true } }

  /// The arguments of `__kvm_gpc_refresh()`.
  var request: RefreshRequest {
    switch origin {
    case .refresh: vm.request(of: cache)
    case .activate(let gpa): vm.request(gpa)
    case .activateHva(let uhva): .uhva(uhva)
    }
  }

  var uhva: UHVA { vm.fields(of: cache).uhva }

  // MARK: Fields

  private var gpc: String { "gpc=\(hex(vm.caches[cache].pointer.rawValue))" }
  private var kvm: String { "kvm=\(hex(vm.kvm.rawValue))" }

  func requestFields(len: UInt64) -> String {
    let fields = vm.fields(of: cache)
    let khva = fields.hasKHVA ? vm.caches[cache].khva : 0
    return "\(gpc) len=\(len) \(kvm) gpa=\(hex(fields.gpa.rawValue)) uhva=\(hex(fields.uhva.rawValue)) "
      + "gen=\(fields.generation.rawValue) pfn=\(hex(vm.pfn(of: cache).rawValue)) khva=\(hex(khva)) \(flags(fields))"
  }

  func activationFields(_ argument: String, len: UInt64) -> String {
    "\(gpc) \(argument) len=\(len) \(kvm) \(flags(vm.fields(of: cache)))"
  }

  var bodyFields: String {
    let fields = vm.fields(of: cache)
    let (gpa, uhva) =
      switch request {
      case .gpa(let gpa, _, _): (gpa, GfnToPfnCache.errorUHVA)
      case .uhva(let uhva): (GPA.invalid, uhva)
      }
    return "\(gpc) gpa=\(hex(gpa.rawValue)) uhva=\(hex(uhva.rawValue)) \(kvm) "
      + "old_gpa=\(hex(fields.gpa.rawValue)) old_uhva=\(hex(fields.uhva.rawValue)) gen=\(fields.generation.rawValue) "
      + "slotsgen=\(vm.generation) \(flags(fields))"
  }

  var loopFields: String {
    "\(gpc) \(kvm) uhva=\(hex(uhva.rawValue)) active_inv=\(vm.activeInvalidations) seq=\(vm.seq)"
  }

  /// - Parameter snapshot: nil in forms that take none.
  func testFields(snapshot: UInt64?) -> String {
    let mmuSeq = snapshot.map { "mmu_seq=\(vm.printed(seq: $0)) " } ?? ""
    return "\(doneFields) \(mmuSeq)active_inv=\(vm.activeInvalidations) seq=\(vm.seq)"
  }

  var doneFields: String { "\(gpc) \(kvm) uhva=\(hex(uhva.rawValue)) pfn=\(hex(pfn.rawValue))" }
}

extension SimulatedKernel {
  // MARK: Requests

  func refresh(_ vm: SimulatedVM, _ cache: Int, len: UInt64, _ task: SimulatedTask) -> [Action] {
    let refresh = RefreshRun(vm, cache, .refresh)
    return [
      hit(.gpcRefresh, task) { refresh.requestFields(len: len) },
      { [self] in
        let fields = vm.fields(of: cache)
        let offset = (fields.isGPABased ? fields.gpa.rawValue : fields.uhva.rawValue) % pageSize
        if offset + len <= pageSize { return begin(refresh, task) }
        // -EINVAL, under refresh_lock.
        guard vm.state.caches[vm.caches[cache].index].refreshLock.isFree else { return .blocked }
        task.next([leave(refresh, ret: -22, task)])
        return .done
      },
    ]
  }

  func activate(_ vm: SimulatedVM, _ cache: Int, _ gpa: GPA, len: UInt64, _ task: SimulatedTask) -> [Action] {
    let refresh = RefreshRun(vm, cache, .activate(gpa))
    let entry = hit(.gpcActivate, task) { refresh.activationFields("gpa=\(hex(gpa.rawValue))", len: len) }
    return activate(refresh, entry, offset: gpa.rawValue % pageSize, len, task)
  }

  func activateHva(_ vm: SimulatedVM, _ cache: Int, _ uhva: UHVA, len: UInt64, _ task: SimulatedTask) -> [Action] {
    let refresh = RefreshRun(vm, cache, .activateHva(uhva))
    let entry = hit(.gpcActivateHva, task) { refresh.activationFields("uhva=\(hex(uhva.rawValue))", len: len) }
    return activate(refresh, entry, offset: uhva.rawValue % pageSize, len, task)
  }

  private func activate(
    _ refresh: RefreshRun, _ entry: @escaping Action, offset: UInt64, _ len: UInt64, _ task: SimulatedTask
  ) -> [Action] {
    if offset + len > pageSize { return [entry, leave(refresh, ret: -22, task)] }
    return [entry, { [self] in begin(refresh, task) }]
  }

  private func leave(_ refresh: RefreshRun, ret: Int, _ task: SimulatedTask) -> Action {
    switch refresh.origin {
    case .refresh: hit(.gpcRefreshRet, task) { "ret=\(ret)" }
    case .activate: hit(.gpcActivateRet, task) { "ret=\(ret)" }
    case .activateHva: hit(.gpcActivateHvaRet, task) { "ret=\(ret)" }
    }
  }

  private func begin(_ refresh: RefreshRun, _ task: SimulatedTask) -> Progress {
    let vm = refresh.vm
    let slot = engine.beginRefresh(
      vm.caches[refresh.cache].index, refresh.request, activates: refresh.activates, &vm.state)
    let run = EngineRun(engine, steps, slot: slot)
    refresh.run = run
    task.next([{ [self] in goOn(refresh, task) }])
    if run.begin(vm.state) == .refreshBody { arrive(.refreshBody, refresh, task) }
    return .done
  }

  // MARK: The body

  /// A step, and the probes between it and the next one.
  private func goOn(_ refresh: RefreshRun, _ task: SimulatedTask) -> Progress {
    let vm = refresh.vm
    guard var run = refresh.run, run.canStep(vm.state) else { return .blocked }
    if run.resolves(vm.state) { vm.state.renew(refresh.request, in: run.slot) }
    let (deed, arrival) = run.step(lookUpFails: refresh.lookUpFails, &vm.state)
    refresh.run = run
    note(deed, refresh)
    pin(task, run, vm)
    if arrival != .finished { task.next([{ [self] in goOn(refresh, task) }]) }
    arrive(arrival, refresh, task)
    if deed == .lookedUp || deed == .lookUpFailed { lookUpReturns(deed, refresh, task) }
    return .done
  }

  private func note(_ deed: EngineRun.Deed, _ refresh: RefreshRun) {
    guard let round = refresh.round else { return }
    switch deed {
    case .snapshot: truth.rounds[round].snapshot = moment
    case .tested(let reason):
      truth.rounds[round].tested = moment
      guard let reason else { return }
      truth.rounds[round].outcome = .retried
      truth.rounds[round].retriedBy = reason
    case .accepted(let isStale):
      truth.rounds[round].outcome = .accepted
      truth.rounds[round].isStale = isStale
      truth.rounds[round].hasErrorPFN = refresh.pfn.isError
      truth.rounds[round].tested = truth.rounds[round].tested ?? moment
      refresh.vm.caches[refresh.cache].store(refresh.pfn, round: round)
    case .lookUpFailed: truth.rounds[round].outcome = .failed
    case .nothing, .countUp, .countDown, .pagesFreed, .lookedUp, .checked: break
    }
  }

  private func arrive(_ arrival: EngineRun.Arrival, _ refresh: RefreshRun, _ task: SimulatedTask) {
    switch arrival {
    case .refreshBody: task.next([hit(.lockedRefresh, task) { refresh.bodyFields }])
    case .loopTop: enterRound(refresh, task)
    case .lookUp: lookUp(refresh, task)
    case .retryTest: task.next([test(refresh, task)])
    case .acceptance:
      let done = hit(.gpcRefreshDone, task) {
        refresh.doneFields
      } note: { [self] record in
        if let round = refresh.round { truth.rounds[round].done = record }
      }
      task.next(refresh.hasTested ? [done] : [test(refresh, task), done])
    case .bodyReturn(let ret): leaveBody(refresh, ret: ret, task)
    case .finished:
      let ret = refresh.run?.ret ?? 0
      if let slot = refresh.run?.slot { refresh.vm.state.vacate(slot) }
      task.next([leave(refresh, ret: ret, task)])
      if !refresh.hasReturned { leaveBody(refresh, ret: ret, task) }
    case .none, .walk, .startReturn: break
    }
  }

  private func leaveBody(_ refresh: RefreshRun, ret: Int, _ task: SimulatedTask) {
    refresh.hasReturned = true
    if ret != 0, let round = refresh.round { truth.rounds[round].outcome = .failed }
    task.next([hit(.lockedRefreshRet, task) { "ret=\(ret)" }])
  }

  private func enterRound(_ refresh: RefreshRun, _ task: SimulatedTask) {
    refresh.pfn = .errorFault
    refresh.hasTested = false
    task.next([
      hit(.gpcRetryLoop, task) {
        refresh.loopFields
      } note: { [self] in
        truth.rounds.append(
          KnownTruth.Round(
            vm: refresh.vm.number, cache: refresh.cache, uhva: refresh.uhva, loop: $0, snapshot: moment))
        refresh.round = truth.rounds.count - 1
      }
    ])
  }

  private func test(_ refresh: RefreshRun, _ task: SimulatedTask) -> Action {
    refresh.hasTested = true
    // What it was at the test.
    let snapshot = refresh.run?.snapshot ?? 0
    return hit(.gpcRetryCheck, task) { [self] in
      refresh.testFields(snapshot: rules.snapshot == .none ? nil : snapshot)
    } note: { [self] record in
      if let round = refresh.round { truth.rounds[round].test = record }
    }
  }

  // MARK: The lookup

  /// What the lookup itself causes comes before it reads the page tables.
  private func lookUp(_ refresh: RefreshRun, _ task: SimulatedTask) {
    refresh.lookUpFails = settings.features.contains(.failingLookups) && task.dice.chance(5)
    let causesInvalidation = settings.features.contains(.lookupInvalidations) && task.dice.chance(10)
    let comesBack = task.dice.chance(30)
    task.next([
      hit(.hvaToPfn, task) {
        "addr=\(hex(refresh.uhva.rawValue)) write=1"
      } note: { [self] record in
        if let round = refresh.round { truth.rounds[round].lookup = record }
        task.next(task.work())
        guard causesInvalidation else { return }
        let page = refresh.uhva.page
        let plan = MMInvalidation(
          range: HVARange(start: page, end: UHVA(rawValue: page.rawValue + pageSize)), mnEvent: 1, freesPages: true,
          comesBack: comesBack)
        task.next(invalidate(refresh.vm.mm, plan, task, ownRound: refresh.round))
      }
    ])
  }

  private func lookUpReturns(_ deed: EngineRun.Deed, _ refresh: RefreshRun, _ task: SimulatedTask) {
    let found = deed == .lookUpFailed ? PFN.errorFault : refresh.vm.mm.pfn(at: refresh.uhva)
    refresh.pfn = found
    task.next(
      task.work() + [
        hit(.hvaToPfnRet, task) {
          "pfn=\(hex(found.rawValue))"
        } note: { [self] record in
          if let round = refresh.round { truth.rounds[round].lookupRet = record }
        }
      ])
  }

  /// The lookup of an ordinary page fault.
  func fault(_ vm: SimulatedVM, _ uhva: UHVA, _ task: SimulatedTask) -> [Action] {
    [
      hit(.hvaToPfn, task) { "addr=\(hex(uhva.rawValue)) write=0" },
      { [self] in
        let pfn = vm.mm.pfn(at: uhva)
        task.next(task.work() + [hit(.hvaToPfnRet, task) { "pfn=\(hex(pfn.rawValue))" }])
        return .done
      },
    ]
  }
}

/// `active` and `valid` of a cache.
func flags(_ fields: GfnToPfnCache) -> String { "active=\(fields.active ? 1 : 0) valid=\(fields.valid ? 1 : 0)" }
