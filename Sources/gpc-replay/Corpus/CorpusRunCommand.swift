// `corpus run`: every case, every form, held against what is expected.

import ArgumentParser
import Corpus
import Explore
import Forms
import GPCProtocol
import Glibc
import Pipeline
import Report
import TextLayout
import TraceStore

struct CorpusRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run every case under every form and compare the verdicts with the expected ones.",
    discussion: """
      The results are added to corpus.db in the working directory (tables run, case_run, cell, figure; views difference, \
      verdict_change, slow_down, form_by_stall). \
      \(ExitStatus.sentence([
        (.clean, "all as expected"), (.found, "something differs"), (.unreadable, "a case is broken or there is no corpus"),
        (.unknown, "with --coverage: some step or branch of a form is never reached"),
      ]))

      Example:
        gpc-replay corpus run traces/missed
        gpc-replay query corpus.db "SELECT * FROM form_by_stall"
      """)

  @Argument(help: "The corpus, a topic of it, or a case.")
  var folder = "traces"

  @Option(
    name: [.customLong("form"), .customLong("protocol")],
    help: """
      Published forms, or files of forms (docs/forms.md), separated by commas, or all. Of a form of a file nothing is \
      expected: its verdicts are shown.
      """)
  var forms = FormsArgument(ProtocolForm.all)

  @Option(help: "The database that the results are added to; :memory: for none.")
  var db = "corpus.db"

  @Option(help: "Write the results as JUnit XML to this file.")
  var junit: String?

  @Flag(help: "Replace the file of --junit if it exists.")
  var force = false

  @Flag(help: "Print the results as one JSON document.")
  var json = false

  @Flag(help: "Print the results as KTAP, the format of the kernel's own tests.")
  var ktap = false

  @Flag(help: "Tell which steps and branches of each form the searches went through, and which they never did.")
  var coverage = false

  @Option(help: "Cases under way at once. Default: the number of cores.")
  var jobs: Int?

  func validate() throws {
    if coverage && (json || ktap) { throw ValidationError("--coverage is a text: not with --json or --ktap.") }
    if force && junit == nil { throw ValidationError("--force is of --junit: it replaces a file that exists.") }
    if json && ktap { throw ValidationError("--json and --ktap exclude each other.") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be 1 to 1024.") }
  }

  func run() throws {
    let found = try corpusFolder(folder)
    let forms = try forms.byAge()
    // Opened before the work: a database that cannot be written is reported at once.
    let store = try CorpusStore(at: DatabaseLocation(db))
    if let junit {
      try checkOutput(junit, isNot: db)
      try writing(junit) { () throws(OutputFileError) in try OutputFile.check(junit, replaces: force) }
    }
    let begunAt = Self.now()
    let interrupt = Interrupt()
    let (outcome, coverage) = try CorpusProgress.shown(
      of: found, folder, forms, jobCount: jobs ?? CorpusRun.coreCount, isInterrupted: { interrupt.isRequested })
    if let junit { try write(outcome.junit, to: junit, replaces: force) }
    // An interrupted run keeps the cases that it has.
    if !outcome.cases.isEmpty {
      _ = try store.add(outcome.row(begunAt: begunAt, toolVersion: Tool.version))
    }
    try show(outcome)
    if outcome.cases.count < found.cases.count {
      printError(
        "gpc-replay: interrupted; \(outcome.cases.count) of \(plural(found.cases.count, "case")) were run and stored.\n"
      )
    }
    interrupt.deliver()
    if self.coverage { try printOut("\n" + coverage.text().joined(separator: "\n") + "\n") }
    if !outcome.broken.isEmpty { throw ExitStatus.unreadable.code }
    if !outcome.differences.isEmpty { throw ExitStatus.found.code }
    if self.coverage && !coverage.isComplete { throw ExitStatus.unknown.code }
  }

  private func show(_ outcome: CorpusOutcome) throws {
    if json {
      try printOut(JSONReport.text(outcome.document))
    } else if ktap {
      try printOut(outcome.ktap)
    } else {
      try printOut(outcome.text(width: Terminal.knownWidth) { Self.again($0, $1) }.joined(separator: "\n") + "\n")
    }
  }

  /// The command that shows a cell on its own. (A trace that has gone since is named by its folder.)
  static func again(_ outcome: CaseOutcome, _ difference: Difference) -> String {
    let trace = (try? outcome.corpusCase.tracePath()) ?? outcome.corpusCase.folder
    let reading = outcome.description?.reading.arguments ?? []
    let words =
      difference.form == CaseDescription.recorded
      ? [trace] + reading
      : difference.subject == "verdict"
        ? ["explore", trace, "--protocol", difference.form] + (outcome.description?.search.arguments ?? []) + reading
        : ["compare", trace, "--protocol", difference.form] + reading
    return (["gpc-replay"] + words + ["--db", ":memory:"]).joined(separator: " ")
  }

  private static func now() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
