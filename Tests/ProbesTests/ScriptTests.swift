// The script and the bpftrace program that carry a kernel's probes.

import Foundation
import Probes
import RealBinary
import Testing

@Suite struct ScriptTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a script of 7.3.4's probes by `sh`.
  private func run(_ arguments: String, release: String? = nil) throws -> Invocation {
    let plan = try KernelFiles(btf: KernelFolder.v73.path, kallsyms: nil, release: release).plan()
    _ = try folder.write("record.sh", plan.script(version: "0"))
    return try Invocation(shell: "TRACEFS=\(folder.url.path)/tracing sh \(arguments)", in: folder.url)
  }

  @Test(arguments: KernelFolder.all) func theShellReadsIt(_ kernel: KernelFolder) throws {
    let text = try kernel.plan().script(version: "0")
    let file = try folder.write("record.sh", text)
    #expect(try Invocation(shell: "sh -n \(file.path)", in: folder.url).status == 0)
    for definition in try kernel.plan().definitions(group: "g") {
      let place = definition.split(separator: " ", maxSplits: 1)[1]
      #expect(text.contains(" '\(place)' "), "\(definition)")
    }
  }

  @Test(.enabled(if: getuid() == 0)) func anotherKernelIsRefused() throws {
    let run = try run("record.sh", release: "0.0.0-none")
    #expect(run.status == 2 && run.errorText.contains("these probes are for 0.0.0-none"))
    #expect(run.errorText.filter { $0 == "\n" }.count == 1)
  }

  @Test(.enabled(if: getuid() == 0)) func noTracefs() throws {
    let run = try run("record.sh")
    #expect(run.status == 2 && run.errorText.contains("there is no tracefs"), "\(run.errorText)")
    try FileManager.default.createDirectory(
      at: folder.file("tracing/instances"), withIntermediateDirectories: true)
    let none = try self.run("record.sh")
    #expect(none.status == 2 && none.errorText.contains("no probe events"), "\(none.errorText)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("tracing/instances").path) == [])
  }

  @Test func oddOptions() throws {
    #expect(try run("record.sh -x").status == 64)
    #expect(try run("record.sh -t soon").errorText == "record.sh: -t and -b take whole numbers.\n")
    #expect(try run("record.sh -b").status == 64)
  }

  /// What stands in a script as a word stays one, whatever it is.
  @Test func releasesAreQuoted() throws {
    let run = try run("record.sh -t x", release: "1.0'; echo broken; '")
    #expect(run.text == "" && run.status == 2)
  }

  @Test func bpftraceReadsFieldsByTheirNames() throws {
    let text = try KernelFolder.v73.plan().bpftraceProgram(version: "0")
    #expect(text.contains("fexit:kvm:kvm_gpc_check {"))
    #expect(text.contains("(uint64)args.gpc->kvm->memslots[0]->generation"))
    #expect(text.contains("offsetof(struct kvm, mmu_notifier)"))
    #expect(text.filter { $0 == "{" }.count == text.filter { $0 == "}" }.count)
  }

  /// Arguments that are not known are not asked for.
  @Test func bpftraceWithoutPrototypes() throws {
    let kallsyms = try folder.write("kallsyms", "0 t hva_to_pfn.isra.0\t[kvm]\n")
    let plan = try KernelFiles(btf: KernelFolder.v73.path, kallsyms: kallsyms.path, release: nil).plan()
    let text = plan.bpftraceProgram(version: "0")
    #expect(text.contains("kprobe:hva_to_pfn.isra.0 {\n  printf(\"gpc v1 %llu %d %d hva_to_pfn comm=%s\\n\","))
    #expect(text.contains("kretprobe:hva_to_pfn.isra.0 {"))
  }
}
