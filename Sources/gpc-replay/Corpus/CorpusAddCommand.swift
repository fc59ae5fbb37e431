// `corpus add`: the smallest cut of a recording that has a finding still, as a case.

import ArgumentParser
import Corpus
import KVMEvents
import Pipeline
import Results
import TextLayout

struct CorpusAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Cut a finding out of a recording, minimise it, and add it as a case.",
    discussion: """
      TRACE is any recording that run takes; N is a number of its database: a finding (gpc-replay TRACE), or a counterexample \
      (gpc-replay explore TRACE). Lines are left out as long as the finding is found again, by a replay or a search of its own. Where \
      TRACE is no trace.dat, text of trace-cmd report or tracefs text, its events are printed as trace-cmd's text has them. What is left gets other comms, pids and addresses (docs/corpus-add.md). Exit status: 0 the case was added, 2 it was not.

      Example:
        gpc-replay corpus add traces/missed/contract/trace.txt.zst --finding 1 --to c
      """)

  @Argument(help: "The recording, in any form that run accepts; plain or compressed.")
  var trace: String

  @Option(help: "The number of a finding, or of a counterexample stored by explore.")
  var finding: Int64

  @Option(
    help: "The folder of the case, DIR/topic/case; or use --corpus, --topic and --name.", completion: .directory)
  var to: String?

  @Option(help: "The corpus.")
  var corpus = "traces"

  @Option(help: "The topic in it.")
  var topic: String?

  @Option(help: "The case's name.")
  var name: String?

  @Flag(help: "Keep comms, pids, addresses and times as recorded.")
  var keepNames = false

  @Flag(help: "Keep the order of the events, not the times between them: for findings that do not depend on those.")
  var coarseTimes = false

  @Option(help: "One line that says what the case shows. Default: the finding.")
  var title: String?

  @Option(help: "The name of the recording. Default: its file name.")
  var recording: String?

  @Option(help: "The recorded kernel.")
  var kernel = "unknown"

  @Option(help: "The command that recorded it.")
  var command: String?

  @Option(help: "The licence of the recording.")
  var licence = "unknown"

  @Option(help: "Stop after this many candidates and take the smallest cut so far.")
  var candidatesMax = 20_000

  @Option(help: "Stop after this many seconds and take the smallest cut so far.")
  var timeMax = SecondsArgument(seconds: 600)

  @OptionGroup(title: "Import") var options: ImportOptions

  func validate() throws {
    switch (to, topic, name) {
    case (nil, let topic?, let name?):
      guard [topic, name].allSatisfy({ !$0.isEmpty && !$0.contains("/") && !$0.hasPrefix(".") }) else {
        throw ValidationError("--topic and --name are names of folders.")
      }
    case (let to?, nil, nil):
      guard let last = to.split(separator: "/").last, !last.hasPrefix(".") else {
        throw ValidationError("--to is the folder of the case.")
      }
    case _: throw ValidationError("Give either --to or both --topic and --name.")
    }
    if coarseTimes && keepNames { throw ValidationError("--keep-names keeps the times: not with --coarse-times.") }
    if timeMax.seconds < 1 { throw ValidationError("--time-max must be at least 1 second.") }
    if candidatesMax < 1 { throw ValidationError("--candidates-max must be at least 1.") }
    if let title, !CaseDescription.isTitle(title) { throw ValidationError("--title is one line of printable text.") }
  }

  func run() throws {
    let begun = ContinuousClock.now
    let folder = try CaseFolder(to ?? "\(corpus)/\(topic ?? "")/\(name ?? "")")
    var run = CutRun(options.request(trace), finding: finding, to: folder, .terminal)
    run.keepsNames = keepNames
    run.coarsensTimes = coarseTimes
    run.recordingName = recording
    run.candidatesMax = candidatesMax
    run.secondsMax = timeMax.seconds
    run.progress = CorpusProgress.ofCut
    let told = CutCase.Told(title: title, kernel: kernel, command: command, licence: licence)
    let added = try run.run(told)
    let outcome = CorpusOutcome(folder: folder.path, cases: [added.outcome], jobCount: 1, wallNs: 0)
    let matrix = outcome.matrix(width: Terminal.knownWidth)
    let lines = Self.summary(added.cutCase, begun) + [added.outcome.row.title, ""] + matrix
    try printOut(([folder.path] + lines + [""] + kept + Self.next(folder)).joined(separator: "\n") + "\n")
  }

  private static func summary(_ cutCase: CutCase, _ begun: ContinuousClock.Instant) -> [String] {
    let cut = cutCase.cut
    let milliseconds = (ContinuousClock.now - begun).components
    let tenths = milliseconds.seconds * 10 + milliseconds.attoseconds / 100_000_000_000_000_000
    let place = cutCase.recordingPlace.rawValue
    let minimal = cut.isMinimal ? "none of which can be left out" : "not all of which was tried to be left out"
    return [
      "\(cutCase.text.lineCount) of \(plural(cutCase.recordingLines, place)): \(cutCase.text.ranges)",
      "\(cut.unitCount) operations, \(minimal); \(cut.candidateCount) candidates tried from \(plural(cut.lineCountBefore, place)) on, \(tenths / 10).\(tenths % 10) s",
    ]
  }

  /// What the case tells of its host.
  private var kept: [String] {
    let names = keepNames ? "comms, pids and addresses, " : ""
    let times = coarseTimes ? "the order of events" : "times between events"
    return [
      "it has:   \(names)\(times), low bits of addresses, guest addresses, CPUs, the recording's name",
      "          (docs/corpus-add.md says what they tell)",
    ]
  }

  private static func next(_ folder: CaseFolder) -> [String] {
    [
      "run it:   gpc-replay corpus run \(folder.path) --db :memory:",
      "prove it: write the reasons for what is \(Blessing.mark) in \(folder.path)/\(CorpusCase.descriptionName)",
    ]
  }
}
