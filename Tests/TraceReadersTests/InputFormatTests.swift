// What is no trace is turned away in one sentence; what is one in another form is named.

import Foundation
import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct InputFormatTests {
  private func error(_ bytes: [UInt8]) throws -> TraceReadError? {
    do {
      _ = try Recording(bytes)
      return nil
    } catch let error as TraceReadError {
      return error
    }
  }

  private static let tar =
    [UInt8](repeating: 0x61, count: 257) + Array("ustar\0".utf8) + [UInt8](repeating: 0, count: 249)
  private static let source = "#include <stdio.h>\n\nint main(void)\n{\n\treturn a[3] - 12;\n}\n"
  private static let log = """
    Jan  1 10:00:00 host kernel: [  12.345678] kvm: loaded
    Jan  1 10:00:01 host app-server[12]: 1.5: started: ok
    worker-3 [001] ready: yes

    """

  @Test(
    arguments: [
      ([], .empty), ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], .elf), (Array("SQLite format 3\0....".utf8), .sqlite),
      (tar, .tar), (Array("PK\u{3}\u{4}abc".utf8), .zip), (Array("{\"a\": [1, 2]}\n".utf8), .json),
      (Array("[1, 2, 3]".utf8), .json), (Array(source.utf8), .text), (Array(log.utf8), .text),
      (Array("\n\n\n".utf8), .text),
      ([0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0], .binary), ([0x28], .text),
    ] as [([UInt8], TraceReadError.NotATrace)])
  func isNoTrace(bytes: [UInt8], what: TraceReadError.NotATrace) throws {
    #expect(try error(bytes) == .notATrace(what))
    if !bytes.isEmpty { #expect(try error(zstd(bytes)) == .notATrace(what)) }
  }

  @Test(
    arguments: [
      ("# tracer: nop\n#\n", .tracefsText),
      (
        "        workload-1059    [002] .....   381.249433: gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=0xff\n",
        .tracefsText
      ),
      (
        "        workload-1081    (   1081) [002] .....   398.321397: gpc_init: (kvm_gpc_init+0x4/0x70)\n", .tracefsText
      ),
      ("        workload  1340 [003]   522.062749:      gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff\n", .perfScript),
      ("workload  1340 [003]   522.062749:      gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff\n", .perfScript),
      (
        "        workload  1340/1340  [003]   522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff\n",
        .perfScript
      ),
      ("Attaching 6 probes...\n570893288874 2 1376 workload refresh gpc=0xff\n", .bpftrace),
      ("gpc v1 570893288874 2 1376 gpc_init gpc=0xff\n", .bpftrace),
      ("{\"type\": \"attached_probes\", \"data\": {\"probes\": 6}}\n", .bpftrace),
    ] as [(String, InputFormat)])
  func isATraceOfThisForm(text: String, form: InputFormat) throws {
    let recording = try Recording(text)
    #expect(recording.format == form)
    let packed = try Recording(zstd(Array(text.utf8)))
    #expect(packed.lines() == recording.lines())
  }

  @Test(
    arguments: [
      ("# tracer: nop\n#\n# nop latency trace v1.1.5 on 6.12.95\n#\n", .latency),
      ("# tracer: function_graph\n#\n", .functionGraph),
      ("PERFFILE\u{68}\0\0\0\0\0\0\0", .perfDataOfVersion1),
      ("# tracer: nop\n#\n1059 2 381249433123 4 ffffffff81000000\n", .raw),
    ] as [(String, TraceReadError.UnusableForm)])
  func isAFormThatCannotBeReplayed(text: String, form: TraceReadError.UnusableForm) throws {
    #expect(try error(Array(text.utf8)) == .unusableForm(form))
  }

  @Test func aFormCanBeForced() throws {
    var options = TraceReadOptions()
    options.format = .tracefsText
    let text = "no event at all\n        workload-1 [000] 5.000001: gpc_init: (ff) gpc=0xff529c43c1896668\n"
    #expect(try Recording(text, options: options).events.count == 1)
    #expect(try Recording(text, options: options).counts[.badLine] == 1)
  }

  private func error(_ text: String, as form: InputFormat) throws -> TraceReadError? {
    var options = TraceReadOptions()
    options.format = form
    do {
      _ = try Recording(text, options: options)
      return nil
    } catch let error as TraceReadError {
      return error
    }
  }

  private static let record = "        workload-1 [000] 5.000001: gpc_init: (ff) gpc=0xff529c43c1896668\n"

  /// Whole recordings without an event have a form; what is no recording is said as ever.
  @Test(
    arguments: [
      ("cpus=4\n", .traceCmdText, nil), ("# tracer: nop\n#\n", .tracefsText, nil),
      ("CPU:1 [LOST 7 EVENTS]\n" + record, .tracefsText, nil), (record, .tracefsText, nil),
      ("cpus=4\n", .tracefsText, .notOfForm(.tracefsText, looksLike: .traceCmdText)),
      ("# tracer: nop\n#\n", .perfScript, .notOfForm(.perfScript, looksLike: .tracefsText)),
      ("cpus=4\nCPU:1 [LOST 7 EVENTS]\n", .tracefsText, .notOfForm(.tracefsText, looksLike: .traceCmdText)),
      (record, .bpftrace, .notOfForm(.bpftrace, looksLike: .traceCmdText)),
      (record, .traceDat, .notOfForm(.traceDat, looksLike: .traceCmdText)),
      ("gpc v1 5 0 1376 gpc_init gpc=0xff\n", .perfScript, .notOfForm(.perfScript, looksLike: .bpftrace)),
      ("PERFILE2........", .traceDat, .notOfForm(.traceDat, looksLike: .perfData)),
      ("PERFILE2........\n", .perfScript, .notOfForm(.perfScript, looksLike: .perfData)),
      ("PERFILE2........", .perfData, .perfData(.part(.odd(.header)))),
      (record, .perfData, .notOfForm(.perfData, looksLike: .traceCmdText)), ("", .perfData, .notATrace(.empty)),
      (source, .bpftrace, .notATrace(.text)), (source, .traceDat, .notATrace(.text)),
      ("", .tracefsText, .notATrace(.empty)),
      ("", .traceDat, .notATrace(.empty)),
      ("# tracer: function_graph\n#\n", .tracefsText, .unusableForm(.functionGraph)),
    ] as [(String, InputFormat, TraceReadError?)])
  func aFormThatNothingReadsAsIsTurnedAway(text: String, form: InputFormat, expected: TraceReadError?) throws {
    #expect(try error(text, as: form) == expected)
  }

  @Test func everyFormThatIsReadCanBeAskedFor() {
    #expect(Set(InputFormat.allCases.map(\.argument)).count == InputFormat.allCases.count)
  }

  @Test func aReportWithoutEventsIsATrace() throws {
    let recording = try Recording("cpus=4\n")
    #expect(recording.events.isEmpty)
    #expect(recording.counts == [:])
  }

  @Test func aFewLinesOfAReportAreATrace() throws {
    let recording = try Recording(
      "        workload-342   [003]   114.252766486: gpc_init: (f) gpc=0xff529c43c1896668 kvm=0xff529c43c188d000\n")
    #expect(recording.events.map(\.kind) == [.gpcInit])
  }

  @Test func missingFilesAndFoldersAreErrors() {
    #expect(throws: TraceReadError.cannotOpen(errno: 2)) { try TraceReader(.file(path: Fixture.path("no-such-file"))) }
    #expect(throws: TraceReadError.isDirectory) { try TraceReader(.file(path: Fixture.path(""))) }
  }

  @Test func aDashIsStandardInput() {
    #expect(TraceInput(argument: "-") == .standardInput)
    #expect(TraceInput(argument: "trace.txt") == .file(path: "trace.txt"))
  }

  @Test func errorsAreOneSentence() {
    #expect(TraceReadError.notATrace(.elf).predicate == "is not a recorded trace: it is an ELF file")
    #expect(TraceReadError.notATrace(.tar).predicate.contains("tar archive"))
    #expect(TraceReadError.traceDat(.noBuffers).predicate.hasPrefix("is a trace.dat that lists no buffer"))
    #expect(TraceReadError.cannotOpen(errno: 2).predicate == "cannot be opened: No such file or directory")
  }
}
