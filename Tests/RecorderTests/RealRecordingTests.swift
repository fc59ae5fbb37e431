// What `gpc-replay record` made of a real kernel, read again.

import KVMEvents
import Probes
import RealBinary
import Testing
import TraceReaders

@Suite struct RealRecordingTests {
  private let reader: TraceReader
  private var events = 0

  init() throws {
    let folder = CorpusTrace.root.appending(path: "Tests/RecorderTests/Fixtures")
    reader = try TraceReader(.file(path: folder.appending(path: "record-7.3.4.dat.zst").path))
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) { events += batch.count }
  }

  @Test func everyRecordIsUnderstood() {
    #expect(events == 913 && reader.facts.lineCount == 913)
    #expect(reader.issueCounts == [:] && reader.facts.incomplete == nil)
    #expect(reader.names.filter { $0.count > 0 && $0.kind == nil }.map(\.name) == [])
    #expect(reader.facts.knownClock == .mono && reader.facts.clockSource == .recorded)
  }

  /// Its definitions are those that the kernel's BTF gives today, and nothing was missed.
  @Test func itSaysWhatItWasMadeWith() throws {
    let texts = reader.marks.map(\.text)
    #expect(
      texts.first
        == "recorded on 7.3.4+deb13-amd64 x86_64 by gpc-replay 0.1.0, clock mono, 8192 KiB per CPU, no filter")
    #expect(texts.contains { $0.hasPrefix("offsets kvm.mmu_notifier=6736 kvm.mn_active_invalidate_count=4400 ") })
    #expect(texts.contains { $0.hasPrefix("build-id kernel=b3997c9bf954efca") })
    #expect(!texts.contains { $0.hasPrefix("missed ") })
    let kernel = CorpusTrace.root.appending(path: "Tests/Kernels/7.3.4+deb13-amd64").path
    let plan = try KernelFiles(btf: kernel, kallsyms: kernel + "/kallsyms", release: nil).plan()
    let defined = texts.filter { $0.hasPrefix("define ") }
    #expect(defined == plan.definitions(group: "gpc_replay_157_11541").map { "define " + $0 })
  }

  /// Those of the corpus, as text: what each was made with is what its kernel's BTF gives.
  @Test(arguments: ["gap-6.12.107", "gap-6.12.117", "gap-7.3.4"]) func ofTheCorpus(name: String) throws {
    let reader = try TraceReader(.file(path: CorpusTrace(name).trace.path))
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {}
    let release = try #require(reader.facts.kernelRelease?.text)
    #expect(name.hasSuffix("-" + release.prefix { $0 != "+" }) && reader.facts.knownClock == .mono)
    let kernel = CorpusTrace.root.appending(path: "Tests/Kernels/\(release)").path
    let plan = try KernelFiles(btf: kernel, kallsyms: kernel + "/kallsyms", release: nil).plan()
    let defined = reader.marks.map(\.text).filter { $0.hasPrefix("define ") }
    let group = try #require(defined.first?.split(separator: ":")[1].split(separator: "/")[0])
    #expect(defined == plan.definitions(group: String(group)).map { "define " + $0 })
    #expect(
      reader.marks.notifierOffset == plan.offsets.first { $0.name == "kvm.mmu_notifier" }.map { UInt64($0.bytes) })
  }
}
