// The replay alone: `replay-bench DB [RUNS]` reads a database's events into memory and times how they are replayed from
// there.

import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Replay
import Results
import TraceStore

@main struct ReplayBench {
  static func main() throws {
    guard CommandLine.arguments.count >= 2 else {
      print("usage: replay-bench DB [RUNS]")
      exit(64)
    }
    let runs = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 5 : 5
    let database = try TraceDatabase(at: CommandLine.arguments[1])
    let batches = try batches(of: database)
    let events = batches.reduce(0) { $0 + $1.count }
    for _ in 0..<runs {
      let begun = cpuSeconds()
      let rows = replay(batches)
      print(events, rows, cpuSeconds() - begun)
    }
  }

  /// In batches as the importer makes them.
  private static func batches(of database: TraceDatabase) throws(TraceStoreError) -> [[RecordedEvent]] {
    let cursor = try database.events()
    var batches: [[RecordedEvent]] = []
    var batch: [RecordedEvent] = []
    while try cursor.read(into: &batch, upTo: 4096) { batches.append(batch) }
    return batches
  }

  /// Returns how many rows came out.
  private static func replay(_ batches: [[RecordedEvent]]) -> Int {
    var replayer = Replayer(form: .v69, options: ReplayOptions())
    var rows: [ReplayRow] = []
    var count = 0
    for batch in batches {
      replayer.consume(batch)
      replayer.takeRows(into: &rows)
      count += rows.count
    }
    replayer.finish()
    return count + replayer.takeRows().count
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
