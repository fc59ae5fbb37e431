// The operations of the plan as actions: checks, the life of caches, memslots.

import GPCProtocol
import KVMEvents

extension SimulatedKernel {
  func perform(_ operation: Workload.Operation, _ task: SimulatedTask) {
    switch operation.kind {
    case .create(let vm): vms[vm].isRegistered = true
    case .initialise(let vm, let cache): task.next(initialise(vms[vm], cache, task))
    case .setMemslot(let vm, let slot, let gpa, let size, let uhva):
      task.next(setMemslot(vms[vm], slot, SimulatedVM.Memslot(gpa: gpa, size: size, uhva: uhva), task))
    case .activate(let vm, let cache, let gpa, let len): task.next(activate(vms[vm], cache, gpa, len: len, task))
    case .activateHva(let vm, let cache, let uhva, let len):
      task.next(activateHva(vms[vm], cache, uhva, len: len, task))
    case .deactivate(let vm, let cache): task.next(deactivate(vms[vm], cache, task))
    case .refresh(let vm, let cache, let len): task.next(refresh(vms[vm], cache, len: len, task))
    case .check(let vm, let cache, let len): task.next(check(vms[vm], cache, len: len, tries: 0, task))
    case .use(let vm, let cache, let len, let tries): task.next(check(vms[vm], cache, len: len, tries: tries, task))
    case .invalidate(let mm, let plan): task.next(invalidate(mms[mm], plan, task))
    case .destroy(let vm): task.next(destroy(vms[vm], task))
    case .fault(let vm, let uhva): task.next(fault(vms[vm], uhva, task))
    case .userspaceExit:
      task.next([
        { kernel in
          _ = kernel.emit(.userspaceExit, task) { "reason KVM_EXIT_IO (2)" }
          return .done
        }
      ])
    }
  }

  /// What the task holds after a step of its operation.
  func pin(_ task: SimulatedTask, _ run: EngineRun?, _ vm: SimulatedVM) {
    task.hasInterruptsOff = run?.holdsCacheLock(vm.state) ?? false
    task.isPinned = task.hasInterruptsOff || run?.holdsSpinlock(vm.state) ?? false
  }

  // MARK: Checks

  /// `read_lock(&gpc->lock); kvm_gpc_check(); …`; as long as it says no, a refresh and another check, `tries` times.
  private func check(_ vm: SimulatedVM, _ cache: Int, len: UInt64, tries: Int, _ task: SimulatedTask) -> [Action] {
    let index = vm.caches[cache].index
    return [
      { kernel in
        guard vm.state.caches[index].lock.admitsReader else { return .blocked }
        var run = EngineRun(kernel.engine, slot: kernel.engine.beginCheck(index, &vm.state))
        _ = run.step(&vm.state)
        task.isPinned = true
        task.hasInterruptsOff = true
        task.next(kernel.judge(vm, cache, len: len, tries: tries, run, task))
        return .done
      }
    ]
  }

  private func judge(
    _ vm: SimulatedVM, _ cache: Int, len: UInt64, tries: Int, _ begun: EngineRun, _ task: SimulatedTask
  ) -> [Action] {
    var run = begun
    var number = 0
    return [
      { kernel in
        let entry = kernel.emit(.gpcCheck, task) { kernel.fields(ofCheck: vm, cache, len: len) }
        number = kernel.truth.checks.count
        kernel.truth.checks.append(KnownTruth.Check(vm: vm.number, cache: cache, entry: entry))
        return .done
      },
      { kernel in
        kernel.answer(number, vm, cache, len: len, &run)
        return .done
      },
      { kernel in
        let answer = kernel.truth.checks[number].answer ?? false
        kernel.truth.checks[number].ret = kernel.emit(.gpcCheckRet, task) { "ret=\(answer ? 1 : 0)" }
        return .done
      },
      { kernel in
        while run.step(&vm.state).arrival != .finished {}
        vm.state.vacate(run.slot)
        task.hasInterruptsOff = false
        task.isPinned = task.plan.host != nil
        if tries > 0, kernel.truth.checks[number].answer == false {
          task.next(
            kernel.refresh(vm, cache, len: len, task) + kernel.check(vm, cache, len: len, tries: tries - 1, task))
        }
        return .done
      },
    ]
  }

  /// The engine has no length and no generation; `kvm_gpc_check()` tests them in the same section of `gpc->lock`.
  private func answer(_ number: Int, _ vm: SimulatedVM, _ cache: Int, len: UInt64, _ run: inout EngineRun) {
    let fields = vm.fields(of: cache)
    let others = fields.check(len: len, generationIsFresh: vm.isFresh(fields)).isYes
    guard case .checked(let isYes, let violations) = run.step(&vm.state).deed else { return }
    truth.checks[number].answer = isYes && others
    truth.checks[number].uhva = fields.uhva
    truth.checks[number].mapping = vm.caches[cache].mapping
    guard isYes && others else { return }
    truth.checks[number].isStale = violations.contains(.stale)
    if violations.contains(.contract) { truth.checks[number].breached = openWindows(vm, fields.uhva) }
  }

  /// The invalidations of the VM whose start hook has returned and whose end hook was not yet called, over this address.
  private func openWindows(_ vm: SimulatedVM, _ uhva: UHVA) -> [Int] {
    truth.invalidations.indices.filter { index in
      let invalidation = truth.invalidations[index]
      return invalidation.vm == vm.number && invalidation.range.contains(uhva) && invalidation.up != nil
        && invalidation.down == nil
    }
  }

  private func fields(ofCheck vm: SimulatedVM, _ cache: Int, len: UInt64) -> String {
    let fields = vm.fields(of: cache)
    return "gpc=\(hex(vm.caches[cache].pointer.rawValue)) len=\(len) kvm=\(hex(vm.kvm.rawValue)) "
      + "gpa=\(hex(fields.gpa.rawValue)) uhva=\(hex(fields.uhva.rawValue)) gen=\(fields.generation.rawValue) "
      + "slotsgen=\(vm.generation) \(flags(fields))"
  }

  // MARK: Caches

  private func initialise(_ vm: SimulatedVM, _ cache: Int, _ task: SimulatedTask) -> [Action] {
    [
      { kernel in
        _ = kernel.emit(.gpcInit, task) {
          "gpc=\(hex(vm.caches[cache].pointer.rawValue)) kvm=\(hex(vm.kvm.rawValue))"
        }
        return .done
      }
    ]
  }

  /// The notifier leaves when none of its hooks runs; an invalidation between its hooks never gets its end.
  private func destroy(_ vm: SimulatedVM, _ task: SimulatedTask) -> [Action] {
    vm.caches.indices.flatMap { deactivate(vm, $0, task) } + [
      { _ in
        if vm.runningHooks > 0 { return .blocked }
        vm.isRegistered = false
        return .done
      }
    ]
  }

  private func deactivate(_ vm: SimulatedVM, _ cache: Int, _ task: SimulatedTask) -> [Action] {
    let index = vm.caches[cache].index
    return [
      { kernel in
        _ = kernel.emit(.gpcDeactivate, task) { kernel.fields(ofDeactivation: vm, cache) }
        return .done
      },
      { kernel in
        let run = EngineRun(kernel.engine, slot: kernel.engine.beginDeactivation(index, &vm.state))
        task.next([{ $0.goOn(deactivating: vm, run, task) }])
        return .done
      },
    ]
  }

  private func goOn(deactivating vm: SimulatedVM, _ begun: EngineRun, _ task: SimulatedTask) -> Progress {
    var run = begun
    guard run.canStep(vm.state) else { return .blocked }
    let arrival = run.step(&vm.state).arrival
    pin(task, run, vm)
    if arrival == .finished {
      vm.state.vacate(run.slot)
      task.next([
        { kernel in
          _ = kernel.emit(.gpcDeactivateRet, task) { "" }
          return .done
        }
      ])
    } else {
      task.next([{ $0.goOn(deactivating: vm, run, task) }])
    }
    return .done
  }

  private func fields(ofDeactivation vm: SimulatedVM, _ cache: Int) -> String {
    let fields = vm.fields(of: cache)
    let pfn = fields.pfn.isError ? PFN.errorFault : vm.caches[cache].pfn
    return "gpc=\(hex(vm.caches[cache].pointer.rawValue)) kvm=\(hex(vm.kvm.rawValue)) gpa=\(hex(fields.gpa.rawValue)) "
      + "uhva=\(hex(fields.uhva.rawValue)) pfn=\(hex(pfn.rawValue)) \(flags(fields))"
  }

  // MARK: Memslots

  /// `__kvm_set_memory_region()`, under `slots_lock`. A deletion, and a move, puts the slot out of use first: two updates of the generation.
  private func setMemslot(
    _ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot, _ task: SimulatedTask
  ) -> [Action] {
    [
      { kernel in
        if vm.isChangingSlots { return .blocked }
        vm.isChangingSlots = true
        _ = kernel.emit(.setMemoryRegion, task) {
          "kvm=\(hex(vm.kvm.rawValue)) slot=\(number) flags=0 gpa=\(hex(slot.gpa)) size=\(hex(slot.size)) "
            + "hva=\(hex(slot.uhva))"
        }
        return .done
      },
      { kernel in
        task.next(kernel.change(vm, number, slot, task))
        return .done
      },
    ]
  }

  private func change(
    _ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot, _ task: SimulatedTask
  ) -> [Action] {
    let old = vm.slots[number]
    let overlapsOther = vm.slots.contains { other, known in
      other != number && known.gpa < slot.gpa + slot.size && slot.gpa < known.gpa + known.size
    }
    // The kernel knows a slot's size and its hva for good.
    let isRefused = slot.size == 0 ? old == nil : overlapsOther || old.map { $0.size != slot.size || $0.uhva != slot.uhva } ?? false
    if isRefused { return [finish(vm, ret: slot.size == 0 ? -22 : -17, task)] }
    var actions: [Action] = []
    if var leaving = old, slot.size == 0 || leaving.gpa != slot.gpa {
      leaving.isInvalid = true
      actions += swap(vm, number, leaving)
    }
    return actions + swap(vm, number, slot.size == 0 ? nil : slot) + [finish(vm, ret: 0, task)]
  }

  /// `kvm_swap_active_memslots()`: waits until no invalidation is in flight; the generation has bit 63 until all readers have left.
  private func swap(_ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot?) -> [Action] {
    [
      { kernel in
        guard vm.openInvalidations == 0, vm.state.kvm.invalidateLock.isFree else { return .blocked }
        vm.slots[number] = slot
        vm.generation |= SimulatedVM.generationInProgress
        return .done
      },
      { kernel in
        // One for each of x86's address spaces.
        vm.generation = vm.generation & ~SimulatedVM.generationInProgress + 2
        return .done
      },
    ]
  }

  private func finish(_ vm: SimulatedVM, ret: Int, _ task: SimulatedTask) -> Action {
    { kernel in
      vm.isChangingSlots = false
      _ = kernel.emit(.setMemoryRegionRet, task) { "ret=\(ret)" }
      return .done
    }
  }
}
