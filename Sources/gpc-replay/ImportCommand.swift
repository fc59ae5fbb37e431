// `gpc-replay import TRACE`: a recording into a database, without a replay.

import ArgumentParser
import KVMEvents
import Pipeline
import TraceReaders
import TraceStore

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import a recording into an SQLite database.",
    discussion: "Example: gpc-replay import traces/baseline/quiet/trace.txt.zst --db quiet.db")

  @OptionGroup var input: InputArguments

  func run() throws {
    let outcome = try RecordingImport(input.request, replay: nil, .terminal).run()
    guard let path = outcome.recording.path else { return }
    print("\(path): \(outcome.isNew ? "imported" : "already holds") \(input.request.input.name)")
    if try outcome.recording.database.facts().incomplete != nil { throw ExitStatus.unreadable.code }
  }
}
