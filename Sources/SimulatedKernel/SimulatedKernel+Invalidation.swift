// The mm invalidates a range: the start hooks of all its VMs, its own work, the end hooks.

import KVMEvents
import Results

/// One invalidation in one VM.
private final class HookRun {
  let vm: SimulatedVM
  let plan: MMInvalidation
  /// Its index in the truth.
  let number: Int
  var run: EngineRun?
  /// Its start hook was called.
  var hasBegun = false

  init(vm: SimulatedVM, _ plan: MMInvalidation, number: Int) {
    self.vm = vm
    self.plan = plan
    self.number = number
  }

  /// `struct mmu_notifier_range`, the count and the seq.
  var fields: String {
    "mn=\(hex(vm.mn.rawValue)) mm=\(hex(vm.mm.pointer.rawValue)) \(bounds) flags=1 event=\(plan.mnEvent) "
      + "active=\(vm.activeInvalidations) seq=\(vm.seq)"
  }

  /// What is known inside a hook.
  var kvmAndBounds: String { "kvm=\(hex(vm.kvm.rawValue)) \(bounds)" }

  private var bounds: String { "start=\(hex(plan.range.start.rawValue)) end=\(hex(plan.range.end.rawValue))" }

  /// As the tracepoint prints it.
  var unmapRange: String {
    "mmu notifier unmap range: \(padded(plan.range.start.rawValue)) -- \(padded(plan.range.end.rawValue))"
  }
}

extension SimulatedKernel {
  /// - Parameter ownRound: the round whose lookup causes it.
  func invalidate(_ mm: SimulatedMM, _ plan: MMInvalidation, _ task: SimulatedTask, ownRound: Int? = nil) -> [Action] {
    let hooks = vms.filter { $0.mm === mm && $0.isRegistered }.map { vm in
      truth.invalidations.append(
        KnownTruth.Invalidation(
          vm: vm.number, range: plan.range, mnEvent: plan.mnEvent, freesPages: plan.freesPages, ownRound: ownRound))
      return HookRun(vm: vm, plan, number: truth.invalidations.count - 1)
    }
    let zap: Action = { [self] in
      for hook in hooks where hook.vm.isRegistered && hook.hasBegun { step(hook, task) }
      if plan.freesPages { mm.free(plan.range, comeBack: plan.comesBack) }
      return .done
    }
    let starts = hooks.map { hook in enter(hook, task) { [self] in startHook(hook, task) } }
    let ends = hooks.map { hook in
      enter(hook, task) { [self] in hook.hasBegun ? endHook(hook, task) : [] }
    }
    return starts + task.work() + [zap] + task.work() + ends
  }

  /// A hook of a VM that has left the address space in the meantime is not called.
  private func enter(_ hook: HookRun, _ task: SimulatedTask, _ actions: @escaping () -> [Action]) -> Action {
    {
      guard hook.vm.isRegistered else { return .done }
      hook.vm.runningHooks += 1
      task.next(actions())
      return .done
    }
  }

  // MARK: The start hook

  private func startHook(_ hook: HookRun, _ task: SimulatedTask) -> [Action] {
    hook.hasBegun = true
    return [
      hit(.mnInvalidateRangeStart, task) {
        hook.fields
      } note: { [self] in
        truth.invalidations[hook.number].start = $0
      },
      hit(.kvmUnmapHvaRange, task) { hook.unmapRange },
      { [self] in begin(hook, task) },
    ]
  }

  /// Whether a memslot overlaps is determined with the count up, and memslots do not change while it is: so the
  /// engine's operation begins when it can take its first lock.
  private func begin(_ hook: HookRun, _ task: SimulatedTask) -> Progress {
    let vm = hook.vm
    guard vm.state.kvm.invalidateLock.isFree && vm.state.kvm.listLock.isFree else { return .blocked }
    let hits = vm.hitsMemslot(hook.plan.range)
    truth.invalidations[hook.number].hitsMemslot = hits
    let slot = engine.beginInvalidation(
      hook.plan.range, hitsMemslot: hits, freesPages: hook.plan.freesPages, &vm.state)
    hook.run = EngineRun(engine, steps, slot: slot)
    vm.openInvalidations += 1
    if hook.run?.begin(vm.state) == .walk {
      task.next(walk(hook, task))
      return .done
    }
    return goOn(hook, task)
  }

  /// A step, and what comes after it.
  private func goOn(_ hook: HookRun, _ task: SimulatedTask) -> Progress {
    guard let run = hook.run, run.canStep(hook.vm.state) else { return .blocked }
    switch step(hook, task) {
    case .walk: task.next(walk(hook, task))
    case .startReturn:
      task.next([
        hit(.mnInvalidateRangeStartRet, task) {
          "ret=0"
        } note: { [self] in
          hook.vm.runningHooks -= 1
          truth.invalidations[hook.number].startRet = $0
        }
      ])
    case .finished: finish(hook, task)
    case .none, .refreshBody, .loopTop, .lookUp, .retryTest, .acceptance, .bodyReturn:
      task.next([{ [self] in goOn(hook, task) }])
    }
    return .done
  }

  @discardableResult private func step(_ hook: HookRun, _ task: SimulatedTask) -> EngineRun.Arrival {
    guard let (deed, arrival) = hook.run?.step(&hook.vm.state) else { return .none }
    switch deed {
    case .countUp: truth.invalidations[hook.number].up = moment
    case .countDown: truth.invalidations[hook.number].down = moment
    case .pagesFreed: truth.invalidations[hook.number].freed = moment
    case .nothing, .snapshot, .lookedUp, .lookUpFailed, .tested, .accepted, .checked: break
    }
    pin(task, hook.run, hook.vm)
    return arrival
  }

  private func walk(_ hook: HookRun, _ task: SimulatedTask) -> [Action] {
    [
      hit(.gpcInvalidateStart, task) {
        hook.kvmAndBounds
      } note: { [self] in
        truth.invalidations[hook.number].walk = $0
      },
      { [self] in goOn(hook, task) },
    ]
  }

  // MARK: The end hook

  private func endHook(_ hook: HookRun, _ task: SimulatedTask) -> [Action] {
    [
      hit(.mnInvalidateRangeEnd, task) {
        hook.fields
      } note: { [self] in
        truth.invalidations[hook.number].end = $0
      },
      // Before the bump, as 6.12.95's offset has it.
      hit(.mnInvalidateEndKvm, task) {
        hook.kvmAndBounds
      } note: { [self] in
        truth.invalidations[hook.number].endKvm = $0
      },
      { [self] in
        // If no memslot overlaps, nothing comes before a walk in the end hook.
        guard hook.run?.isAtWalk(hook.vm.state) == true else { return goOn(hook, task) }
        task.next(walk(hook, task))
        return .done
      },
    ]
  }

  private func finish(_ hook: HookRun, _ task: SimulatedTask) {
    if let slot = hook.run?.slot { hook.vm.state.vacate(slot) }
    hook.vm.openInvalidations -= 1
    task.next([
      hit(.mnInvalidateRangeEndRet, task) {
        ""
      } note: { [self] in
        hook.vm.runningHooks -= 1
        truth.invalidations[hook.number].endRet = $0
      }
    ])
  }
}

/// As `%#llx` prints it.
func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

/// `0x%016llx`.
private func padded(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
}
