// `corpus bless`: puts what was found in place of what was expected, shows it, and fails.

import ArgumentParser
import Corpus
import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Pipeline
import Results
import TextLayout

struct CorpusBlessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bless",
    abstract: "Replace the expectations of cases by the current results, and print what changed.",
    discussion: """
      A blessed expectation is marked UNPROVED until its reason is written down. Descriptions are rewritten in their canonical \
      form as well. With --form, verdicts of those forms are added to the cases that expect nothing of them, and nothing else is \
      changed. \
      \(ExitStatus.sentence([
        (.clean, "nothing was to be blessed"), (.found, "something was"),
        (.unreadable, "a case is broken, or expects something of a form that was to be added"),
      ]))

      Example:
        gpc-replay corpus bless traces/missed/contract
      """)

  @Argument(help: "The corpus, a topic of it, or a case.")
  var folder = "traces"

  @Option(
    name: .customLong("form"),
    help: "Add the columns of these published forms, separated by commas, where a case has none; change no other.")
  var added: FormsArgument?

  func run() throws {
    let found = try corpusFolder(folder)
    let known = ProtocolForm.all.map(\.id)
    let forms = try added?.byAge()
    if let own = forms?.first(where: { !known.contains($0.id) }) {
      throw ValidationError("\(own.id) is no published form, and a case expects something of published forms only.")
    }
    let outcome = try CorpusProgress.shown(
      of: found, folder, forms ?? ProtocolForm.all, lacking: forms == nil ? [] : known, jobCount: CorpusRun.coreCount
    ).outcome
    var blessedCount = 0
    var isRefused = false
    for outcome in outcome.cases {
      if let fault = outcome.row.fault {
        try printOut("broken, not blessed: \(outcome.row.name): \(fault)\n")
        continue
      }
      let path = outcome.corpusCase.descriptionPath
      let text = try outcome.corpusCase.descriptionText()
      if let forms, let description = outcome.description {
        let present = forms.map(\.id).filter { description.expectation(of: $0) != nil }
        if !present.isEmpty {
          isRefused = true
          try printOut("left as it is: \(outcome.row.name) expects something of \(present.joined(separator: ", "))\n")
        }
      }
      let blessing = forms.map { Blessing(adding: $0.map(\.id), outcome) } ?? Blessing(outcome, text: text)
      guard let blessing else { continue }
      blessedCount += 1
      let difference = Blessing.difference(from: text, to: blessing.description.toml)
      try replace(path, by: blessing.description.toml)
      try printOut("\(path)\n\(difference.joined(separator: "\n"))\n")
    }
    if !outcome.broken.isEmpty || isRefused { throw ExitStatus.unreadable.code }
    if blessedCount > 0 {
      let blessed = plural(blessedCount, "case")
      try printOut("\(blessed) blessed; replace each \(Blessing.mark) by the reason before you commit.\n")
      throw ExitStatus.found.code
    }
    try printOut("\(plural(outcome.cases.count, "case")), nothing to bless\n")
  }

  /// The old text stays until the new one is complete: proofs are written by hand.
  private func replace(_ path: String, by text: String) throws {
    guard access(path, W_OK) == 0 else { throw fail("\(path) cannot be written: \(String(cString: strerror(errno))).") }
    try write(text, to: path, replaces: true)
  }
}
