// Cases that are broken, and expectations that are not met: told by name, while the rest still runs.

import Corpus
import Forms
import Foundation
import GPCProtocol
import RealBinary
import Testing

/// A corpus of one topic in a temporary folder.
struct OwnCorpus {
  let folder = try! TemporaryFolder()

  /// A copy of a case of ours, changed.
  func add(_ name: String, copyOf original: String, _ change: (inout String) -> Void = { _ in }) throws {
    let trace = CorpusTrace(original)
    let place = folder.file("traces/topic/\(name)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: trace.trace, to: place.appending(path: "trace.txt.zst"))
    var text = try trace.corpusCase.descriptionText()
    change(&text)
    try Data(text.utf8).write(to: place.appending(path: "case.toml"))
  }

  func file(_ name: String) -> URL { folder.file("traces/topic/\(name)") }

  func run(_ arguments: String...) throws -> Invocation { try Invocation(["corpus"] + arguments, in: folder) }
}

@Suite struct BrokenCaseTests {
  /// How a description is spoilt, and what is said of it.
  private static let spoilt: [(name: String, what: String, by: String, says: String)] = [
    ("malformed", "title = ", "title : ", "case.toml is malformed: Error while parsing"),
    ("no-title", "title = ", "titel = ", "case.toml is malformed: "),
    ("wrong-type", "licence = \"CC0-1.0\"", "licence = 3", "origin.licence is missing, or of another type"),
    ("unknown-key", "licence = ", "colour = \"red\"\nlicence = ", "nothing is called origin.colour"),
    (
      "unknown-form", "\"seanjc-5\"", "\"seanjc-6\"",
      "expects something of 'seanjc-6', which is not a form of the protocol"
    ),
    ("repeated-form", "\"seanjc-5\"", "\"seanjc-4\"", "expects something of 'seanjc-4' twice"),
    ("no-form", ", \"seanjc-5\"", "", "expects nothing of seanjc-5"),
    ("unknown-verdict", "verdict = \"clean\"", "verdict = \"fine\"", "'fine' is not a verdict"),
    ("unknown-figure", "invalidations = ", "invalidatoins = ", "counts 'invalidatoins', which is not a figure"),
    ("bad-delta", "[[counts]]", "[search]\ndelta = \"soon\"\n\n[[counts]]", "search.delta is 'soon'"),
    ("bad-memory", "[[counts]]", "[search]\nmemory = \"arm\"\n\n[[counts]]", "search.memory is 'arm'"),
    ("control-title", "title = \"", "title = \"\\u001b[31m", "title is not one line of printable text"),
    ("two-line-title", "title = \"", "title = \"a\\r\\n", "title is not one line of printable text"),
    ("bad-clock", "[[counts]]", "[import]\nclock = \"sundial\"\n\n[[counts]]", "import.clock is 'sundial'"),
  ]

  @Test func eachIsNamedAndTheRestRuns() throws {
    let corpus = OwnCorpus()
    try corpus.add("whole", copyOf: "contract")
    for (name, what, by, _) in Self.spoilt {
      try corpus.add(name, copyOf: "contract") { text in
        guard let place = text.range(of: what) else { return }
        text.replaceSubrange(place, with: by)
      }
    }
    try corpus.add("no-description", copyOf: "contract")
    try FileManager.default.removeItem(at: corpus.file("no-description/case.toml"))
    try corpus.add("no-trace", copyOf: "contract")
    try FileManager.default.removeItem(at: corpus.file("no-trace/trace.txt.zst"))
    try corpus.add("two-traces", copyOf: "contract")
    try Data().write(to: corpus.file("two-traces/trace.dat"))
    try corpus.add("no-recording", copyOf: "contract")
    try Data("Dear diary,\n".utf8).write(to: corpus.file("no-recording/trace.txt.zst"))
    try corpus.add("pipe", copyOf: "contract")
    try FileManager.default.removeItem(at: corpus.file("pipe/trace.txt.zst"))
    #expect(mkfifo(corpus.file("pipe/trace.txt").path, 0o600) == 0)
    try corpus.add("bytes", copyOf: "contract")
    try Data([0xff, 0xfe, 0x00]).write(to: corpus.file("bytes/case.toml"))
    try FileManager.default.createDirectory(at: corpus.file("empty"), withIntermediateDirectories: true)

    let run = try corpus.run("run", "traces", "--db", ":memory:")
    #expect(run.status == 2 && run.errorText == "", "\(run.errorText)")
    let said =
      Self.spoilt.map { ($0.name, $0.says) } + [
        ("no-description", "there is no case.toml"),
        ("no-trace", "there is no trace: expected trace.txt.zst or trace.dat or trace.txt"),
        ("two-traces", "there are several traces: trace.txt.zst, trace.dat"),
        ("no-recording", "the trace does not import: it is not a recorded trace"),
        ("pipe", "trace.txt cannot be read: it is not a file"),
        ("bytes", "case.toml cannot be read"), ("empty", "there is no case.toml"),
      ]
    let lines = run.text.split(separator: "\n")
    #expect(lines.first == "broken: \(said.count)")
    for (name, sentence) in said {
      #expect(
        lines.contains { $0.hasPrefix("  topic/\(name): ") && $0.contains(sentence) },
        "\(name): \(sentence)\n\(run.text)")
    }
    #expect(lines.contains { $0.hasPrefix("topic/whole ") && $0.contains("Cx") && !$0.contains("!!") })
  }

  @Test func aFolderThatIsNotThere() throws {
    let corpus = OwnCorpus()
    let missing = try corpus.run("run", "nowhere")
    #expect(missing.status == 2 && missing.errorText == "gpc-replay: nowhere does not exist.\n")
    try Data().write(to: corpus.folder.file("file"))
    #expect(try corpus.run("run", "file").errorText == "gpc-replay: file is not a folder.\n")
    try FileManager.default.createDirectory(at: corpus.folder.file("bare"), withIntermediateDirectories: true)
    let bare = try corpus.run("run", "bare")
    #expect(bare.status == 2 && bare.errorText.hasPrefix("gpc-replay: bare holds no case"))
  }

  /// A case that cannot be looked at is not one case less.
  @Test func aPartThatCannotBeLookedAt() throws {
    let corpus = OwnCorpus()
    try corpus.add("whole", copyOf: "contract")
    try corpus.add("loop", copyOf: "contract")
    let trace = corpus.file("loop/trace.txt").path
    try FileManager.default.createSymbolicLink(atPath: trace, withDestinationPath: trace)
    let run = try corpus.run("run", "traces", "--db", ":memory:")
    #expect(run.status == 2 && run.text.contains("loop: trace.txt cannot be read: Too many levels of symbolic links"))

    let topic = corpus.file("other").path
    try FileManager.default.createSymbolicLink(atPath: topic, withDestinationPath: topic)
    let refused = try corpus.run("run", "traces", "--db", ":memory:")
    #expect(refused.status == 2)
    #expect(
      refused.errorText
        == "gpc-replay: traces cannot be searched: traces/topic/other: Too many levels of symbolic links.\n")
  }

  @Test func aDatabaseThatIsNone() throws {
    let corpus = OwnCorpus()
    try corpus.add("whole", copyOf: "contract")
    try Data("no database".utf8).write(to: corpus.folder.file("corpus.db"))
    let run = try corpus.run("run", "traces")
    #expect(run.status == 2 && run.errorText == "gpc-replay: corpus.db is not a gpc-replay database.\n")
    #expect(try String(contentsOf: corpus.folder.file("corpus.db"), encoding: .utf8) == "no database")
  }

  /// A terminal would obey them.
  @Test func controlCharactersAreNotPrinted() throws {
    let corpus = OwnCorpus()
    try corpus.add("red\u{1b}[31m\nname", copyOf: "contract") { text in
      text = text.replacing("verdict = \"clean\"\nreason = \"", with: "verdict = \"stale\"\nreason = \"\\u001b[2J")
    }
    let run = try corpus.run("run", "traces", "--db", ":memory:")
    #expect(run.status == 1 && run.text.contains("topic/red?[31m?name  v5.17  verdict: expected stale, found clean"))
    #expect(run.text.contains("expected, for: ?[2J") && !run.text.contains("\u{1b}"))
  }

  /// `traces/topic` beside `traces/traces/topic`: both would be `traces/topic`.
  @Test func casesOfTheSameNameStandUnderTheirFolders() throws {
    let corpus = OwnCorpus()
    try corpus.add("../same", copyOf: "contract")
    try corpus.add("../traces/same", copyOf: "stale-check")
    let run = try corpus.run("run", "traces")
    #expect(run.status == 0 && run.errorText == "", "\(run.errorText)")
    let names = try Invocation(
      ["query", "corpus.db", "SELECT name FROM case_run ORDER BY name", "--csv"], in: corpus.folder)
    #expect(names.text == "name\r\ntraces/same\r\ntraces/traces/same\r\n")
  }
}

@Suite struct DifferenceTests {
  /// Under dwmw2-v1, v2, v3.4 and seed-atomic the case is contract+stale, and it has 24 events
  /// (traces/missed/contract).
  private func changed() throws -> OwnCorpus {
    let corpus = OwnCorpus()
    try corpus.add("changed", copyOf: "contract") { text in
      text = text.replacing("verdict = \"contract+stale\"", with: "verdict = \"stale\"")
      text = text.replacing("events = 24", with: "events = 25")
    }
    return corpus
  }

  @Test func standInFrontAndGiveExitStatus1() throws {
    let corpus = try changed()
    let run = try corpus.run("run", "traces", "--junit", "out.xml")
    #expect(run.status == 1)
    let lines = run.text.split(separator: "\n").map(String.init)
    #expect(lines.first == "differences: 5")
    #expect(lines.contains("  topic/changed  dwmw2-v2  verdict: expected stale, found contract+stale"))
    #expect(lines.contains("  topic/changed  recorded  events: expected 25, found 24"))
    let again = try #require(lines.first { $0.contains("again: gpc-replay explore") && $0.contains("dwmw2-v2") })
    let shown = try Invocation(
      shell: String(again.split(separator: ":", maxSplits: 1)[1].dropFirst()), in: corpus.folder.url)
    #expect(shown.status == 1 && shown.text.contains("contract in 1 of "))
    #expect(
      try String(contentsOf: corpus.folder.file("out.xml"), encoding: .utf8).contains(
        "tests=\"\(ProtocolForm.all.count + 2)\" failures=\"5\""))
    let ktap = try corpus.run("run", "traces", "--ktap", "--db", ":memory:").text
    #expect(ktap.contains("\n# topic/changed: recorded events: expected 25, found 24\nnot ok "))
    let query = try Invocation(
      ["query", "corpus.db", "SELECT subject, expected, found FROM difference WHERE form = 'recorded'", "--csv"],
      in: corpus.folder)
    #expect(query.text.hasSuffix("events,25,24\r\n"))
  }

  @Test func blessingShowsThemMarksThemAndFails() throws {
    let corpus = try changed()
    let bless = try corpus.run("bless", "traces/topic/changed")
    #expect(bless.status == 1)
    #expect(bless.text.contains("\n-events = 25\n") && bless.text.contains("\n+events = 24\n"))
    #expect(bless.text.contains("+verdict = \"contract+stale\"\n+reason = \"UNPROVED: "))
    let run = try corpus.run("run", "traces")
    #expect(run.status == 0 && run.text.contains("blessed, not proved: topic/changed"))
    let again = try corpus.run("bless", "traces")
    #expect(again.status == 0 && again.text == "1 case, nothing to bless\n")
  }

  @Test func twoRunsBesideEachOther() throws {
    let corpus = OwnCorpus()
    try corpus.add("a", copyOf: "contract")
    try corpus.add("b", copyOf: "stale-check")
    #expect(try corpus.run("run", "traces").status == 0)
    // Another recording under the same name, and a case less.
    try FileManager.default.removeItem(at: corpus.file("b"))
    try corpus.add("c", copyOf: "contract")
    try FileManager.default.removeItem(at: corpus.file("a/trace.txt.zst"))
    try FileManager.default.copyItem(at: CorpusTrace("stale-check").trace, to: corpus.file("a/trace.txt.zst"))
    #expect(try corpus.run("run", "traces").status == 1)
    let difference = try corpus.run("diff", "1", "2")
    #expect(difference.status == 1)
    let lines = difference.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("topic/a dwmw2-v2 contract+stale -> clean"))
    #expect(lines.contains("topic/a recorded contract+possible-divergence -> possible-stale+possible-divergence"))
    #expect(lines.contains("cases that are gone: 1") && lines.contains("topic/b"))
    #expect(lines.contains("new cases: 1") && lines.contains("topic/c"))
  }
}
