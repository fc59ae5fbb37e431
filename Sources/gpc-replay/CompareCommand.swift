// `compare`: what each published form would have cost in a recording.

import ArgumentParser
import Compare
import GPCProtocol
import KVMEvents
import Replay
import Report
import TraceStore

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Tell what each published form of the protocol would have cost in a recording.",
    discussion: """
      Imports and replays the recording first, unless its database holds it already. The result stays in the database \
      (tables form_cost and left_out_window, views form_saving and model_agreement).

      Example: gpc-replay compare traces/unrelated/trace.txt.zst --protocol mainline,seanjc-5
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var replay: ReplayArguments

  @Option(
    name: .customLong("protocol"),
    help: "The forms, by id and with commas between; see gpc-replay protocols. Default: all.")
  var protocols: String?

  @Flag(help: "The comparison as one JSON document.")
  var json = false

  func validate() throws { _ = try forms() }

  private func forms() throws -> [ProtocolForm] {
    guard let protocols else { return ProtocolForm.all }
    let ids = protocols.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for id in ids where ProtocolForm.named(id) == nil {
      throw ValidationError("There is no form '\(id)'; gpc-replay protocols lists them.")
    }
    return ProtocolForm.all.filter { ids.contains($0.id) }
  }

  func run() throws {
    let database = try TraceImporter(input, replay: replay).run().database
    do {
      try compare(database)
      let report = try ComparisonReport(database)
      try printOut(try json ? report.json() : ComparisonText(report).text)
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  private func compare(_ database: TraceDatabase) throws {
    let facts = try database.facts()
    let options = replay.options(clock: facts.clock, resolutionNs: facts.resolutionNs)
    var comparison = Comparison(try forms(), deltaNs: options.deltaNs)
    try readWindows(of: database, options) { comparison.consume($0) }
    let costs = comparison.finish()
    let rows = zip(comparison.forms, costs).map { (id: $0.id, costs: $1) }
    try database.replaceComparison(rows, leftOut: comparison.leftOut)
  }

  /// Replays the stored events once more, for the windows alone: the rows are in the database already.
  private func readWindows(
    of database: TraceDatabase, _ options: ReplayOptions, _ take: (RecordedWindow) -> Void
  ) throws {
    var replayer = Replayer(form: .mainline, options: options, recordsWindows: true)
    let events = try database.events()
    var batch: [RecordedEvent] = []
    while try events.read(into: &batch, upTo: 4096) {
      replayer.consume(batch)
      _ = replayer.takeRows()
      for window in replayer.takeWindows() { take(window) }
    }
    replayer.finish()
    for window in replayer.takeWindows() { take(window) }
  }
}
