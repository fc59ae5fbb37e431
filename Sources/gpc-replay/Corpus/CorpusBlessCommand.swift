// `corpus bless`: puts what was found in place of what was expected, shows it, and fails.

import ArgumentParser
import Corpus
import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Pipeline
import TextLayout

struct CorpusBlessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bless",
    abstract: "Replace the expectations of cases by the current results, and print what changed.",
    discussion: """
      A blessed expectation is marked UNPROVED until its reason is written down. Descriptions are rewritten in their canonical \
      form as well. \
      \(ExitStatus.sentence([
        (.clean, "nothing was to be blessed"), (.found, "something was"), (.unreadable, "a case is broken"),
      ]))

      Example:
        gpc-replay corpus bless traces/missed/contract
      """)

  @Argument(help: "The corpus, a topic of it, or a case.")
  var folder = "traces"

  func run() throws {
    let found = try corpusFolder(folder)
    let outcome = try CorpusProgress.shown(of: found, folder, ProtocolForm.all, jobCount: CorpusRun.coreCount).outcome
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
      try replace(path, by: blessing.description.toml)
      try printOut("\(path)\n\(difference.joined(separator: "\n"))\n")
    }
    if !outcome.broken.isEmpty { throw ExitStatus.unreadable.code }
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
    let staging = "\(path).\(getpid())"
    do {
      try write(text, to: staging)
      guard rename(staging, path) == 0 else {
        throw fail("\(path) cannot be written: \(String(cString: strerror(errno))).")
      }
    } catch {
      unlink(staging)
      throw error
    }
  }
}
