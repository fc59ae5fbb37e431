// --format, --keep-all, --probes, --max-bytes, and every packing by name of its bytes.

import Foundation
import RealBinary
import Renderings
import Testing

@Suite struct InputOptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ sql: String, _ database: String = "t.db") throws -> [String] {
    try Invocation(["query", database, sql, "--csv"], in: folder).text.split(separator: "\r\n").dropFirst().map(
      String.init)
  }

  private static let foreign = """
    cpus=1
            workload-342   [000]   114.252766486: gpc_init: (ff) gpc=0xff529c43c1896668 kvm=0xff529c43c188d000
            workload-342   [000]   114.252766487: sched_switch: workload:342 [120] S ==> swapper/0:0 [120]
            workload-342   [000]   114.252766488: my_init: (ff) it=0xff529c43c1896668 vm=0xff529c43c188d000

    """

  @Test func keepAllStoresWhatIsNotOurs() throws {
    _ = try folder.write("t.txt", Self.foreign)
    _ = try Invocation(["import", "t.txt"], in: folder)
    #expect(try rows("SELECT count(*) FROM event") == ["1"])
    // Not what the database holds: it is read anew.
    _ = try Invocation(["import", "t.txt", "--keep-all"], in: folder)
    #expect(try rows("SELECT count(*) FROM event") == ["3"])
    #expect(try rows("SELECT import_options FROM trace") == ["--keep-all"])
    #expect(
      try rows("SELECT name, count FROM event_name WHERE kind_id IS NULL ORDER BY name") == [
        "my_init,1", "sched_switch,1",
      ])
    let again = try Invocation(["import", "t.txt", "--keep-all"], in: folder)
    #expect(again.text.contains("already holds"))
  }

  @Test func aCatalogueOfOnesOwnTakesTheBuiltInsPlace() throws {
    _ = try folder.write("t.txt", Self.foreign)
    _ = try folder.write(
      "own.probes",
      "event my_init gpc_init\nfields it=gpc:pointer vm=kvm:pointer\nevent gpc_init bystander\nignore gpc kvm\n")
    _ = try Invocation(["import", "t.txt", "--probes", "own.probes"], in: folder)
    #expect(
      try rows(
        "SELECT event.id, event_kind.name FROM event JOIN event_kind ON event_kind.id = kind_id ORDER BY event.id")
        == ["2,bystander", "4,gpc_init"])
    // Another catalogue is another import.
    _ = try folder.write("own.probes", "event my_init bystander\n")
    _ = try Invocation(["import", "t.txt", "--probes", "own.probes"], in: folder)
    #expect(try rows("SELECT count(*) FROM event WHERE kind_id = 0") == ["1"])
  }

  @Test(
    arguments: [
      ("event a gpc_init\nfields zebra\n", "own.probes, line 2: no field `zebra`."),
      ("fields gpc\n", "own.probes, line 1: `event` has to come first."),
      ("event a gpc_init\nwhen x\nfields gpc\n", "own.probes, line 2: `a` has no field `x`."),
      (
        "event a gpc_init\nevent a gpc_check\n",
        "own.probes, line 2: `a` has two kinds and no `when` to tell them apart."
      ),
    ])
  func aWrongCatalogueIsSaidWithFileAndLine(text: String, sentence: String) throws {
    _ = try folder.write("t.txt", Self.foreign)
    _ = try folder.write("own.probes", text)
    let run = try Invocation(["import", "t.txt", "--probes", "own.probes"], in: folder)
    #expect(run.status == 2)
    #expect(run.errorText == "gpc-replay: \(sentence)\n")
    #expect(try folder.names == ["own.probes", "t.txt"])
  }

  @Test func aMissingCatalogueIsSaid() throws {
    _ = try folder.write("t.txt", Self.foreign)
    let run = try Invocation(["import", "t.txt", "--probes", "none"], in: folder)
    #expect(run.status == 2)
    #expect(run.errorText == "gpc-replay: none cannot be opened: No such file or directory.\n")
    let folderRun = try Invocation(["import", "t.txt", "--probes", "."], in: folder)
    #expect(folderRun.errorText == "gpc-replay: . is a directory, not a probe catalogue.\n")
    let endless = try Invocation(["import", "t.txt", "--probes", "/dev/zero"], in: folder)
    #expect(endless.errorText == "gpc-replay: /dev/zero is no probe catalogue: it is a pipe or a device, not a file.\n")
  }

  @Test func maxBytesIsTheEndOfAPackedInput() throws {
    _ = try folder.write("quiet.txt.zst", zstd(CorpusTrace("quiet").text, flush: 4096))
    let run = try Invocation(["import", "quiet.txt.zst", "--max-bytes", "50K"], in: folder)
    #expect(run.status == 2)
    #expect(try rows("SELECT incomplete LIKE 'more than 51200 bytes%' FROM trace", "quiet.db") == ["1"])
    #expect(try Invocation(["import", "quiet.txt.zst", "--max-bytes", "1G"], in: folder).status == 0)
    for wrong in ["0", "-1", "9999999999999T", "x", "1 G"] {
      #expect(try Invocation(["import", "quiet.txt.zst", "--max-bytes", wrong], in: folder).status == 64, "\(wrong)")
    }
  }

  /// A bomb is no reason to fill a disk: twice what is free is the bound, where --max-bytes gives none.
  @Test(.enabled(if: canMount)) func whatIsFreeIsABound() throws {
    let text = try CorpusTrace("quiet").text
    let times = 14_000_000 / text.count
    _ = try folder.write("long.txt.zst", zstd(Array(repeatElement(text, count: times).joined()), flush: 4096))
    let mounted = "mkdir m && mount -t tmpfs -o size=6m tmpfs m && gpc-replay import long.txt.zst --db m/l.db"
    let run = try Invocation(shell: "unshare -rm sh -c '\(mounted); echo $?; gpc-replay m/l.db'", in: folder.url)
    #expect(run.text.contains("\n2\n"), "\(run.text) \(run.errorText)")
    #expect(run.text.contains(/more than 12[0-9]{6} bytes come out of the packed input \(--max-bytes\)/))
  }

  private static let canMount = (try? Invocation(shell: "unshare -rm true", in: CorpusTrace.root).status) == 0

  /// What was cut is the output, by the option: the file is whole.
  @Test func maxBytesIsNamedWhereATraceDatIsCutByIt() throws {
    let fixture = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/quiet.dat")
    _ = try folder.write("quiet.dat.zst", zstd([UInt8](Data(contentsOf: fixture))))
    let run = try Invocation(["import", "quiet.dat.zst", "--max-bytes", "10K"], in: folder)
    #expect(run.status == 2)
    let reason = ", for more than 10240 bytes come out of the packed input (--max-bytes).\n"
    #expect(run.errorText.hasSuffix(reason), "\(run.errorText)")
  }

  @Test func aFormCanBeForced() throws {
    _ = try folder.write("t.txt", Rendering.tracePipe.of(try CorpusTrace("quiet").text))
    _ = try Invocation(["import", "t.txt", "--format", "tracefs"], in: folder)
    #expect(try rows("SELECT format LIKE 'tracefs text%', import_options FROM trace") == ["1,--format tracefs"])
    #expect(try Invocation(["import", "t.txt", "--format", "zebra"], in: folder).status == 64)
  }

  /// A form that no line has is turned away like any other input that cannot be read, and the database of before stays.
  @Test(arguments: [
    (
      ["run", "t.txt", "--format", "perf-script"],
      "perf script text (--format perf-script): no line of it is an event of that form;"
    ),
    (
      ["import", "t.txt", "--format", "bpftrace"],
      "bpftrace output (--format bpftrace): no line of it is an event of that form;"
    ),
    (["import", "t.txt", "--format", "trace-dat"], "a trace.dat of trace-cmd (--format trace-dat):"),
    (["import", "t.txt", "--format", "perf-data"], "a perf.data (--format perf-data):"),
  ])
  func aFormThatNoLineHasIsSaid(arguments: [String], words: String) throws {
    _ = try folder.write("t.txt", Rendering.tracePipe.of(try CorpusTrace("quiet").text))
    _ = try Invocation(["import", "t.txt"], in: folder)
    let run = try Invocation(arguments, in: folder)
    #expect(run.status == 2 && run.text == "")
    #expect(
      run.errorText == "gpc-replay: t.txt does not read as \(words) it looks like tracefs text (trace or trace_pipe).\n"
    )
    #expect(try folder.names == ["t.db", "t.txt"])
    #expect(try rows("SELECT event_count FROM trace") == ["761"])
  }

  @Test func aTraceDatCanBeForcedAndIsNoText() throws {
    let dat = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/quiet.dat").path
    #expect(try Invocation(["import", dat, "--format", "trace-dat", "--db", "t.db"], in: folder).status == 0)
    #expect(try rows("SELECT event_count, import_options FROM trace") == ["761,--format trace-dat"])
    #expect(
      try Invocation(["import", dat, "--format", "trace-dat", "--db", "t.db"], in: folder).text.contains("already"))
    let asText = try Invocation(["import", dat, "--format", "trace-cmd"], in: folder)
    #expect(asText.status == 2)
    #expect(asText.errorText.hasSuffix("it looks like a trace.dat of trace-cmd.\n"), "\(asText.errorText)")
  }

  /// Names tell nothing, and standard input has none.
  @Test(arguments: ["gzip -c", "xz -c", "zstd -qc", "cat"], [Rendering.tracefs, .perfScriptNs, .bpftraceJSON])
  func everyPackingIsReadFromStandardInput(packer: String, rendering: Rendering) throws {
    let text = rendering.of(try CorpusTrace("quiet").text)
    _ = try folder.write("plain", text)
    _ = try Invocation(["import", "plain", "--db", "plain.db"], in: folder)
    let run = try Invocation(shell: "\(packer) plain | gpc-replay import - --db t.db", in: folder.url)
    #expect(run.status == 0, "\(run.errorText)")
    let question = "SELECT count(*), sum(id), sum(ts_ns), sum(cpu) FROM event"
    #expect(try rows(question) == rows(question, "plain.db"))
    #expect(try rows("SELECT count(*) FROM event") == ["761"])
  }

  @Test func whatCannotBeReplayedIsSaidInASentence() throws {
    _ = try folder.write("t.txt", "# tracer: nop\n#\n# nop latency trace v1.1.5 on 6.12.95\n")
    let run = try Invocation(["t.txt"], in: folder)
    #expect(run.status == 2)
    #expect(
      run.errorText
        == "gpc-replay: t.txt is text of tracefs in its latency format, whose times are relative: print it with options/latency-format off.\n"
    )
  }
}
