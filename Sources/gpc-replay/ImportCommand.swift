// `gpc-replay import TRACE`: a recording into a database, without a replay.

import ArgumentParser
import Report
import TraceStore

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Imports a recording into an SQLite database.",
    discussion: "Example: gpc-replay import traces/baseline/quiet/trace.txt.zst --db quiet.db")

  @OptionGroup var input: InputArguments

  func run() throws {
    let importer = TraceImporter(input, replay: nil)
    let outcome = try importer.run()
    guard case .file(let path) = importer.location else { return }
    print("\(path): \(outcome.isNew ? "imported" : "already holds") \(inputName(input.trace))")
    if try outcome.database.facts().incomplete != nil { throw ExitStatus.unreadable.code }
  }
}
