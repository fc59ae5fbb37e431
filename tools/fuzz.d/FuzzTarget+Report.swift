// Bytes through all the stages of `gpc-replay TRACE --db :memory:`, and of `gpc-replay compare TRACE --db :memory:`.

import Forms
import Report
import Stages
import TraceReaders
import TraceStore

extension FuzzTarget {
  func report(_ bytes: UnsafeRawBufferPointer) {
    run(bytes) { database in
      let (report, text, json) = try Stages.report(database)
      precondition(!text.isEmpty && !json.isEmpty, "a report says something")
      precondition(!report.verdict.reasons.isEmpty, "a verdict has a reason")
      let isBroken = try database.statement("PRAGMA foreign_key_check").step()
      precondition(!isBroken, "what a row cites is there")
      if let fault = try Stages.viewFault(database) { preconditionFailure("a view fails: \(fault)") }
    }
  }

  func compare(_ bytes: UnsafeRawBufferPointer) {
    run(bytes) { database in
      let (text, json) = try Stages.compare(database)
      precondition(!text.isEmpty && !json.isEmpty, "a comparison says something")
      if let fault = try Stages.viewFault(database) { preconditionFailure("a view fails: \(fault)") }
    }
  }

  private func run(_ bytes: UnsafeRawBufferPointer, _ stages: (TraceDatabase) throws -> Void) {
    FuzzFile.write(bytes)
    do {
      try stages(try Stages.imported(TraceReader(FuzzFile.input, options: Self.options)))
    } catch let error as TraceReadError {
      precondition(!error.predicate.isEmpty, "an error has a sentence")
    } catch {
      // In release a trap has no words.
      print("a database of our own cannot be written or read: \(error)")
      preconditionFailure("a database of our own")
    }
  }
}
