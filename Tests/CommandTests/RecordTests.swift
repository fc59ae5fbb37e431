// `record`, and the script that does without it, as processes: every way out, and what is left behind. tracefs is a
// stand-in of plain files (Tests/TracefsStandIn).

import Foundation
import RealBinary
import Testing

@Suite(.enabled(if: getuid() == 0, "only root records")) struct RecordTests {
  private let folder: TemporaryFolder
  private static let kernel = CorpusTrace.root.appending(path: "Tests/Kernels/7.3.4+deb13-amd64").path

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.file("root/sys/kernel/tracing/instances"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: folder.file("root/sys/kernel/tracing/events"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: folder.file("root/sys/module/kvm"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.file("root/proc"), withDestinationURL: URL(filePath: "/proc"))
    _ = try folder.write("root/sys/kernel/tracing/kprobe_events", "")
    let source = CorpusTrace.root.appending(path: "Tests/TracefsStandIn/standin.c").path
    let built = try Invocation(shell: "clang -shared -fPIC -o standin.so \(source) -ldl", in: folder.url)
    #expect(built.status == 0, "\(built.errorText)")
  }

  private var tracefs: String { folder.file("root/sys/kernel/tracing").path }

  private func shell(_ command: String) throws -> Invocation {
    try Invocation(
      shell: """
        export LD_PRELOAD=\(folder.file("standin.so").path) TRACEFS=\(tracefs) I=\(tracefs)/instances
        record() {
          gpc-replay record --root \(folder.file("root").path) --btf \(Self.kernel) --kallsyms \(Self.kernel)/kallsyms "$@"
        }
        \(command)
        """, in: folder.url)
  }

  /// Neither an instance nor a probe nor a file beside the recording.
  private func leavesNothing(but files: [String], _ note: Comment? = nil) throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: tracefs + "/instances") == [], note)
    #expect(try FileManager.default.contentsOfDirectory(atPath: tracefs + "/events") == [], note)
    #expect(try String(contentsOfFile: tracefs + "/kprobe_events", encoding: .utf8) == "", note)
    let kept = ["root", "standin.so", "record.sh"]
    #expect(try folder.names.filter { !kept.contains($0) } == files.sorted(), note)
  }

  @Test func recordsWhileACommandRuns() throws {
    let run = try shell("record -o r.dat -- sh -c 'cat $TRACEFS/kprobe_events > seen; ls $I > name'")
    #expect(run.status == 0 && run.text == "", "\(run.errorText)")
    #expect(run.errorText == "r.dat: 0 events of 28 probes, 0 lost\nlook at it: gpc-replay r.dat\n")
    let name = String(decoding: try folder.bytes("name"), as: UTF8.self).trimmingCharacters(in: .newlines)
    let seen = String(decoding: try folder.bytes("seen"), as: UTF8.self).split(separator: "\n")
    #expect(seen.count == 28 && seen.allSatisfy { $0.contains(":\(name)/") })
    try leavesNothing(but: ["name", "r.dat", "seen"])
  }

  /// The command's, as a shell has it.
  @Test func exitStatus() throws {
    #expect(try shell("record -- sh -c 'exit 3'").status == 3)
    #expect(try shell("record -- sh -c 'kill -9 $$'").status == 137)
    let none = try shell("record -o none.dat -- ./no-such-command")
    #expect(none.status == 127 && none.errorText.contains("./no-such-command cannot be started: No such file"))
    try leavesNothing(but: ["trace.dat"])
  }

  @Test(arguments: ["INT", "TERM", "HUP", "QUIT"]) func endsAtASignal(_ signal: String) throws {
    let run = try shell("record -- sh -c 'kill -\(signal) $PPID'")
    #expect(run.status == 0 && run.errorText.contains("look at it: gpc-replay trace.dat"), "\(run.errorText)")
    try leavesNothing(but: ["trace.dat"], "\(signal)")
  }

  /// The guard removes what the recording cannot.
  @Test func killed() throws {
    let run = try shell("record -- sh -c 'kill -9 $PPID'; while [ \"$(ls $I)\" ]; do sleep 0.05; done")
    #expect(run.errorText.contains("Killed"), "\(run.errorText)")
    // The files beside the recording go last.
    _ = try shell("while ls | grep -q trace.dat; do sleep 0.05; done")
    try leavesNothing(but: [])
  }

  /// The next start removes what a killed recording and a killed guard left, and `--check` tells of it before.
  @Test func killedWithItsGuard() throws {
    let kill =
      "for p in $(grep -l record-guard /proc/[0-9]*/cmdline 2>/dev/null); do "
      + "grep -q $PPID $p && kill -9 $(echo $p | cut -d/ -f3); done; kill -9 $PPID"
    let run = try shell("record -- sh -c '\(kill)'; ls $I; record --check; record -o second.dat -- true")
    let left = String(run.text.split(separator: "\n").first ?? "")
    #expect(left.hasPrefix("gpc_replay_"))
    #expect(run.text.contains("note: left by a recording that was killed, to be removed: \(left)\n"))
    #expect(run.errorText.contains("removed what a recording that was killed left: \(left)\n"))
    _ = try shell("rm -f trace.dat.cpu0.*")
    try leavesNothing(but: ["second.dat"])
  }

  @Test func aProbeIsRefused() throws {
    let run = try shell("export STANDIN_REFUSE=gpc_check; record -- true")
    #expect(run.status == 0)
    #expect(
      run.errorText.hasPrefix(
        "refused: gpc_check: Refused by the stand-in. Without it: no use of an invalidated page can be shown.\n"))
    #expect(run.errorText.contains("of 27 probes"))
    try leavesNothing(but: ["trace.dat"])
  }

  /// Somebody has the instance open: it is said, and it goes with the next start.
  @Test func anInstanceInUse() throws {
    let run = try shell("record -- sh -c 'touch $(echo $I/*)/busy'; rm $I/*/busy; record -- true")
    #expect(run.errorText.contains("could not be removed (Device or resource busy)"), "\(run.errorText)")
    #expect(run.errorText.contains("removed what a recording that was killed left: gpc_replay_"))
    try leavesNothing(but: ["trace.dat"])
  }

  @Test func nowhereToWrite() throws {
    let run = try shell("record -o none/r.dat -- true")
    #expect(run.status == 2)
    #expect(run.errorText.hasPrefix("gpc-replay: none/r.dat.cpu0."), "\(run.errorText)")
    #expect(run.errorText.hasSuffix(" cannot be made: No such file or directory.\n"))
    try leavesNothing(but: [])
  }

  /// A limit on file sizes stands for a full disk.
  @Test func aFullDisk() throws {
    let fill = "head -c 40960 /dev/zero > $(echo $I/*)/per_cpu/cpu0/trace_pipe_raw"
    let run = try shell("record -o r.dat -- sh -c 'ulimit -f unlimited; \(fill)'")
    #expect(run.status == 0, "40 KiB are no matter: \(run.errorText)")
    let full = try shell(
      "echo '\(fill)' > fill; ulimit -S -f 16; record -o f.dat -- sh -c 'ulimit -S -f unlimited; . ./fill'")
    #expect(full.status == 2)
    #expect(full.errorText.contains("gpc-replay: f.dat.cpu0."), "\(full.errorText)")
    #expect(full.errorText.hasSuffix(" cannot be written: File too large.\n"), "\(full.errorText)")
    try leavesNothing(but: ["fill", "r.dat"])
  }

  @Test func hostsThatCannotRecord() throws {
    func refuses(_ sentence: String, _ prepare: String) throws {
      let run = try shell("\(prepare); record -- touch ran")
      #expect(run.status == 2 && run.errorText == "gpc-replay: \(sentence).\n", "\(run.errorText)")
      #expect(try !folder.names.contains("ran"))
    }
    try refuses("the kernel has no probe events (CONFIG_KPROBE_EVENTS)", "mv $TRACEFS/kprobe_events $TRACEFS/gone")
    try refuses(
      "the kernel is locked down (confidentiality): it takes no probes",
      "mv $TRACEFS/gone $TRACEFS/kprobe_events; mkdir $TRACEFS/../security; "
        + "echo 'none integrity [confidentiality]' > $TRACEFS/../security/lockdown")
    try refuses(
      "there is no tracefs: mount -t tracefs nodev /sys/kernel/tracing",
      "rm $TRACEFS/../security/lockdown; mv $TRACEFS $TRACEFS/../elsewhere")
  }

  @Test func definitionsOfOnesOwn() throws {
    _ = try folder.write("mine", "# by hand\np:gpc/gpc_check kvm_gpc_check gpc=%di:x64\n")
    let run = try shell("record --definitions mine -- cat $TRACEFS/kprobe_events")
    #expect(run.text.hasPrefix("p:gpc_replay_") && run.text.hasSuffix("/gpc_check kvm_gpc_check gpc=%di:x64\n"))
    _ = try folder.write("wrong", "p:gpc/gpc_check\n")
    let wrong = try shell("record --definitions wrong -- true")
    #expect(wrong.errorText == "gpc-replay: wrong, line 1: this defines no probe (p:GROUP/EVENT FUNCTION …).\n")
    #expect(try shell("record --definitions none -- true").status == 2)
    try leavesNothing(but: ["mine", "trace.dat", "wrong"])
  }

  @Test func aDryRunChangesNothing() throws {
    let run = try shell("record --dry-run -o r.dat -- ./load")
    #expect(
      run.status == 0
        && run.text.contains("\nwould define p:gpc_replay_PID_START/gpc_check kvm:kvm_gpc_check gpc=%di:x64"))
    #expect(run.text.contains("would write r.dat when ./load has ended"))
    let endless = try shell("record --dry-run --until stale,contract --keep 5s")
    #expect(
      endless.text.contains("would write trace.dat at the first certain finding of stale or contract, and remove"))
    try leavesNothing(but: [])
  }

  /// What a flight recorder asks of what there is so far.
  @Test(arguments: [
    ("hva-200000-2", "stale", 1), ("hva-200000-2", "contract,stuck", 0), ("quiet", "stale,contract", 0),
    ("v2-gap", "contract", 1),
  ])
  func looks(_ name: String, _ kinds: String, _ status: Int) throws {
    let trace = CorpusTrace(name).trace.path
    let run = try shell("gpc-replay record-look \(trace) \(kinds)")
    #expect(run.status == Int32(status) && run.text == "", "\(run.errorText)")
    #expect(try shell("gpc-replay record-look /dev/null stale").status == 2)
    try leavesNothing(but: [])
  }

  @Test func oddOptions() throws {
    for options in [
      "--time 10ms", "--time 5s -- true", "--clock local", "--buffer 1", "--dry-run --check", "--symbol gpc_check",
      "--until", "--until nothing", "--until stale,", "--until stale --keep 10ms",
    ] {
      #expect(try shell("record \(options)").status == 64, "\(options)")
    }
    let odd = try shell("record --symbol nothing=kvm_gpc_check")
    #expect(odd.status == 2 && odd.errorText.hasPrefix("gpc-replay: --symbol: no event is called nothing;"))
    try leavesNothing(but: [])
  }

  // The script.

  private func script(_ command: String) throws -> Invocation {
    try shell(
      "gpc-replay probes --btf \(Self.kernel) --kallsyms \(Self.kernel)/kallsyms --script > record.sh; "
        + "sed -i 's/^module=1/module=/' record.sh; \(command)")
  }

  @Test func theScriptRecords() throws {
    let run = try script("sh record.sh -o s.txt sh -c 'cat $TRACEFS/kprobe_events > seen; exit 5'; echo $?")
    #expect(run.text == "5\n", "\(run.errorText)")
    let seen = String(decoding: try folder.bytes("seen"), as: UTF8.self).split(separator: "\n")
    #expect(seen.count == 28)
    try leavesNothing(but: ["s.txt", "seen"])
  }

  @Test(arguments: ["INT", "TERM", "HUP", "QUIT"]) func theScriptEndsAtASignal(_ signal: String) throws {
    let run = try script("sh record.sh -o s.txt sh -c 'kill -\(signal) $PPID'; echo $?")
    #expect(["129\n", "130\n", "131\n", "143\n"].contains(run.text), "\(run.text) \(run.errorText)")
    try leavesNothing(but: ["s.txt"], "\(signal)")
  }

  @Test func theScriptIsKilled() throws {
    let run = try script("sh record.sh -o s.txt sh -c 'kill -9 $PPID'; while [ \"$(ls $I)\" ]; do sleep 0.05; done")
    #expect(run.errorText.contains("Killed"), "\(run.errorText)")
    _ = try shell("while [ -s $TRACEFS/kprobe_events ]; do sleep 0.05; done")
    try leavesNothing(but: ["s.txt"])
  }

  /// pid 1 runs, and did not start at 77.
  @Test func theScriptRemovesWhatIsLeft() throws {
    let run = try script(
      "mkdir $I/gpc_replay_1_77 $I/theirs; echo 'p:gpc_replay_1_77/gpc_check f' >> $TRACEFS/kprobe_events; "
        + "touch $I/theirs/busy; sh record.sh -o s.txt true; ls $I; rm $I/theirs/busy; rmdir $I/theirs")
    #expect(run.errorText.contains("removed what a recording that was killed left: gpc_replay_1_77\n"))
    #expect(run.text == "theirs\n")
    _ = try shell("mkdir $I/gpc_replay_1_78; touch $I/gpc_replay_1_78/busy")
    #expect(try script("sh record.sh -o s.txt true").errorText.contains("still in use: gpc_replay_1_78\n"))
  }

  @Test func theScriptTellsOfARefusedProbe() throws {
    let run = try script("export STANDIN_REFUSE=hva_to_pfn; sh record.sh -o s.txt true")
    #expect(run.errorText.contains("record.sh: refused: hva_to_pfn (kvm:hva_to_pfn addr="), "\(run.errorText)")
    #expect(run.errorText.contains("): Refused by the stand-in. Without it: rounds, retries and their causes"))
    try leavesNothing(but: ["s.txt"])
  }
}
