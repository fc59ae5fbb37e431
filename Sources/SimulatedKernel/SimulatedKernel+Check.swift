// `kvm_gpc_check()` and the use after it.

import GPCProtocol
import KVMEvents

extension SimulatedKernel {
  /// `read_lock(&gpc->lock); kvm_gpc_check(); …`; as long as it says no, a refresh and another check, `tries` times.
  func check(_ vm: SimulatedVM, _ cache: Int, len: UInt64, tries: Int, _ task: SimulatedTask) -> Action {
    let index = vm.caches[cache].index
    return { [self] in
      guard vm.state.caches[index].lock.admitsReader else { return .blocked }
      var run = EngineRun(engine, steps, slot: engine.beginCheck(index, &vm.state))
      _ = run.step(&vm.state)
      task.isPinned = true
      task.hasInterruptsOff = true
      task.next(judge(vm, cache, len: len, tries: tries, run, task))
      return .done
    }
  }

  private func judge(
    _ vm: SimulatedVM, _ cache: Int, len: UInt64, tries: Int, _ begun: EngineRun, _ task: SimulatedTask
  ) -> [Action] {
    var run = begun
    var number = 0
    return [
      hit(.gpcCheck, task) {
        let fields = vm.fields(of: cache)
        return "gpc=\(hex(vm.caches[cache].pointer.rawValue)) len=\(len) kvm=\(hex(vm.kvm.rawValue)) "
          + "gpa=\(hex(fields.gpa.rawValue)) uhva=\(hex(fields.uhva.rawValue)) gen=\(fields.generation.rawValue) "
          + "slotsgen=\(vm.generation) \(flags(fields))"
      } note: { [self] in
        number = truth.checks.count
        truth.checks.append(KnownTruth.Check(vm: vm.number, cache: cache, entry: $0))
      },
      { [self] in
        answer(number, vm, cache, len: len, &run)
        return .done
      },
      hit(.gpcCheckRet, task) { [self] in
        "ret=\(truth.checks[number].answer == true ? 1 : 0)"
      } note: { [self] in
        truth.checks[number].ret = $0
      },
      { [self] in
        while run.step(&vm.state).arrival != .finished {}
        vm.state.vacate(run.slot)
        pin(task, nil, vm)
        if tries > 0, truth.checks[number].answer == false {
          task.next(refresh(vm, cache, len: len, task) + [check(vm, cache, len: len, tries: tries - 1, task)])
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
    if violations.contains(.contract) { truth.checks[number].breached = inFlight(vm, fields.uhva) }
  }

  private func inFlight(_ vm: SimulatedVM, _ uhva: UHVA) -> [Int] {
    truth.invalidations.indices.filter { index in
      let invalidation = truth.invalidations[index]
      return invalidation.vm == vm.number && invalidation.range.contains(uhva) && invalidation.up != nil
        && invalidation.down == nil
    }
  }
}
