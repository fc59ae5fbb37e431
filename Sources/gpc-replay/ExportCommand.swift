// `gpc-replay export DB -o trace.pftrace`: a database as a Perfetto trace.

import ArgumentParser
import Glibc
import Perfetto
import Pipeline
import TextLayout
import TraceStore

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a database as a Perfetto trace, to be looked at in time.",
    discussion: """
      A process per VM: the count of invalidations in flight, the invalidations with their contract windows, and of each \
      cache valid, the refreshes with their rounds, and the checks. docs/pictures.md says what each mark means. \
      https://ui.perfetto.dev opens the file; `gpc-replay view` opens it at a finding.

      Example:
        gpc-replay run traces/retries/unrelated/trace.txt.zst
        gpc-replay export trace.db -o trace.pftrace
      """)

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Option(name: .shortAndLong, help: "The file to write; - for standard output.")
  var output: String

  @Flag(help: "Also each recorded event, on a track of its task.")
  var events = false

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  func run() throws {
    let store = try TraceDatabase(at: database)
    try checkOutput(output, isNot: database)
    if output == "-", isatty(STDOUT_FILENO) != 0 {
      throw fail("a Perfetto trace is not for a terminal: -o FILE, or a pipe.")
    }
    do {
      let file = try OutputFile(output, replaces: force)
      defer { file.discard() }
      // A pipe may block, and leaves nothing: there a signal ends the process at once.
      let interrupt = file.isSpecial ? nil : Interrupt()
      let isInterrupted = { interrupt?.isRequested ?? false }
      let summary = try store.writeTimeline(withEvents: events, isInterrupted: isInterrupted, to: file.write)
      if summary.isInterrupted {
        file.discard()
        interrupt?.deliver()
      }
      try file.finish()
      let text = summary.sentences(of: database, in: output)
      if output == "-" { printError(text) } else { try printOut(text) }
    } catch let error as OutputFileError {
      // `| head`.
      if case .failed(EPIPE) = error { return }
      throw unwritten(output, error)
    }
  }
}

extension TimelineSummary {
  fileprivate func sentences(of database: String, in output: String) -> String {
    let name = output == "-" ? "standard output" : output
    let findings = isReplayed ? ", \(plural(findingCount, "finding"))" : ""
    return "\(name): \(plural(packetCount, "packet")), \(plural(byteCount, "byte"))\(findings)\n"
      + absences(of: database)
  }

  /// What the trace does not have, and why.
  func absences(of database: String) -> String {
    var text = ""
    if !isReplayed {
      text +=
        "\(database) is imported, not replayed: these are its events; `gpc-replay replay \(database)` finds the rest\n"
    }
    if !isAligned { text += "its clock is none that Perfetto knows: it cannot be laid over another recording\n" }
    return text
  }
}
