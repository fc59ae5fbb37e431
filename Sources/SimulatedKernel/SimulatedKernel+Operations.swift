// The operations of the plan as actions: which they are, and the short ones.

import GPCProtocol
import KVMEvents
import Results

extension SimulatedKernel {
  func perform(_ operation: Workload.Operation, _ task: SimulatedTask) {
    switch operation.kind {
    case .create(let vm): vms[vm].isRegistered = true
    case .initialise(let vm, let cache): task.next([initialise(vms[vm], cache, task)])
    case .setMemslot(let vm, let slot, let gpa, let size, let uhva):
      task.next(setMemslot(vms[vm], slot, SimulatedVM.Memslot(gpa: gpa, size: size, uhva: uhva), task))
    case .activate(let vm, let cache, let gpa, let len): task.next(activate(vms[vm], cache, gpa, len: len, task))
    case .activateHva(let vm, let cache, let uhva, let len):
      task.next(activateHva(vms[vm], cache, uhva, len: len, task))
    case .deactivate(let vm, let cache): task.next(deactivate(vms[vm], cache, task))
    case .refresh(let vm, let cache, let len): task.next(refresh(vms[vm], cache, len: len, task))
    case .check(let vm, let cache, let len): task.next([check(vms[vm], cache, len: len, tries: 0, task)])
    case .use(let vm, let cache, let len, let tries):
      task.next([check(vms[vm], cache, len: len, tries: tries, task)])
    case .invalidate(let mm, let plan): task.next(invalidate(mms[mm], plan, task))
    case .moveSeq(let vm): task.next([moveSeq(vms[vm])])
    case .destroy(let vm): task.next(destroy(vms[vm], task))
    case .fault(let vm, let uhva): task.next(fault(vms[vm], uhva, task))
    case .userspaceExit: task.next([hit(.userspaceExit, task) { "reason KVM_EXIT_IO (2)" }])
    }
  }

  /// What the task holds after a step of its operation.
  func pin(_ task: SimulatedTask, _ run: EngineRun?, _ vm: SimulatedVM) {
    task.hasInterruptsOff = run?.holdsCacheLock(vm.state) ?? false
    task.isPinned = task.plan.host != nil || task.hasInterruptsOff || run?.holdsSpinlock(vm.state) ?? false
  }

  private func initialise(_ vm: SimulatedVM, _ cache: Int, _ task: SimulatedTask) -> Action {
    hit(.gpcInit, task) { "gpc=\(hex(vm.caches[cache].pointer.rawValue)) kvm=\(hex(vm.kvm.rawValue))" }
  }

  /// Under `mmu_lock`.
  private func moveSeq(_ vm: SimulatedVM) -> Action {
    { [self] in
      guard vm.state.kvm.mmuLock.isFree else { return .blocked }
      vm.state.kvm.invalidateSeq += 1
      truth.seqMoves.append(KnownTruth.SeqMove(vm: vm.number, moment: moment))
      return .done
    }
  }

  // MARK: Deactivation

  private func deactivate(_ vm: SimulatedVM, _ cache: Int, _ task: SimulatedTask) -> [Action] {
    [
      hit(.gpcDeactivate, task) {
        let fields = vm.fields(of: cache)
        return "gpc=\(hex(vm.caches[cache].pointer.rawValue)) kvm=\(hex(vm.kvm.rawValue)) "
          + "gpa=\(hex(fields.gpa.rawValue)) uhva=\(hex(fields.uhva.rawValue)) pfn=\(hex(vm.pfn(of: cache).rawValue)) "
          + flags(fields)
      },
      { [self] in
        let slot = engine.beginDeactivation(vm.caches[cache].index, &vm.state)
        task.next([goOn(deactivating: vm, EngineRun(engine, steps, slot: slot), task)])
        return .done
      },
    ]
  }

  private func goOn(deactivating vm: SimulatedVM, _ begun: EngineRun, _ task: SimulatedTask) -> Action {
    var run = begun
    return { [self] in
      guard run.canStep(vm.state) else { return .blocked }
      let arrival = run.step(&vm.state).arrival
      pin(task, run, vm)
      guard arrival == .finished else {
        task.next([goOn(deactivating: vm, run, task)])
        return .done
      }
      vm.state.vacate(run.slot)
      task.next([hit(.gpcDeactivateRet, task) { "" }])
      return .done
    }
  }

  /// The notifier leaves when none of its hooks runs; an invalidation between its hooks never gets its end.
  private func destroy(_ vm: SimulatedVM, _ task: SimulatedTask) -> [Action] {
    vm.caches.indices.flatMap { deactivate(vm, $0, task) } + [
      {
        if vm.runningHooks > 0 { return .blocked }
        vm.isRegistered = false
        return .done
      }
    ]
  }
}
