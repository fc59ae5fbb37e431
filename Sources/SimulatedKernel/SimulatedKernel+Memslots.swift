// `KVM_SET_USER_MEMORY_REGION`.

import KVMEvents
import Results

extension SimulatedKernel {
  /// `__kvm_set_memory_region()`, under `slots_lock`. A deletion, and a move, disables the slot first: two updates of
  /// the generation.
  func setMemslot(
    _ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot, _ task: SimulatedTask
  ) -> [Action] {
    [
      {
        if vm.isChangingSlots { return .blocked }
        vm.isChangingSlots = true
        return .done
      },
      hit(.setMemoryRegion, task) {
        "kvm=\(hex(vm.kvm.rawValue)) slot=\(number) flags=0 gpa=\(hex(slot.gpa)) size=\(hex(slot.size)) "
          + "hva=\(hex(slot.uhva))"
      },
      { [self] in
        task.next(change(vm, number, slot, task))
        return .done
      },
    ]
  }

  private func change(
    _ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot, _ task: SimulatedTask
  ) -> [Action] {
    let old = vm.slots[number]
    if let refusal = refusal(vm, number, slot) { return [finish(vm, ret: refusal, task)] }
    var actions: [Action] = []
    if var leaving = old, slot.size == 0 || leaving.gpa != slot.gpa {
      leaving.isInvalid = true
      actions += swap(vm, number, leaving)
    }
    return actions + swap(vm, number, slot.size == 0 ? nil : slot) + [finish(vm, ret: 0, task)]
  }

  /// The errno; nil: it is done.
  private func refusal(_ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot) -> Int? {
    let old = vm.slots[number]
    if slot.size == 0 { return old == nil ? -22 : nil }
    // A slot keeps its size and its hva.
    if let old, old.size != slot.size || old.uhva != slot.uhva { return -22 }
    let overlapsOther = vm.slots.contains { other, known in
      other != number && known.gpa < slot.gpa + slot.size && slot.gpa < known.gpa + known.size
    }
    return overlapsOther ? -17 : nil
  }

  /// `kvm_swap_active_memslots()`: waits until no invalidation is in flight; the generation has bit 63 until all
  /// readers have left.
  private func swap(_ vm: SimulatedVM, _ number: UInt32, _ slot: SimulatedVM.Memslot?) -> [Action] {
    [
      {
        guard vm.openInvalidations == 0, vm.state.kvm.invalidateLock.isFree else { return .blocked }
        vm.slots[number] = slot
        vm.generation |= SimulatedVM.generationInProgress
        return .done
      },
      {
        // One for each of x86's address spaces.
        vm.generation = vm.generation & ~SimulatedVM.generationInProgress + 2
        return .done
      },
    ]
  }

  private func finish(_ vm: SimulatedVM, ret: Int, _ task: SimulatedTask) -> Action {
    hit(.setMemoryRegionRet, task) {
      "ret=\(ret)"
    } note: { _ in
      vm.isChangingSlots = false
    }
  }
}
