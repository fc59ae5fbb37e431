// Paths to fields, and what becomes of them on real kernels.

import Probes
import Testing

@Suite struct FetchPathTests {
  private func field(_ key: String, _ event: String, _ kernel: KernelFolder) throws -> String? {
    try kernel.plan().probes.first { $0.event == event }?.fields.first { $0.key == key }?.fetch
  }

  /// 6.12.107 by pahole: notifier 39560, count 4416, seq 39616; 6.12.117: 6800, 4416, 6856; 7.3.4: 6736, 4400, and its
  /// own sequence at 6824.
  @Test func theNotifierLeadsToItsVM() throws {
    #expect(try field("active", "mn_invalidate_range_start", .v612107) == "-35144(%di)")
    #expect(try field("seq", "mn_invalidate_range_start", .v612107) == "+56(%di)")
    #expect(try field("active", "mn_invalidate_range_end", .v612117) == "-2384(%di)")
    #expect(try field("active", "mn_invalidate_range_end", .v73) == "-2336(%di)")
    #expect(try field("seq", "mn_invalidate_range_end", .v73) == "+88(%di)")
  }

  /// The lookup's arguments: `hva_to_pfn(addr, atomic, async, write_fault, …)` up to 6.12, one struct from 6.13 on.
  @Test func argumentsAreFoundByName() throws {
    #expect(try field("write", "hva_to_pfn", .v61) == "%cx")
    #expect(try field("write", "hva_to_pfn", .v612117) == "%r8")
    #expect(try field("write", "hva_to_pfn", .v618) == "+24(%di)")
    #expect(try field("addr", "hva_to_pfn", .v618) == "+16(%di)")
  }

  @Test func pathsOfSeveralPointers() throws {
    #expect(try field("slotsgen", "gpc_check", .v618) == "+0(+4376(+32(%di)))")
    #expect(try field("slotsgen", "gpc_check", .v61) == "+0(+4376(%di))")
  }

  @Test func placesTieNotifiersToVMs() throws {
    let offsets = try KernelFolder.v73.plan().offsets
    #expect(offsets.first { $0.name == "kvm.mmu_notifier" }?.bytes == 6736)
    #expect(offsets.first { $0.name == "kvm.gpc_invalidate_seq" }?.bytes == 6824)
    #expect(try KernelFolder.v618.plan().offsets.first { $0.name == "kvm.gpc_invalidate_seq" } == nil)
  }
}
