// Kernels that lack a function, have it twice or under another name, and files that are no kernel's.

import BTF
import Foundation
import Probes
import RealBinary
import Testing

@Suite struct OddKernelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// 6.18.15 with other lines in its kallsyms.
  private func plan(
    _ change: (String) -> String, renamed: [String: String] = [:], of kernel: KernelFolder = .v618
  ) throws -> ProbePlan {
    let text = try String(contentsOfFile: kernel.path + "/kallsyms", encoding: .utf8)
    let file = try folder.write("kallsyms", change(text))
    return try KernelFiles(btf: kernel.path, kallsyms: file.path, release: nil).plan(renamed: renamed)
  }

  private func event(_ name: String, of plan: ProbePlan) throws -> PlannedEvent {
    try #require(plan.events.first { $0.name == name })
  }

  @Test func aFunctionThatIsNotThere() throws {
    let plan = try plan { $0.replacing("kvm_gpc_check", with: "kvm_gpc_czech") }
    let check = try event("gpc_check", of: plan)
    #expect(check.probes == [])
    #expect(check.notes == ["the kernel has no kvm_gpc_check and no kvm_gfn_to_pfn_cache_check"])
    #expect(try event("hva_to_pfn", of: plan).probes.count == 2, "the others are recorded")
  }

  @Test func aFunctionThatStandsTwice() throws {
    let plan = try plan { $0 + "ffffffffc0000000 t hva_to_pfn\t[kvm]\n" }
    let lookup = try event("hva_to_pfn", of: plan)
    #expect(lookup.probes == [] && lookup.notes == ["hva_to_pfn stands several times in kallsyms"])
  }

  /// Another module's, and data of the same name, are nobody's business.
  @Test func whatIsNotKVMsIsPassedOver() throws {
    let plan = try plan { text in
      text + "ffffffffc0000000 t hva_to_pfn\t[other]\nffffffffc0000000 d hva_to_pfn\t[kvm]\n"
        + "ffffffff80000000 t hva_to_pfn\n"
    }
    #expect(try event("hva_to_pfn", of: plan).probes.count == 2)
    #expect(plan.isModule)
  }

  /// Where the arguments of a changed function are, nobody knows: its time is recorded, and its answer.
  @Test func aFunctionWithOtherArguments() throws {
    let plan = try plan { $0.replacing("__kvm_gpc_refresh\t", with: "__kvm_gpc_refresh.isra.0\t") }
    let refresh = try event("__gpc_refresh", of: plan)
    #expect(
      refresh.probes.map { $0.definition(group: "g", isModule: true) } == [
        "p:g/__gpc_refresh kvm:__kvm_gpc_refresh.isra.0",
        "r:g/__gpc_refresh_ret kvm:__kvm_gpc_refresh.isra.0 ret=$retval:s32",
      ])
    #expect(refresh.notes == ["__kvm_gpc_refresh.isra.0: the compiler changed the arguments, so no field is recorded"])
  }

  @Test func aCopyBesideTheFunction() throws {
    let plan = try plan { $0 + "ffffffffc0000000 t hva_to_pfn.constprop.0\t[kvm]\n" }
    let lookup = try event("hva_to_pfn", of: plan)
    #expect(lookup.probes.first?.symbol == "hva_to_pfn" && lookup.probes.first?.fields.count == 2)
    #expect(lookup.notes == ["calls of hva_to_pfn.constprop.0 are not recorded"])
  }

  @Test func partsAndColdHalvesAreNoFunctions() throws {
    let plan = try plan { $0.replacing("hva_to_pfn\t", with: "hva_to_pfn.cold\t") }
    #expect(try event("hva_to_pfn", of: plan).probes == [])
  }

  @Test func builtInKVM() throws {
    // 6.12's struct kvm stands in vmlinux's BTF, its functions do not: they are recorded without fields.
    let plan = try plan({ $0.replacing("\t[kvm]", with: "") }, of: .v612117)
    #expect(!plan.isModule)
    let check = try event("gpc_check", of: plan)
    #expect(check.probes[0].definition(group: "g", isModule: plan.isModule) == "p:g/gpc_check kvm_gpc_check")
    #expect(check.notes == ["BTF has no prototype of kvm_gpc_check, so no field is recorded"])
  }

  @Test func aRenamedFunction() throws {
    let symbols = ["gpc_invalidate_start": "kvm_gpc_init"]
    let walk = try event("gpc_invalidate_start", of: try plan({ $0 }, renamed: symbols))
    #expect(walk.probes[0].symbol == "kvm_gpc_init")
    #expect(walk.probes[0].fields.map(\.key) == ["kvm"], "what has the same parameter")
    #expect(walk.notes.contains("without start: kvm_gpc_init() has no parameter start"))
    #expect(throws: ProbesError.noFunction("nothing")) {
      try plan({ $0 }, renamed: ["gpc_check": "nothing"])
    }
    #expect(throws: ProbesError.noEvent("gpc_retry_loop")) {
      try plan({ $0 }, renamed: ["gpc_retry_loop": "kvm_gpc_check"])
    }
  }

  /// 6.2 to 6.8 have no argument uhva there: nothing is missing. A gpa would be.
  @Test func aFieldOfSomeKernelsOnly() throws {
    let refresh = try event("__gpc_refresh", of: try plan({ $0 }, renamed: ["__gpc_refresh": "kvm_gpc_refresh"]))
    #expect(refresh.notes == ["without gpa: kvm_gpc_refresh() has no parameter gpa"])
  }

  @Test func noKVMInKallsyms() throws {
    #expect(throws: ProbesError.noKVM(folder.file("kallsyms").path)) {
      try plan { _ in "ffffffff81000000 T _text\n" }
    }
    #expect(throws: ProbesError.noKVM(folder.file("kallsyms").path)) { try plan { _ in "" } }
  }

  /// A line without end is cut, not kept.
  @Test func aLineWithoutEnd() throws {
    let plan = try plan { $0 + String(repeating: "hva_to_pfn ", count: 1 << 18) }
    #expect(try event("hva_to_pfn", of: plan).probes.count == 2)
  }

  @Test func withoutKallsyms() throws {
    let plan = try KernelFiles(btf: KernelFolder.v73.path, kallsyms: nil, release: nil).plan()
    #expect(plan.probes.count == 28 && !plan.knowsSymbols)
  }

  @Test func filesThatAreNoBTF() throws {
    _ = try folder.write("vmlinux", "nothing of the kind")
    let path = folder.file("vmlinux").path
    #expect(throws: ProbesError.btf(path, .fault(.notBTF))) {
      try KernelFiles(btf: folder.url.path, kallsyms: nil, release: nil).plan()
    }
    let none = ProbesError.btf("/none/vmlinux", .system(errno: ENOENT))
    #expect(throws: none) { try KernelFiles(btf: "/none", kallsyms: nil, release: nil).plan() }
    #expect(none.sentence == "/none/vmlinux cannot be read: No such file or directory.")
  }
}
