// `batch`: each recording a line and a result, whatever it is; nothing is done again; nothing that ends in the middle
// leaves anything but whole results.

import Foundation
import RealBinary
import Stages
import Testing

@Suite struct BatchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private typealias Line = JSONSchema.Object

  private func batch(_ arguments: String...) throws -> Invocation { try Invocation(["batch"] + arguments, in: folder) }

  /// The lines, each as the schema has it, in the order of the list.
  private func lines(_ text: String) throws -> [Line] {
    let schema = try JSONSchema("batch.schema.json")
    let lines = try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Line)
    }
    for line in lines { #expect(schema.faults(of: line) == []) }
    return lines.sorted { $0["position"] as? Int ?? 0 < $1["position"] as? Int ?? 0 }
  }

  private func texts(_ lines: [Line], _ key: String) -> [String] { lines.map { $0[key] as? String ?? "-" } }

  /// The files in a folder of results, by their paths from it.
  private func files(_ out: String = "out") throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.file(out).path).filter { $0.contains("/") }.sorted()
  }

  private static func trace(_ name: String) -> String { CorpusTrace(name).trace.path }

  /// Half a million lines: seconds of work in the debug build that tests run.
  private func largeTrace(_ name: String = "large.txt") throws -> String {
    try LargeTrace.write("overlap", times: 40, to: folder.file(name))
    return name
  }

  // MARK: What it does

  /// The verdicts are those of the cases; a text that is no recording is a result, too.
  @Test func eachRecordingIsALineAndAResult() throws {
    _ = try folder.write("no-trace", "hello\n")
    let run = try batch(
      Self.trace("quiet"), Self.trace("stale-hva"), Self.trace("cut-off"), "no-trace", "--out", "out", "--label",
      "host=a17,kernel=6.12.95", "--label", "workload=boot")
    #expect(run.status == 0 && run.errorText == "")
    let lines = try lines(run.text)
    #expect(texts(lines, "verdict") == ["clean", "findings", "unknown", "-"])
    #expect(texts(lines, "status") == ["judged", "judged", "judged", "unreadable"])
    #expect(
      texts(lines, "error") == [
        "-", "-", "-", "it is not a recorded trace: it is text in which no line is a trace event",
      ])
    let labels = ["host": "a17", "kernel": "6.12.95", "workload": "boot"]
    #expect(lines.allSatisfy { $0["labels"] as? [String: String] == labels })
    let stale = try #require((lines[1]["findings"] as? Line)?["stale"] as? Line)
    #expect(stale["certain"] as? Int == 1 && stale["possible"] as? Int == 0)
    #expect(try files() == texts(lines, "result").sorted())

    #expect(try Invocation(["merge", "out", "-o", "fleet.db"], in: folder).status == 0)
    let rows = try Invocation(
      ["query", "fleet.db", "SELECT name, status, verdict FROM recording ORDER BY name", "--csv"], in: folder)
    let expected = lines.map { line in ["name", "status", "verdict"].map { line[$0] as? String ?? "" } }.map {
      $0.joined(separator: ",")
    }
    #expect(rows.text.split(whereSeparator: \.isNewline).dropFirst().map(String.init) == expected.sorted())
  }

  /// Neither the number of recordings at once, nor the folder, nor the run is in a result.
  @Test func theSameInputIsTheSameBytes() throws {
    let traces = [Self.trace("quiet"), Self.trace("contract")]
    _ = try batch(traces[0], traces[1], "--out", "a", "--compare")
    _ = try batch(traces[1], traces[0], "--out", "b/c", "--compare", "--jobs", "1", "--keep-events")
    let results = try files("a")
    #expect(results.count == 2)
    #expect(try files("b/c") == (results + results.map { $0.dropLast(3) + ".trace.db" }).sorted())
    for result in results { #expect(try folder.bytes("a/\(result)") == folder.bytes("b/c/\(result)")) }
  }

  /// The kept database is the one that `gpc-replay TRACE` makes.
  @Test func eventsAreKept() throws {
    let run = try batch(Self.trace("contract"), "--out", "out", "--keep-events")
    let events = try #require(lines(run.text).first?["events"] as? String)
    let kept = try Invocation(["out/\(events)", "--findings", "9"], in: folder)
    let own = try Invocation([Self.trace("contract"), "--db", "own.db", "--findings", "9"], in: folder)
    #expect(kept.text.replacing("out/\(events)", with: "own.db") == own.text && own.status == 1)
    // A result without it is not enough for one who wants it.
    try FileManager.default.removeItem(at: folder.file("out/\(events)"))
    let again = try lines(batch(Self.trace("contract"), "--out", "out", "--keep-events").text)
    #expect(again[0]["cached"] as? Bool == false && again[0]["events"] as? String == events)
  }

  /// A second run writes nothing, and prints the same but for what is of the run.
  @Test func whatExistsIsNotDoneAgain() throws {
    _ = try folder.write("no-trace", "hello\n")
    func run() throws -> [Line] {
      try lines(batch(Self.trace("quiet"), Self.trace("contract"), "no-trace", "--out", "out", "--compare").text)
    }
    func states() throws -> [[Int]] {
      try files().map { name in
        var status = stat()
        #expect(stat(folder.file("out/\(name)").path, &status) == 0)
        return [Int(status.st_ino), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size)]
      }
    }
    let first = try run()
    let before = try states()
    let second = try run()
    #expect(try states() == before && before.count == 3)
    #expect(first.allSatisfy { $0["cached"] as? Bool == false } && second.allSatisfy { $0["cached"] as? Bool == true })
    for (one, other) in zip(first, second) {
      let ofRun: Set<String> = ["cached", "seconds", "cpu_seconds", "peak_rss_bytes"]
      let (one, other) = (one.filter { !ofRun.contains($0.key) }, other.filter { !ofRun.contains($0.key) })
      #expect(NSDictionary(dictionary: one) == NSDictionary(dictionary: other))
    }
  }

  /// What changes a result changes its name.
  @Test(arguments: [
    ["--compare"], ["--label", "host=b"], ["--delta", "1us"], ["--form", "v6.9"], ["--memory-max", "1G"],
    ["--anonymise"], ["--clock", "mono"], ["--time-max", "7"], ["--retries-max", "3"], ["--keep-all"],
  ]) func otherOptionsAreOtherResults(options: [String]) throws {
    _ = try batch(Self.trace("quiet"), "--out", "out")
    let other = try Invocation(["batch", Self.trace("quiet"), "--out", "out"] + options, in: folder)
    #expect(try lines(other.text).map { $0["cached"] as? Bool } == [false])
    #expect(try files().count == 2)
  }

  /// One of them is judged, however many are under way at once.
  @Test func aDuplicateIsDoneOnce() throws {
    for name in ["a", "b", "c", "d"] { _ = try folder.write(name, CorpusTrace("quiet").packed) }
    let lines = try lines(batch("a", "b", "c", "d", "a", "--out", "out", "--jobs", "4").text)
    #expect(lines.count { $0["cached"] as? Bool == false } == 1 && lines.count == 5)
    #expect(Set(texts(lines, "result")).count == 1 && texts(lines, "path") == ["a", "b", "c", "d", "a"])
  }

  @Test func twoBatchesOnOneFolder() throws {
    let names = ["quiet", "contract", "stale-hva", "cut-off", "overlap-middle"]
    let traces = names.map { Self.trace($0) }
    let printed = [try TemporaryFolder(), try TemporaryFolder()]
    let both = try printed.map { printed in
      try Invocation.process(
        Invocation.binary.path, ["batch", "--out", "out"] + traces, in: folder.url, printed: printed)
    }
    for process in both { try process.run() }
    for process in both { process.waitUntilExit() }
    #expect(both.allSatisfy { $0.terminationReason == .exit && $0.terminationStatus == 0 })
    let results = try printed.map { try texts(lines(String(decoding: $0.bytes("output"), as: UTF8.self)), "result") }
    #expect(results[0] == results[1])
    #expect(try files() == results[0].sorted())
    #expect(try batch("--out", "alone", traces[0], traces[1], traces[2], traces[3], traces[4]).status == 0)
    for result in results[0] { #expect(try folder.bytes("out/\(result)") == folder.bytes("alone/\(result)")) }
  }

  /// Neither the recording's name nor an address of it is in what is written; what it says is the same.
  @Test func anonymised() throws {
    _ = try folder.write("customer-7.zst", CorpusTrace("contract").packed)
    let plain = try batch("customer-7.zst", "--out", "plain").text
    let run = try batch("customer-7.zst", "--out", "out", "--anonymise")
    let (line, known) = (try lines(run.text)[0], try lines(plain)[0])
    #expect(line["path"] is NSNull && line["file_name"] as? String == "anonymous")
    let summaries = try ["plain", "out"].map { out in
      let file = "\(out)/\(try files(out)[0])"
      return try Invocation(["query", file, "SELECT summary FROM finding ORDER BY id", "--csv"], in: folder).text
    }
    let address = try #require(summaries[0].firstMatch(of: /0x7f[0-9a-f]{10}/)).0
    let written = try run.text + String(decoding: folder.bytes("out/\(files()[0])"), as: UTF8.self) + summaries[1]
    #expect(!written.contains("customer") && !written.contains(address) && summaries[1].contains("0x1000"))
    for key in ["verdict", "event_count", "false_count", "form"] {
      #expect(line[key] as? NSObject == known[key] as? NSObject, "\(key)")
    }
    #expect(summaries[0].count { $0 == "\n" } == summaries[1].count { $0 == "\n" })
  }

  // MARK: Lists

  /// A missing file, a folder, a pipe and a device are lines, and need no result: they have no content.
  @Test func whatIsNoFileIsALine() throws {
    _ = try folder.write("good.zst", CorpusTrace("quiet").packed)
    #expect(mkfifo(folder.file("pipe").path, 0o600) == 0)
    let long = String(repeating: "x", count: 5000)
    let list = "none\n.\n\npipe\n/dev/zero\n\(long)\ngood.zst\nno-newline-at-its-end"
    var bytes = Array(list.utf8)
    bytes.insert(contentsOf: [0x62, 0xff, 0x0a], at: 0)
    _ = try folder.write("list", bytes)
    let run = try batch("--manifest", "list", "--out", "out")
    #expect(run.status == 0 && run.errorText == "")
    let lines = try lines(run.text)
    #expect(
      texts(lines, "error") == [
        "it has a name that is not UTF-8", "it cannot be opened: No such file or directory",
        "it is a directory, not a recorded trace", "it is a pipe or a device, not a file",
        "it is a pipe or a device, not a file", "it has a name that is longer than any path", "-",
        "it cannot be opened: No such file or directory",
      ])
    #expect(lines.map { $0["position"] as? Int } == Array(1...8))
    #expect(try files() == texts(lines, "result").filter { $0 != "-" } && texts(lines, "status")[6] == "judged")
  }

  /// From standard input, with NUL between: a newline is part of a name.
  @Test func aNameWithANewline() throws {
    _ = try folder.write("new\nline", CorpusTrace("quiet").packed)
    let list = try folder.write("list", "new\nline\0none\0")
    let run = try Invocation(["batch", "--manifest", "-", "-0", "--out", "out"], in: folder, input: list)
    #expect(run.status == 0 && run.text.count { $0 == "\n" } == 2)
    let lines = try lines(run.text)
    #expect(texts(lines, "path") == ["new\nline", "none"] && texts(lines, "verdict") == ["clean", "-"])
  }

  /// As an editor of another system ends lines; between NULs a carriage return is part of a name.
  @Test func aListWithCarriageReturns() throws {
    _ = try folder.write("good.zst", CorpusTrace("quiet").packed)
    _ = try folder.write("list", "none\r\n\r\ngood.zst\r\n")
    let lines = try lines(batch("--manifest", "list", "--out", "out").text)
    #expect(texts(lines, "path") == ["none", "good.zst"] && texts(lines, "verdict") == ["-", "clean"])
    _ = try folder.write("zeros", "good.zst\r\0")
    #expect(try texts(self.lines(batch("--manifest", "zeros", "-0", "--out", "out").text), "path") == ["good.zst\r"])
  }

  /// A list of any length, in little memory, and as long a line of it.
  @Test func aLongList() throws {
    _ = try folder.write("good.zst", CorpusTrace("quiet").packed)
    var list = (1...100_000).map { "recordings/of/a/fleet/number-\($0)\n" }.joined()
    list += String(repeating: "y", count: 50_000_000) + "\ngood.zst\n"
    _ = try folder.write("list", list)
    let command = "ulimit -d 131072; gpc-replay batch --manifest list --out out | tail -n 2"
    let run = try Invocation(shell: "set -o pipefail; \(command)", in: folder.url)
    #expect(run.status == 0 && run.errorText == "")
    let lines = try lines(run.text)
    #expect(lines.map { $0["position"] as? Int } == [100_001, 100_002])
    #expect(texts(lines, "verdict") == ["-", "clean"])
  }

  @Test(arguments: ["none", "."]) func aListThatCannotBeRead(list: String) throws {
    let run = try batch("--manifest", list, "--out", "out")
    #expect(run.status == 2 && run.text == "" && run.errorText.hasPrefix("gpc-replay: \(list) cannot be opened: "))
    #expect(try folder.names == [])
  }

  @Test(arguments: [
    ["--out", "out"], ["a"], ["a", "--out", ""], ["a", "--out", "out", "--manifest", "b"], ["a", "--out", "out", "-0"],
    ["a", "--out", "out", "--label", "a"], ["a", "--out", "out", "--label", "a=1,a=2"],
    ["a", "--out", "out", "--label", "a=1", "--label", "a=2"], ["a", "--out", "out", "--label", "A b=1"],
    ["a", "--out", "out", "--label", "a="], ["a", "--out", "out", "--label", "a=\u{1b}[2J"],
    ["a", "--out", "out", "--jobs", "0"], ["a", "--out", "out", "--time-max", "0"],
    ["a", "--out", "out", "--memory-max", "1M"], ["a", "--out", "out", "--keep-events", "--anonymise"],
    ["a", "--out", "out", "--form", "no-such-form"], ["a", "--out", "out", "--probes", "/dev/null"],
  ]) func usage(arguments: [String]) throws {
    let run = try Invocation(["batch"] + arguments, in: folder)
    #expect(run.status == 64 && run.text == "" && !run.errorText.contains("\u{1b}"))
    #expect(try folder.names == [])
  }

  // MARK: The folder

  @Test func whereNothingCanBeWritten() throws {
    _ = try folder.write("file", "")
    for out in ["file", "file/out", "/proc/out", "/proc/self/out"] {
      let run = try batch(Self.trace("quiet"), "--out", out)
      #expect(run.status == 74 && run.text == "" && run.errorText.contains("\(out) cannot be written: "), "\(out)")
    }
    // Root may write anywhere.
    guard geteuid() != 0 else { return }
    try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: false)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.file("out").path)
    #expect(try batch(Self.trace("quiet"), "--out", "out").status == 74)
  }

  /// The result's name is taken by something else; it is not replaced.
  @Test func whatIsNotOursStays() throws {
    _ = try batch(Self.trace("quiet"), "--out", "out")
    let result = "out/\(try files()[0])"
    _ = try folder.write(result, "mine")
    let run = try batch(Self.trace("quiet"), "--out", "out")
    #expect(run.status == 74 && run.text == "" && run.errorText.contains("is not a result of gpc-replay"))
    #expect(try folder.bytes(result) == Data("mine".utf8))
    // Ours, and damaged: made again.
    try FileManager.default.removeItem(at: folder.file(result))
    _ = try batch(Self.trace("quiet"), "--out", "out")
    let whole = try folder.bytes(result)
    var damaged = whole
    damaged[3000] ^= 1
    _ = try folder.write(result, damaged)
    let lines = try lines(batch(Self.trace("quiet"), "--out", "out").text)
    #expect(lines.map { $0["cached"] as? Bool } == [false])
    #expect(try folder.bytes(result) == whole)
  }

  /// merge names a result of another schema version, and does not change it.
  @Test func resultsOfTwoVersions() throws {
    _ = try batch(Self.trace("quiet"), Self.trace("contract"), "--out", "out")
    let result = "out/\(try files()[0])"
    var bytes = try folder.bytes(result)
    // PRAGMA user_version.
    bytes[63] += 1
    _ = try folder.write(result, bytes)
    Resealed.seal(folder.file(result).path)
    bytes = try folder.bytes(result)
    let merge = try Invocation(["merge", "out", "-o", "fleet.db"], in: folder)
    #expect(merge.status == 2 && merge.text == "")
    let sentence = "gpc-replay: \(result) was written with another layout (2)"
    #expect(merge.errorText.hasPrefix(sentence), "\(merge.errorText)")
    #expect(try folder.names == ["out"] && folder.bytes(result) == bytes)
  }

  /// No file may grow beyond a kilobyte: a full disk. Neither may standard output.
  @Test func noSpace() throws {
    let command = "gpc-replay batch \(Self.trace("quiet")) --out out"
    let full = try Invocation(shell: "ulimit -f 1; \(command) | cat; exit ${PIPESTATUS[0]}", in: folder.url)
    #expect([74, 75].contains(full.status) && full.signal == 0)
    #expect(try files() == [])
    let output = try Invocation(shell: "\(command) > /dev/full", in: folder.url)
    #expect(output.status == 74 && output.errorText.hasPrefix("gpc-replay: standard output cannot be written: "))
    #expect(try lines(batch(Self.trace("quiet"), "--out", "out").text).count == 1)
  }

  // MARK: Bounds and ends

  /// 60,000 threads are in a check, which 96 MB cannot hold: what is open is given up. Another recording is not
  /// touched.
  @Test func oneThatExceedsItsMemory() throws {
    var storm = StormText()
    storm.start(0, at: StormText.far)
    storm.end(0, at: StormText.far)
    for thread in 1...60_000 { storm.check(thread, answer: nil) }
    _ = try folder.write("storm.txt", storm.text)
    let bounded = try batch("storm.txt", Self.trace("quiet"), "--out", "out", "--memory-max", "96M")
    #expect(bounded.status == 0)
    let kept = try lines(bounded.text)
    #expect(texts(kept, "verdict") == ["incomplete", "clean"])
    #expect((kept[0]["verdict_reasons"] as? [String])?.first?.contains("--memory-max") == true)
    // A host that gives less than one recording may take says nothing of the recording.
    let limited = try Invocation(
      shell: "ulimit -d 49152; exec gpc-replay batch storm.txt \(Self.trace("quiet")) --out limited", in: folder.url)
    #expect(limited.status == 75, "\(limited.errorText)")
    let lines = try lines(limited.text)
    #expect(texts(lines, "status") == ["no_memory", "judged"] && lines[0]["result"] is NSNull)
    #expect(try files("limited") == [texts(lines, "result")[1]])
  }

  /// A second of CPU time is not enough for half a million lines; the result says so, and is kept.
  @Test func oneThatExceedsItsTime() throws {
    let large = try largeTrace()
    for isCached in [false, true] {
      let run = try batch(large, Self.trace("quiet"), "--out", "out", "--time-max", "1", "--keep-events")
      #expect(run.status == 0)
      let lines = try lines(run.text)
      #expect(texts(lines, "status") == ["out_of_time", "judged"])
      #expect(lines.map { $0["cached"] as? Bool } == [isCached, isCached])
      #expect(try files().filter { $0.contains("partial") } == [])
    }
  }

  /// A batch that has a large recording under way, with something unfinished in the folder.
  private func begun(_ printed: TemporaryFolder) throws -> Process {
    let large = try largeTrace()
    // Tests run on threads that block signals, and a program keeps what its parent blocked.
    let unblocked = "use POSIX; sigprocmask(SIG_SETMASK, POSIX::SigSet->new); exec @ARGV"
    let process = try Invocation.process(
      "/usr/bin/perl",
      ["-e", unblocked, Invocation.binary.path, "batch", large, Self.trace("quiet"), "--out", "out", "--keep-events"],
      in: folder.url, printed: printed)
    try process.run()
    while process.isRunning, unfinished.isEmpty || !isPrinted(printed) { sched_yield() }
    #expect(process.isRunning)
    return process
  }

  /// The processes of its recordings.
  private func children(of process: Process) throws -> [Int32] {
    let pid = process.processIdentifier
    return try String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
      .split(separator: " ").map { try #require(Int32($0)) }
  }

  private func isPrinted(_ printed: TemporaryFolder) -> Bool { (try? printed.bytes("output").isEmpty) == false }

  private var unfinished: [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder.file("out").path)) ?? []).filter {
      $0.contains(".trace.db.partial-")
    }
  }

  /// The large recording and a small one have their results, and nothing else is there.
  private func expectAllIsDone(cached: [Bool]) throws {
    let run = try batch("large.txt", Self.trace("quiet"), "--out", "out", "--keep-events")
    #expect(run.status == 0)
    let lines = try lines(run.text)
    #expect(texts(lines, "status") == ["judged", "judged"] && lines.map { $0["cached"] as? Bool } == cached)
    #expect(try files() == (texts(lines, "result") + texts(lines, "events")).sorted())
  }

  /// A process that something else ends is a line, and no result: the same command judges that recording.
  @Test func aKilledProcessIsALine() throws {
    let printed = try TemporaryFolder()
    let process = try begun(printed)
    for child in try children(of: process) { kill(child, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 75)
    let lines = try lines(String(decoding: printed.bytes("output"), as: UTF8.self))
    #expect(texts(lines, "status") == ["killed", "judged"] && lines[0]["result"] is NSNull)
    #expect(lines[0]["error"] as? String == "its process was ended by signal 9 (Killed)")
    try expectAllIsDone(cached: [false, true])
  }

  /// What ends a process from within is a result: it is not done again.
  @Test(arguments: ["crashed", "out_of_memory"]) func aRecordingThatEndsItsProcess(status: String) throws {
    let printed = try TemporaryFolder()
    let process = try begun(printed)
    for child in try children(of: process) {
      // No more memory than it has: the next page that it asks for is refused.
      let command = status == "crashed" ? "kill -SEGV \(child)" : "prlimit --pid \(child) --data=0"
      #expect(try Invocation(shell: command, in: folder.url).status == 0)
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    let expected = [status, "judged"]
    let first = try lines(String(decoding: printed.bytes("output"), as: UTF8.self))
    let error = first[0]["error"] as? String
    #expect(texts(first, "status") == expected)
    #expect(
      error
        == (status == "crashed"
          ? "gpc-replay crashed: signal 11 (Segmentation fault)"
          : "judging it needed more memory than one recording may take"))
    let again = try batch("large.txt", Self.trace("quiet"), "--out", "out", "--keep-events")
    let second = try lines(again.text)
    #expect(again.status == 0 && texts(second, "status") == expected && second[0]["error"] as? String == error)
    #expect(second.map { $0["cached"] as? Bool } == [true, true])
    #expect(try unfinished == [] && files() == (texts(second, "result") + [texts(second, "events")[1]]).sorted())
    // Many of them say so, too.
    #expect(try Invocation(["merge", "out", "-o", "fleet.db"], in: folder).status == 0)
    let fleet = try Invocation(["report", "fleet.db"], in: folder)
    #expect(fleet.text.contains("1 recording is not judged (1 \(status.replacing("_", with: " ")))"), "\(fleet.text)")
  }

  /// kill -9 takes the processes of the recordings along, which remove what they have not finished.
  @Test func aKilledBatch() throws {
    let printed = try TemporaryFolder()
    let process = try begun(printed)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    while !unfinished.isEmpty { sched_yield() }
    #expect(try lines(String(decoding: printed.bytes("output"), as: UTF8.self)).count == 1)
    #expect(try files().count == 2, "those of the small recording")
    try expectAllIsDone(cached: [false, true])
  }

  /// ^C and its like end the batch; what is done has its line, and nothing unfinished is left.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func anInterruptedBatch(signal: Int32) throws {
    let printed = try TemporaryFolder()
    let process = try begun(printed)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
    #expect(try unfinished == [] && files().count == 2)
    let errors = String(decoding: try printed.bytes("errors"), as: UTF8.self)
    #expect(errors.hasPrefix("gpc-replay: interrupted: 1 of 2 recordings: 1 clean; the same command goes on.\n"))
    try expectAllIsDone(cached: [false, true])
  }

  /// How far it is, on a terminal only.
  @Test func progress() throws {
    let command = "gpc-replay batch \(Self.trace("quiet")) \(Self.trace("contract")) --out out --jobs 1"
    _ = try folder.write("command", "exec >/dev/null\n\(command)\n")
    let run = try Invocation(shell: "script -qec 'bash command' /dev/null", in: folder.url)
    #expect(run.text.contains("1 of 2 recordings: 1 clean, ") && run.text.contains(" s left"), "\(run.text)")
    #expect(run.text.hasSuffix("\r\u{1b}[K"), "wiped at the end")
  }
}
