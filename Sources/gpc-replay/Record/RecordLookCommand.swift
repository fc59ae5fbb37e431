// `record-look`, which nobody types: whether a recording has a finding that is certain, for a flight recorder.

import ArgumentParser
import Glibc
import Pipeline
import TraceReaders
import TraceStore

struct RecordLookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "record-look", shouldDisplay: false)
  /// The exit status of a finding.
  static let found: Int32 = ExitStatus.found.rawValue
  /// That of a recording that cannot be read.
  static let failed: Int32 = ExitStatus.unreadable.rawValue
  static let kinds = ["contract", "stale", "stuck", "divergence", "excessive_retry"]

  @Argument var trace: String
  /// Those that are asked for, parted by commas.
  @Argument var kinds: String

  func run() throws {
    // The recorded workload comes first.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    let request = ImportRequest(.file(path: trace), database: .memory)
    let recording = try RecordingImport(request, replay: ReplayRequest(), .terminal).run().recording
    let asked = Set(kinds.split(separator: ",").map(String.init))
    if try recording.database.certainFindingKinds().contains(where: asked.contains) { throw ExitCode(Self.found) }
  }
}
