// The mm invalidates a range: the start hooks of all its VMs, its own work, the end hooks.

import KVMEvents

/// One invalidation in one VM.
private final class HookRun {
  let vm: SimulatedVM
  /// Its place in the truth.
  let number: Int
  var run: EngineRun?
  /// Its start hook was called.
  var hasBegun = false

  init(vm: SimulatedVM, number: Int) {
    self.vm = vm
    self.number = number
  }
}

extension SimulatedKernel {
  /// - Parameter ownRound: the round whose lookup causes it.
  func invalidate(_ mm: SimulatedMM, _ plan: MMInvalidation, _ task: SimulatedTask, ownRound: Int? = nil) -> [Action] {
    let hooks = vms.filter { $0.mm === mm && $0.isRegistered }.map { vm in
      truth.invalidations.append(
        KnownTruth.Invalidation(
          vm: vm.number, range: plan.range, mnEvent: plan.mnEvent, freesPages: plan.freesPages, ownRound: ownRound))
      return HookRun(vm: vm, number: truth.invalidations.count - 1)
    }
    let zap: Action = { kernel in
      for hook in hooks where hook.vm.isRegistered && hook.hasBegun { kernel.step(hook, task) }
      if plan.freesPages { mm.free(plan.range, comeBack: plan.comesBack) }
      return .done
    }
    return hooks.flatMap { startHook($0, plan, task) } + task.work() + [zap] + task.work()
      + hooks.flatMap { endHook($0, plan, task) }
  }

  // MARK: The start hook

  private func startHook(_ hook: HookRun, _ plan: MMInvalidation, _ task: SimulatedTask) -> [Action] {
    [
      { kernel in
        // It has left the address space in the meantime.
        guard hook.vm.isRegistered else { return .done }
        task.next(kernel.enterStartHook(hook, plan, task))
        return .done
      }
    ]
  }

  private func enterStartHook(_ hook: HookRun, _ plan: MMInvalidation, _ task: SimulatedTask) -> [Action] {
    let range = plan.range
    return [
      { kernel in
        hook.vm.runningHooks += 1
        hook.hasBegun = true
        kernel.truth.invalidations[hook.number].start = kernel.emit(.mnInvalidateRangeStart, task) {
          kernel.fields(ofHook: hook, plan)
        }
        return .done
      },
      { kernel in
        _ = kernel.emit(.kvmUnmapHvaRange, task) {
          "mmu notifier unmap range: \(padded(range.start.rawValue)) -- \(padded(range.end.rawValue))"
        }
        return .done
      },
      { kernel in kernel.begin(hook, plan, task) },
    ]
  }

  /// Whether a memslot overlaps is asked with the count up, and memslots do not change while it is: so the engine's operation begins
  /// when it can take its first lock.
  private func begin(_ hook: HookRun, _ plan: MMInvalidation, _ task: SimulatedTask) -> Progress {
    let vm = hook.vm
    guard vm.state.kvm.invalidateLock.isFree && vm.state.kvm.listLock.isFree else { return .blocked }
    let hits = vm.hitsMemslot(plan.range)
    truth.invalidations[hook.number].hitsMemslot = hits
    let slot = engine.beginInvalidation(plan.range, hitsMemslot: hits, freesPages: plan.freesPages, &vm.state)
    hook.run = EngineRun(engine, slot: slot)
    vm.openInvalidations += 1
    if hook.run?.begin(vm.state) == .walk {
      task.next([{ $0.walk(hook, task) }, { $0.goOn(hook, task) }])
      return .done
    }
    return goOn(hook, task)
  }

  /// A step, and what comes after it.
  private func goOn(_ hook: HookRun, _ task: SimulatedTask) -> Progress {
    guard let run = hook.run, run.canStep(hook.vm.state) else { return .blocked }
    switch step(hook, task) {
    case .walk: task.next([{ $0.walk(hook, task) }, { $0.goOn(hook, task) }])
    case .startReturn:
      task.next([
        { kernel in
          hook.vm.runningHooks -= 1
          kernel.truth.invalidations[hook.number].startRet = kernel.emit(.mnInvalidateRangeStartRet, task) { "ret=0" }
          return .done
        }
      ])
    case .finished: finish(hook, task)
    case .none, .refreshBody, .loopTop, .lookUp, .retryTest, .acceptance, .bodyReturn:
      task.next([{ $0.goOn(hook, task) }])
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

  private func walk(_ hook: HookRun, _ task: SimulatedTask) -> Progress {
    let range = truth.invalidations[hook.number].range
    truth.invalidations[hook.number].walk = emit(.gpcInvalidateStart, task) {
      "kvm=\(hex(hook.vm.kvm.rawValue)) start=\(hex(range.start.rawValue)) end=\(hex(range.end.rawValue))"
    }
    return .done
  }

  // MARK: The end hook

  private func endHook(_ hook: HookRun, _ plan: MMInvalidation, _ task: SimulatedTask) -> [Action] {
    [
      { kernel in
        guard hook.vm.isRegistered && hook.hasBegun else { return .done }
        task.next(kernel.enterEndHook(hook, plan, task))
        return .done
      }
    ]
  }

  private func enterEndHook(_ hook: HookRun, _ plan: MMInvalidation, _ task: SimulatedTask) -> [Action] {
    let range = plan.range
    return [
      { kernel in
        hook.vm.runningHooks += 1
        kernel.truth.invalidations[hook.number].end = kernel.emit(.mnInvalidateRangeEnd, task) {
          kernel.fields(ofHook: hook, plan)
        }
        return .done
      },
      // In front of the bump, as 6.12.95's offset has it.
      { kernel in
        kernel.truth.invalidations[hook.number].endKvm = kernel.emit(.mnInvalidateEndKvm, task) {
          "kvm=\(hex(hook.vm.kvm.rawValue)) start=\(hex(range.start.rawValue)) end=\(hex(range.end.rawValue))"
        }
        return .done
      },
      { $0.goOn(hook, task) },
    ]
  }

  private func finish(_ hook: HookRun, _ task: SimulatedTask) {
    if let slot = hook.run?.slot { hook.vm.state.vacate(slot) }
    hook.vm.openInvalidations -= 1
    task.next([
      { kernel in
        hook.vm.runningHooks -= 1
        kernel.truth.invalidations[hook.number].endRet = kernel.emit(.mnInvalidateRangeEndRet, task) { "" }
        return .done
      }
    ])
  }

  private func fields(ofHook hook: HookRun, _ plan: MMInvalidation) -> String {
    let vm = hook.vm
    return "mn=\(hex(vm.mn.rawValue)) mm=\(hex(vm.mm.pointer.rawValue)) start=\(hex(plan.range.start.rawValue)) "
      + "end=\(hex(plan.range.end.rawValue)) flags=1 event=\(plan.mnEvent) active=\(vm.activeInvalidations) seq=\(vm.seq)"
  }
}

/// As `%#llx` prints it.
func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

/// As the tracepoint prints it, `0x%016llx`.
private func padded(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
}
