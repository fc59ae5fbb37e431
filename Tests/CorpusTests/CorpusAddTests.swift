// `corpus add` through the real binary: a finding is cut out, stays, and nothing can be left out any more.

import Corpus
import Forms
import Foundation
import GPCProtocol
import KVMEvents
import RealBinary
import Renderings
import Testing
import TextLayout
import TraceReaders

/// A recording with findings of both kinds, and the cases that were cut out of it.
private struct Cutting {
  let folder: TemporaryFolder
  let trace: String

  init(_ lines: [String]) throws {
    folder = try TemporaryFolder()
    trace = try folder.write("long.txt", lines.map { $0 + "\n" }.joined()).path
  }

  func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  /// The number of the first finding of a kind, or of a verdict.
  func number(_ sql: String) throws -> String {
    let run = try run("query", "long.db", sql, "--csv")
    return String(try #require(run.text.split(separator: "\r\n").last))
  }

  func add(_ number: String, _ name: String, _ more: String...) throws -> Cut {
    let run = try Invocation(
      ["corpus", "add", trace, "--finding", number, "--to", "traces/cut/\(name)"] + more, in: folder)
    #expect(run.status == 0, "\(run.errorText)")
    return try Cut(CorpusCase(name: "cut/\(name)", folder: folder.file("traces/cut/\(name)").path), run.text)
  }
}

/// A case as `add` wrote it.
private struct Cut {
  let corpusCase: CorpusCase
  let description: CaseDescription
  let lines: [String]
  let printed: String

  init(_ corpusCase: CorpusCase, _ printed: String) throws {
    self.corpusCase = corpusCase
    self.printed = printed
    description = try corpusCase.description()
    let folder = try TemporaryFolder()
    let unpacked = try Invocation(shell: "zstd -dcq \(corpusCase.tracePath())", in: folder.url)
    lines = unpacked.text.split(separator: "\n").map(String.init)
  }

  var verdicts: [String: CellVerdict] {
    let forms = [CaseDescription.recorded] + ProtocolForm.all.map(\.id)
    return forms.reduce(into: [:]) { $0[$1] = description.expectation(of: $1)?.verdict }
  }

  /// The lines of the recording that it was cut from.
  func origins(in lines: [String]) -> [String] {
    (description.origin.lines ?? "").split(separator: ",").flatMap { range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      return lines[(ends[0] - 1)..<(ends.last ?? ends[0])]
    }
  }

  var units: CutUnits {
    get throws {
      let reader = try TraceReader(.file(path: try corpusCase.tracePath()))
      var events: [RecordedEvent] = []
      var batch: [RecordedEvent] = []
      while try reader.read(into: &batch) { events += batch }
      #expect(reader.issueCounts.keys.allSatisfy { $0.severity == .info })
      var builder = UnitBuilder(names: reader.names, order: MomentOrder(deltaNs: 1000))
      builder.consume(events)
      return builder.finish()
    }
  }
}

@Suite struct CorpusAddTests {
  /// A made recording with a missed invalidation behind the begin of a real one: another VM, a hundred seconds later.
  private static let withContract: [String] = {
    do {
      let real = try CorpusTrace("unrelated").lines.prefix(1500)
      let made = try CorpusTrace("contract").lines.dropFirst().map {
        $0.replacing("   203.", with: "   303.").replacing("0xff529c43c1", with: "0xff529c43d1")
          .replacing("0xff28c2e6c0", with: "0xff28c2e6d0").replacing("-53", with: "-93").replacing("-54", with: "-94")
      }
      return Array(real) + made
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Up to a window in which a check can fall between the hooks under dwmw2-v2.
  private static let overlap: [String] = {
    do { return Array(try CorpusTrace("overlap").lines.prefix(2860)) } catch { preconditionFailure("\(error)") }
  }()

  // MARK: A finding of the replay

  @Test func aFindingOfTheReplay() throws {
    let cutting = try Cutting(Self.withContract)
    #expect(try cutting.run("run", cutting.trace).status == 1)
    let number = try cutting.number("SELECT id FROM finding WHERE kind = 'contract'")
    let cut = try cutting.add(number, "contract")
    // The cache and its memslot, its activation, the invalidation, the check.
    let units = try cut.units
    #expect(units.units.count == 5 && units.units.allSatisfy(\.isWhole) && cut.lines.count == 22)
    #expect(cut.verdicts == (try CorpusTrace("contract").corpusCase.description().verdicts))
    let own = try #require(cut.description.expectation(of: CaseDescription.recorded))
    #expect(own.reason.hasPrefix("finding \(number) of long.txt: kvm_gpc_check() says yes"))
    #expect(cut.description.expectation(of: "dwmw2-v2")?.reason.hasPrefix(Blessing.mark) == true)
    #expect(cut.printed.contains("22 of \(plural(Self.withContract.count, "line")): 1,"))
    #expect(try cutting.run("corpus", "run", "traces", "--db", ":memory:").status == 0)

    try Self.hasNothingOf(Self.withContract, in: cut)
    try Self.isMinimal(cut) { run in run.text.contains("(contract), certain") }

    let kept = try cutting.add(
      number, "kept", "--keep-names", "--kernel", "6.12", "--licence", "CC0-1.0", "--title", "T")
    #expect(kept.lines == kept.origins(in: Self.withContract))
    #expect(kept.verdicts == cut.verdicts)
    #expect(kept.description.title == "T" && kept.description.origin.kernel == "6.12")
  }

  /// A proof by order needs no time between events; a verdict by time does, and then nothing is written.
  @Test func coarseTimes() throws {
    let cutting = try Cutting(Self.withContract)
    #expect(try cutting.run("run", cutting.trace).status == 1)
    let number = try cutting.number("SELECT id FROM finding WHERE kind = 'contract'")
    let (plain, coarse) = (try cutting.add(number, "plain"), try cutting.add(number, "coarse", "--coarse-times"))
    #expect(coarse.verdicts == plain.verdicts && coarse.lines.count == plain.lines.count)
    #expect(coarse.printed.contains("the order of events, low bits"))
    // Stamps are the third or fourth word: the same steps all along.
    let stamps = coarse.lines.compactMap { line in line.split(separator: " ").first { $0.hasPrefix("1.0000") } }
    #expect(stamps.count == 21 && stamps[1] == "1.000002000:" && stamps[20] == "1.000040000:")

    let excessive = try Cutting(try CorpusTrace("overlap").lines)
    #expect(try excessive.run("run", excessive.trace).status == 1)
    let byTime = try excessive.number(
      "SELECT finding.id FROM finding JOIN refresh ON refresh.id = refresh_id WHERE false_count = 2")
    let refused = try excessive.run(
      "corpus", "add", excessive.trace, "--finding", byTime, "--to", "cut/time", "--coarse-times")
    #expect(refused.status == 2 && refused.errorText.contains("without --coarse-times they stay"))
    #expect(!FileManager.default.fileExists(atPath: excessive.folder.file("cut/time").path))
    let both = try excessive.run(
      "corpus", "add", excessive.trace, "--finding", byTime, "--to", "cut/time", "--coarse-times", "--keep-names")
    #expect(both.status == 64)
  }

  /// Of a real recording: more false retries than are allowed, and not one more.
  @Test func tooManyRetries() throws {
    let cutting = try Cutting(try CorpusTrace("unrelated").lines.prefix(1500).map { $0 })
    #expect(try cutting.run("run", cutting.trace).status == 1)
    let cut = try cutting.add("1", "retries")
    let rounds = cut.lines.count { $0.contains(" gpc_retry_loop: ") }
    // And one of the activation, before which the cache would not be valid.
    #expect(rounds == 13 && cut.description.text.contains("repeated 11 of its 12 rounds"))
    #expect(cut.description.text.contains("Repeated rounds were left out"))
    #expect(cut.verdicts[CaseDescription.recorded]?.description == "excessive_retry")
    try Self.hasNothingOf(try CorpusTrace("unrelated").lines, in: cut)
  }

  /// A real trace.dat and its text by trace-cmd: one cut, but for what counts its origin.
  @Test func aTraceDatGivesWhatItsTextGives() throws {
    let folder = try TemporaryFolder()
    func trace(_ rendering: String, _ ending: String) throws -> String {
      let run = try Invocation([Self.fixture("patched-v2-gap\(ending)"), "--db", "\(rendering).db"], in: folder)
      #expect(run.status == 1)
      let add = try Invocation(
        [
          "corpus", "add", Self.fixture("patched-v2-gap\(ending)"), "--finding", "1", "--db", "\(rendering).db",
          "--to", "cut/\(rendering)",
        ], in: folder)
      #expect(add.status == 0 && add.text.contains(rendering == "dat" ? " records: " : " lines: "), "\(add.errorText)")
      let ranges = try #require(
        CorpusCase(name: rendering, folder: folder.file("cut/\(rendering)").path).description().origin.lines)
      let count = ranges.split(separator: ",").reduce(0) { count, range in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        return count + (ends.last ?? 0) - (ends.first ?? 0) + 1
      }
      #expect(add.text.contains("\n\(count) of "), "\(add.text)")
      return try Invocation(shell: "zstd -dcq cut/\(rendering)/trace.txt.zst", in: folder.url).text
    }
    let cut = try trace("dat", ".dat")
    #expect(try cut == trace("text", "-reportt.txt.zst"))
    #expect(cut.hasPrefix("cpus=4\n") && cut.contains(" gpc_retry_check:      (ffffffff"))
    let description = try CorpusCase(name: "dat", folder: folder.file("cut/dat").path).description()
    #expect(description.origin.rendering == "records of a trace.dat as trace-cmd report -t prints them")
    #expect(description.origin.lines?.hasPrefix("0") == false)
  }

  private static func fixture(_ name: String) -> String {
    CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/\(name)").path
  }

  // MARK: Other forms

  /// What has no lines that can be cut: the events are printed, the finding stays what it is, and so does what the form
  /// hides.
  @Test(arguments: [Rendering.perfData, .perfScript, .perfScriptNs, .perfScriptCallChains, .bpftrace, .bpftraceJSON])
  func aFindingOfAnotherForm(rendering: Rendering) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("trace", rendering.of(try CorpusTrace("contract").text))
    try keepsTheFinding(
      "trace", "contract", in: folder,
      mayLackEvents: [.perfScript, .perfScriptNs, .perfScriptCallChains].contains(rendering))
    guard rendering == .perfData else { return }
    // Of this form nothing is hidden, and its clock is as fine as that of the recording by hand, whose verdicts are
    // proved.
    let cut = try CorpusCase(name: "cut/case", folder: folder.file("cut/case").path).description().verdicts
    #expect(cut == (try CorpusTrace("contract").corpusCase.description().verdicts))
  }

  /// A script reads fewer fields than a kprobe: nothing is missing in its cut.
  @Test func aFindingOfAScript() throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: Rendering.bpftrace.of(try CorpusTrace("contract").text), as: UTF8.self)
    let kprobes = ["gpc_retry_loop", "gpc_retry_check", "gpc_refresh_done"]
    let withVM = kprobes + ["gpc_init", "gpc_invalidate_start", "set_memory_region"]
    let unread = ["mm=", "kvm=", "gen=", "slotsgen=", "active=", "valid=", "seq=", "old_gpa=", "old_uhva="]
    let lines = text.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      if words.contains(where: { withVM.contains(String($0)) }) { return String(line) }
      return words.filter { word in !unread.contains { word.hasPrefix($0) } }.joined(separator: " ")
    }
    _ = try folder.write("trace", lines.map { $0 + "\n" }.joined())
    try keepsTheFinding("trace", "contract", in: folder, mayLackEvents: false)
    let cut = try Invocation(shell: "zstd -dcq cut/case/trace.txt.zst", in: folder.url).text
    #expect(cut.contains(" bt_gpc_check:         gpc=0xff"))
  }

  /// A whole recording of perf.
  @Test func aFindingOfPerf() throws {
    try keepsTheFinding(
      CorpusTrace("perf-overlap").trace.path, "excessive_retry", in: TemporaryFolder(), mayLackEvents: true)
  }

  /// Of text that was not read whole, the cut is of whole lines: it says what was not.
  @Test(arguments: [Rendering.flags, .tracefsNoFlags]) func aFindingBesideABadLine(rendering: Rendering) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("trace", rendering.of(try CorpusTrace("contract").text) + Array("no event\n".utf8))
    try keepsTheFinding("trace", "contract", in: folder, mayLackEvents: true, isPrinted: false)
  }

  private func keepsTheFinding(
    _ trace: String, _ kind: String, in folder: TemporaryFolder, mayLackEvents: Bool, isPrinted: Bool = true
  ) throws {
    #expect(try Invocation([trace, "--db", "t.db"], in: folder).status == 1)
    func query(_ database: String, _ sql: String) throws -> Substring {
      let run = try Invocation(["query", database, sql, "--csv"], in: folder)
      return try #require(run.text.split(separator: "\r\n").last)
    }
    let certainty = mayLackEvents ? "possible" : "certain"
    let number = try query(
      "t.db", "SELECT id FROM finding WHERE kind = '\(kind)' AND certainty = '\(certainty)' ORDER BY id DESC")
    for more in [[], ["--keep-names"]] {
      let name = more.isEmpty ? "case" : "kept"
      let add = try Invocation(
        ["corpus", "add", trace, "--db", "t.db", "--finding", String(number), "--to", "cut/\(name)"] + more, in: folder)
      #expect(add.status == 0, "\(add.errorText)")
      let corpusCase = CorpusCase(name: "cut/\(name)", folder: folder.file("cut/\(name)").path)
      let description = try corpusCase.description()
      let own = try #require(description.expectation(of: CaseDescription.recorded))
      #expect(own.verdict.description.hasPrefix((mayLackEvents ? "possible-" : "") + kind))
      #expect(own.reason.hasPrefix("finding \(number) of "))
      #expect(description.origin.rendering.hasPrefix("events of ") == isPrinted)
      // By itself as by its case: what the recording's form hides is said in the text.
      let run = try Invocation(
        ["cut/\(name)/trace.txt.zst", "--db", "\(name).db"] + description.reading.arguments, in: folder)
      #expect(run.status == 1 && run.text.contains("may lack events") == mayLackEvents, "\(run.text)")
      let found = "SELECT kind, certainty, count(*) FROM finding WHERE kind = '\(kind)'"
      #expect(try query("\(name).db", found) == "\(kind),\(certainty),1")
    }
    #expect(try Invocation(["corpus", "run", "cut", "--db", ":memory:"], in: folder).status == 0)
    // Cut again, it says so still.
    let again = try Invocation(
      ["corpus", "add", "cut/case/trace.txt.zst", "--db", "again.db", "--finding", "1", "--to", "cut/again"], in: folder
    )
    #expect(again.status == 0, "\(again.errorText)")
    #expect(
      try Invocation(shell: "zstd -dcq cut/again/trace.txt.zst", in: folder.url).text.hasPrefix("gpc-replay: ")
        == mayLackEvents)
  }

  // MARK: A counterexample

  @Test func aCounterexample() throws {
    let cutting = try Cutting(Self.overlap)
    _ = try cutting.run("explore", cutting.trace, "--protocol", "dwmw2-v2", "--states-max", "300")
    let number = try cutting.number("SELECT id FROM counterexample WHERE verdict = 'contract'")
    let cut = try cutting.add(number, "check")
    #expect(cut.lines.count < 40 && cut.verdicts[CaseDescription.recorded]?.description == "clean")
    #expect(cut.verdicts["v6.9"]?.description == "clean")
    #expect(cut.verdicts["dwmw2-v2"]?.description.hasPrefix("contract") == true)
    let own = try #require(cut.description.expectation(of: "dwmw2-v2"))
    #expect(own.forms == ["dwmw2-v2"])
    let window = try cutting.number("SELECT window FROM counterexample WHERE id = \(number)")
    #expect(own.reason == "found in long.txt, window \(window), by explore --protocol dwmw2-v2")
    #expect(
      cut.description.text.contains("Form:      ") && cut.description.text.contains("Again:     gpc-replay explore"))
    #expect(try cutting.run("corpus", "run", "traces", "--db", ":memory:").status == 0)
    try Self.hasNothingOf(Self.overlap, in: cut)
    let kept = try cutting.add(number, "kept", "--keep-names")
    #expect(kept.verdicts == cut.verdicts && kept.lines == kept.origins(in: Self.overlap))

    // Where the case was written on the host is not told in it.
    let elsewhere = try TemporaryFolder()
    for folder in [cutting.folder, elsewhere] {
      let place = folder.file("far/check")
      let add = try cutting.run("corpus", "add", cutting.trace, "--finding", number, "--to", place.path)
      #expect(add.status == 0, "\(add.errorText)")
      let text = try CorpusCase(name: "far/check", folder: place.path).description().text
      #expect(text.contains("Again:     gpc-replay explore far/check/trace.txt.zst --protocol dwmw2-v2"))
    }
  }

  // MARK: What is asked of a cut

  /// No comm, pid or pointer of the recording's lines is left in those of the cut.
  private static func hasNothingOf(_ recording: [String], in cut: Cut) throws {
    let text = cut.lines.joined(separator: "\n")
    #expect(cut.lines.first == "cpus=\(recording[0].split(separator: "=")[1])")
    for line in cut.origins(in: recording).dropFirst() {
      let comm = line.prefix(16).drop { $0 == " " }
      if comm != "<...>" && comm != "<idle>" { #expect(!text.contains("\(comm)-")) }
      let pid = line.dropFirst(17).prefix { $0 != " " }
      #expect(pid == "0" || !text.contains("-\(pid) "))
      for word in line.split(whereSeparator: { " =()".contains($0) }) {
        let digits = word.hasPrefix("0x") ? word.dropFirst(2) : word
        guard digits.count >= 11, digits.count <= 16, let value = UInt64(digits, radix: 16), value != .max,
          value >> 40 != 0, value & 0x7ff0_0000_0000_0000 != 0x7ff0_0000_0000_0000 || value >> 63 == 1
        else { continue }
        #expect(!text.contains(digits), "\(word)")
      }
    }
    // A column is where it was.
    for line in cut.lines.dropFirst() { #expect(line.utf8.dropFirst(16).first == UInt8(ascii: "-")) }
  }

  /// Without any one operation, and what needs it, the finding is gone.
  private static func isMinimal(_ cut: Cut, _ isFound: (Invocation) -> Bool) throws {
    let units = try cut.units
    let folder = try TemporaryFolder()
    func found(without removed: Set<Int>) throws -> Bool {
      let lines = Set(removed.flatMap { units.units[$0].lines })
      let left = cut.lines.enumerated().filter { !lines.contains(Int64($0.offset + 1)) }.map(\.element)
      _ = try folder.write("left.txt", left.map { $0 + "\n" }.joined())
      return isFound(try Invocation(["left.txt", "--db", ":memory:"], in: folder))
    }
    #expect(try found(without: []))
    for unit in units.units.indices {
      let removed = units.units.indices.filter { units.closure([$0]).contains(unit) }
      #expect(try !found(without: Set(removed)), "\(units.units[unit].kind)")
    }
  }

  // MARK: What is refused

  @Test func badInput() throws {
    let cutting = try Cutting(try CorpusTrace("contract").lines)
    func refuses(_ sentence: String, _ arguments: String...) throws {
      let run = try Invocation(["corpus", "add"] + arguments, in: cutting.folder)
      #expect(run.status == 2 && run.errorText.contains(sentence), "\(run.status) \(run.errorText)")
      #expect(run.text == "")
    }
    try refuses("long.db has no finding 9: it has 1-2.", cutting.trace, "--finding", "9", "--to", "traces/a/b")
    try refuses("No such file or directory", "no.txt", "--finding", "1", "--to", "traces/a/b")
    try refuses("a file is wanted", "-", "--finding", "1", "--to", "traces/a/b")
    _ = try cutting.folder.write("other.txt", "nothing of a trace\n")
    try refuses("is text in which no line is a trace event", "other.txt", "--finding", "1", "--to", "traces/a/b")
    try refuses("is an SQLite database", "long.db", "--finding", "1", "--to", "traces/a/b")
    let perf = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/perf-script-cut.txt.zst").path
    try refuses("perf.db has no finding 99: it has", perf, "--finding", "99", "--to", "traces/a/b", "--db", "perf.db")
    let script = String(decoding: Rendering.bpftrace.of(try CorpusTrace("contract").text), as: UTF8.self)
    var lossy = script.split(separator: "\n")
    lossy.insert("Lost 3 events", at: 4)
    _ = try cutting.folder.write("lossy.txt", lossy.map { $0 + "\n" }.joined())
    try refuses("does not say where", "lossy.txt", "--finding", "1", "--to", "traces/a/b")
    _ = try cutting.folder.write("file", "")
    try refuses("file/a/b cannot be written: Not a directory", cutting.trace, "--finding", "1", "--to", "file/a/b")
    try refuses("/proc/traces/a cannot be written", cutting.trace, "--finding", "1", "--to", "/proc/traces/a")
    let other = CorpusTrace("stale-check").trace.path
    try refuses("long.db holds another recording", other, "--finding", "1", "--to", "a/b", "--db", "long.db")
    // A failure leaves nothing behind.
    #expect(!FileManager.default.fileExists(atPath: cutting.folder.file("traces").path))

    _ = try cutting.add("1", "there")
    try refuses("traces/cut/there exists already", cutting.trace, "--finding", "1", "--to", "traces/cut/there")
    #expect(try FileManager.default.contentsOfDirectory(atPath: cutting.folder.file("traces/cut").path) == ["there"])

    for wrong in [["--topic", "a"], ["--topic", "a", "--name", "b/c"], ["--to", "x", "--name", "b"], []] {
      let run = try Invocation(["corpus", "add", cutting.trace, "--finding", "1"] + wrong, in: cutting.folder)
      #expect(run.status == 64)
    }
    #expect(
      try Invocation(
        ["corpus", "add", cutting.trace, "--finding", "1", "--corpus", "other", "--topic", "a", "--name", "b"],
        in: cutting.folder
      ).text.hasPrefix("other/a/b\n"))
  }
}

extension CaseDescription {
  fileprivate var verdicts: [String: CellVerdict] {
    let forms = [CaseDescription.recorded] + ProtocolForm.all.map(\.id)
    return forms.reduce(into: [:]) { $0[$1] = expectation(of: $1)?.verdict }
  }
}
