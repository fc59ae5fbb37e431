// Refreshes: asked for, or the tail of an activation; and the lookups of page faults.

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
  /// The round under way in the truth.
  var round: Int?
  /// What its lookup gave.
  var pfn = PFN.errorFault
  var lookUpFails = false
  var hasTested = false
  var hasReturned = false

  init(_ vm: SimulatedVM, _ cache: Int, _ origin: Origin) {
    self.vm = vm
    self.cache = cache
    self.origin = origin
  }

  var gpc: String { "gpc=\(hex(vm.caches[cache].pointer.rawValue))" }
  var kvm: String { "kvm=\(hex(vm.kvm.rawValue))" }
  var uhva: UHVA { vm.fields(of: cache).uhva }

  /// The arguments of `__kvm_gpc_refresh()`.
  var request: RefreshRequest {
    switch origin {
    case .refresh: vm.request(of: cache)
    case .activate(let gpa): vm.request(gpa)
    case .activateHva(let uhva): .uhva(uhva)
    }
  }
}

extension SimulatedKernel {
  // MARK: Requests

  func refresh(_ vm: SimulatedVM, _ cache: Int, len: UInt64, _ task: SimulatedTask) -> [Action] {
    let refresh = RefreshRun(vm, cache, .refresh)
    return [
      { kernel in
        _ = kernel.emit(.gpcRefresh, task) { kernel.fields(ofRequest: refresh, len: len) }
        return .done
      },
      { kernel in
        let fields = vm.fields(of: cache)
        let offset = (fields.isGPABased ? fields.gpa.rawValue : fields.uhva.rawValue) % pageSize
        if offset + len <= pageSize { return kernel.begin(refresh, task) }
        // -EINVAL, under refresh_lock.
        guard vm.state.caches[vm.caches[cache].index].refreshLock.isFree else { return .blocked }
        task.next([kernel.leave(refresh, ret: -22, task)])
        return .done
      },
    ]
  }

  func activate(_ vm: SimulatedVM, _ cache: Int, _ gpa: GPA, len: UInt64, _ task: SimulatedTask) -> [Action] {
    activate(RefreshRun(vm, cache, .activate(gpa)), .gpcActivate, "gpa=\(hex(gpa.rawValue))", gpa.rawValue, len, task)
  }

  func activateHva(_ vm: SimulatedVM, _ cache: Int, _ uhva: UHVA, len: UInt64, _ task: SimulatedTask) -> [Action] {
    activate(
      RefreshRun(vm, cache, .activateHva(uhva)), .gpcActivateHva, "uhva=\(hex(uhva.rawValue))", uhva.rawValue, len, task
    )
  }

  private func activate(
    _ refresh: RefreshRun, _ point: ProbePoint, _ argument: String, _ address: UInt64, _ len: UInt64,
    _ task: SimulatedTask
  ) -> [Action] {
    let isWithinPage = address % pageSize + len <= pageSize
    return [
      { kernel in
        _ = kernel.emit(point, task) {
          let fields = refresh.vm.fields(of: refresh.cache)
          return "\(refresh.gpc) \(argument) len=\(len) \(refresh.kvm) \(flags(fields))"
        }
        return .done
      },
      isWithinPage ? { $0.begin(refresh, task) } : leave(refresh, ret: -22, task),
    ]
  }

  private func leave(_ refresh: RefreshRun, ret: Int, _ task: SimulatedTask) -> Action {
    let point: ProbePoint =
      switch refresh.origin {
      case .refresh: .gpcRefreshRet
      case .activate: .gpcActivateRet
      case .activateHva: .gpcActivateHvaRet
      }
    return { kernel in
      _ = kernel.emit(point, task) { "ret=\(ret)" }
      return .done
    }
  }

  private func begin(_ refresh: RefreshRun, _ task: SimulatedTask) -> Progress {
    let vm = refresh.vm
    let activates = if case .refresh = refresh.origin { false } else { true }
    let slot = engine.beginRefresh(
      vm.caches[refresh.cache].index, refresh.request, activates: activates, &vm.state)
    let run = EngineRun(engine, slot: slot)
    refresh.run = run
    if run.begin(vm.state) == .refreshBody { enterBody(refresh, task) }
    task.next([{ $0.goOn(refresh, task) }])
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
    if arrival != .finished { task.next([{ $0.goOn(refresh, task) }]) }
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
      refresh.vm.caches[refresh.cache].pfn = refresh.pfn
      refresh.vm.caches[refresh.cache].khva = 0xff2d_067d_8000_0000 + refresh.pfn.rawValue << 12
      refresh.vm.caches[refresh.cache].mapping = round
    case .lookUpFailed: truth.rounds[round].outcome = .failed
    case .nothing, .countUp, .countDown, .pagesFreed, .lookedUp, .checked: break
    }
  }

  private func arrive(_ arrival: EngineRun.Arrival, _ refresh: RefreshRun, _ task: SimulatedTask) {
    switch arrival {
    case .refreshBody: enterBody(refresh, task)
    case .loopTop: enterRound(refresh, task)
    case .lookUp: lookUp(refresh, task)
    case .retryTest: task.next([{ $0.test(refresh, task) }])
    case .acceptance:
      var actions: [Action] = [{ $0.refreshDone(refresh, task) }]
      if !refresh.hasTested { actions.insert({ $0.test(refresh, task) }, at: 0) }
      task.next(actions)
    case .bodyReturn(let ret): leaveBody(refresh, ret: ret, task)
    case .finished:
      let ret = refresh.run?.ret ?? 0
      if let slot = refresh.run?.slot { refresh.vm.state.vacate(slot) }
      task.next([leave(refresh, ret: ret, task)])
      if !refresh.hasReturned { leaveBody(refresh, ret: ret, task) }
    case .none, .walk, .startReturn: break
    }
  }

  private func enterBody(_ refresh: RefreshRun, _ task: SimulatedTask) {
    task.next([
      { kernel in
        _ = kernel.emit(.lockedRefresh, task) { kernel.fields(ofBody: refresh) }
        return .done
      }
    ])
  }

  private func leaveBody(_ refresh: RefreshRun, ret: Int, _ task: SimulatedTask) {
    refresh.hasReturned = true
    if ret != 0, let round = refresh.round { truth.rounds[round].outcome = .failed }
    task.next([
      { kernel in
        _ = kernel.emit(.lockedRefreshRet, task) { "ret=\(ret)" }
        return .done
      }
    ])
  }

  private func enterRound(_ refresh: RefreshRun, _ task: SimulatedTask) {
    refresh.pfn = .errorFault
    refresh.hasTested = false
    task.next([
      { kernel in
        let loop = kernel.emit(.gpcRetryLoop, task) {
          "\(refresh.gpc) \(refresh.kvm) uhva=\(hex(refresh.uhva.rawValue)) "
            + "active_inv=\(refresh.vm.activeInvalidations) seq=\(refresh.vm.seq)"
        }
        kernel.truth.rounds.append(
          KnownTruth.Round(
            vm: refresh.vm.number, cache: refresh.cache, uhva: refresh.uhva, loop: loop, snapshot: kernel.moment))
        refresh.round = kernel.truth.rounds.count - 1
        return .done
      }
    ])
  }

  // MARK: The lookup

  /// What the lookup itself sets off comes before it reads the page tables.
  private func lookUp(_ refresh: RefreshRun, _ task: SimulatedTask) {
    var dice = task.dice
    refresh.lookUpFails = settings.features.contains(.failingLookups) && dice.chance(5)
    let causesInvalidation = settings.features.contains(.lookupInvalidations) && dice.chance(10)
    let plan = MMInvalidation(
      range: HVARange(
        start: refresh.uhva.page, end: UHVA(rawValue: refresh.uhva.page.rawValue + pageSize)),
      mnEvent: 1, freesPages: true, comesBack: dice.chance(30))
    task.dice = dice
    let entry: Action = { kernel in
      let record = kernel.emit(.hvaToPfn, task) { "addr=\(hex(refresh.uhva.rawValue)) write=1" }
      if let round = refresh.round { kernel.truth.rounds[round].lookup = record }
      task.next(task.work())
      if causesInvalidation {
        task.next(kernel.invalidate(refresh.vm.mm, plan, task, ownRound: refresh.round))
      }
      return .done
    }
    task.next([entry])
  }

  private func lookUpReturns(_ deed: EngineRun.Deed, _ refresh: RefreshRun, _ task: SimulatedTask) {
    let found = deed == .lookUpFailed ? PFN.errorFault : refresh.vm.mm.pfn(at: refresh.uhva)
    refresh.pfn = found
    task.next(task.work() + [
      { kernel in
        let record = kernel.emit(.hvaToPfnRet, task) { "pfn=\(hex(found.rawValue))" }
        if let round = refresh.round { kernel.truth.rounds[round].lookupRet = record }
        return .done
      }
    ])
  }

  /// The lookup of an ordinary page fault.
  func fault(_ vm: SimulatedVM, _ uhva: UHVA, _ task: SimulatedTask) -> [Action] {
    [
      { kernel in
        _ = kernel.emit(.hvaToPfn, task) { "addr=\(hex(uhva.rawValue)) write=0" }
        return .done
      },
      { kernel in
        let pfn = vm.mm.pfn(at: uhva)
        task.next(task.work() + [
          { kernel in
            _ = kernel.emit(.hvaToPfnRet, task) { "pfn=\(hex(pfn.rawValue))" }
            return .done
          }
        ])
        return .done
      },
    ]
  }

  // MARK: The test

  private func test(_ refresh: RefreshRun, _ task: SimulatedTask) -> Progress {
    refresh.hasTested = true
    let snapshot = refresh.run.map { refresh.vm.state.tasks[$0.slot].snapshot } ?? 0
    let hasSnapshot = rules.snapshot != .none
    let record = emit(.gpcRetryCheck, task) {
      let vm = refresh.vm
      let mmuSeq = hasSnapshot ? "mmu_seq=\(snapshot == 0 ? 0 : vm.printed(seq: snapshot)) " : ""
      return "\(refresh.gpc) \(refresh.kvm) uhva=\(hex(refresh.uhva.rawValue)) pfn=\(hex(refresh.pfn.rawValue)) "
        + "\(mmuSeq)active_inv=\(vm.activeInvalidations) seq=\(vm.seq)"
    }
    if let round = refresh.round { truth.rounds[round].test = record }
    return .done
  }

  private func refreshDone(_ refresh: RefreshRun, _ task: SimulatedTask) -> Progress {
    let record = emit(.gpcRefreshDone, task) {
      "\(refresh.gpc) \(refresh.kvm) uhva=\(hex(refresh.uhva.rawValue)) pfn=\(hex(refresh.pfn.rawValue))"
    }
    if let round = refresh.round { truth.rounds[round].done = record }
    return .done
  }

  // MARK: Fields

  private func fields(ofRequest refresh: RefreshRun, len: UInt64) -> String {
    let fields = refresh.vm.fields(of: refresh.cache)
    let pfn = fields.pfn.isError ? PFN.errorFault : refresh.vm.caches[refresh.cache].pfn
    let khva = fields.hasKHVA ? refresh.vm.caches[refresh.cache].khva : 0
    return "\(refresh.gpc) len=\(len) \(refresh.kvm) gpa=\(hex(fields.gpa.rawValue)) uhva=\(hex(fields.uhva.rawValue)) "
      + "gen=\(fields.generation.rawValue) pfn=\(hex(pfn.rawValue)) khva=\(hex(khva)) \(flags(fields))"
  }

  private func fields(ofBody refresh: RefreshRun) -> String {
    let fields = refresh.vm.fields(of: refresh.cache)
    let (gpa, uhva) =
      switch refresh.request {
      case .gpa(let gpa, _, _): (gpa, GfnToPfnCache.errorUHVA)
      case .uhva(let uhva): (GPA.invalid, uhva)
      }
    return "\(refresh.gpc) gpa=\(hex(gpa.rawValue)) uhva=\(hex(uhva.rawValue)) \(refresh.kvm) "
      + "old_gpa=\(hex(fields.gpa.rawValue)) old_uhva=\(hex(fields.uhva.rawValue)) gen=\(fields.generation.rawValue) "
      + "slotsgen=\(refresh.vm.generation) \(flags(fields))"
  }
}

/// `active` and `valid` of a cache.
func flags(_ fields: GfnToPfnCache) -> String { "active=\(fields.active ? 1 : 0) valid=\(fields.valid ? 1 : 0)" }
