// `corpus bless`: puts what was found in place of what was expected, shows it, and fails.

import ArgumentParser
import Corpus

struct CorpusBlessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bless",
    abstract: "Rewrite the expectations of cases to what is found now, and print what changed.",
    discussion: """
      A blessed expectation is marked UNPROVED until somebody writes down why it is right. Descriptions are put into their canonical \
      form as well. Exit status: 0 nothing was to be \
      blessed, 1 something was, 2 a case is broken.

      Example:
        gpc-replay corpus bless traces/missed/contract
      """)

  @Argument(help: "The corpus, a topic of it, or a case.")
  var folder = "traces"

  func run() throws {
    let found = try corpusFolder(folder)
    let outcome = CorpusRunner(folder: folder, cases: found.cases, jobCount: CorpusRunner.coreCount).run().outcome
    var blessedCount = 0
    for outcome in outcome.cases {
      if let fault = outcome.row.fault {
        try printOut("broken, not blessed: \(outcome.row.name): \(fault)\n")
        continue
      }
      let path = outcome.corpusCase.descriptionPath
      let text = try outcome.corpusCase.descriptionText()
      guard let blessing = Blessing(outcome, text: text) else { continue }
      blessedCount += 1
      let difference = Blessing.difference(from: text, to: blessing.description.toml)
      try write(blessing.description.toml, to: path)
      try printOut("\(path)\n\(difference.joined(separator: "\n"))\n")
    }
    if !outcome.broken.isEmpty { throw ExitStatus.unreadable }
    if blessedCount > 0 {
      try printOut("\(blessedCount) cases blessed; replace each \(Blessing.mark) by the reason before you commit.\n")
      throw ExitCode(1)
    }
    try printOut("\(outcome.cases.count) cases, nothing to bless\n")
  }
}
