// The barriers of the forms, read off virt/kvm/pfncache.c and virt/kvm/kvm_main.c.

import Forms
import GPCProtocol
import Testing

@Suite struct BarrierTests {
  private func barriers(_ form: ProtocolForm) -> [String] {
    form.program.barriers.map { "\($0.statement) \($0.behind ?? "head of \($0.function)")" }
  }

  // smp_wmb() in kvm_mmu_invalidate_end() behind mmu_invalidate_seq++; smp_rmb() behind the snapshot and between count
  // and seq.
  @Test func mainlineHasAPairAndTheSnapshots() {
    #expect(
      barriers(.v69) == ["smp_wmb() hook.raiseSeq", "smp_rmb() refresh.snapshot", "smp_rmb() retry.count"])
  }

  // kvm list, 2024-08-20, v2: no seq is read any more; the end hook still bumps it.
  @Test func nothingToOrderWithoutTheSeq() {
    #expect(barriers(.builtIn("dwmw2-v2")) == ["smp_wmb() hook.raiseSeq"])
  }

  // kvm list, 2024-10-15, 4/5: a full barrier on either side.
  @Test func bareWalkHasFullBarriers() throws {
    let form = ProtocolForm.builtIn("seanjc-4")
    let told = barriers(form)
    #expect(told.contains("smp_mb() head of gfn_to_pfn_cache_invalidate()"))
    #expect(told.contains("smp_mb() refresh.setValid"))
    // Under TSO it drains the store buffer: a step. Dropped, it is neither.
    for memory in [MemoryModel.tso, .tsoWithoutBarrier] {
      let other = form.under(memory)
      #expect(!barriers(other).contains("smp_mb() refresh.setValid"))
      #expect((other.program.step("refresh.barrier") != nil) == (memory == .tso))
    }
  }
}
