// Bytes through all the stages of `gpc-replay TRACE --db :memory:`, of `compare TRACE` and of `explore TRACE`.

import Explore
import Forms
import GPCProtocol
import KVMEvents
import Replay
import Report
import Stages
import TraceReaders
import TraceStore

extension FuzzTarget {
  /// Every input is read and replayed. A database and a report cost many times as much: they are made of a replay whose
  /// kinds of results have not been together before, and of each sixteenth.
  func report(_ bytes: UnsafeRawBufferPointer) {
    let draw = Self.draw(bytes)
    guard ReplaySignature.isNew(bytes) || draw % 16 == 0 else { return }
    run(bytes) { database in
      let widths = [40, 80, 200]
      let (report, text, json) = try Stages.report(database, widths: [widths[Int(draw / 16 % 3)]])
      precondition(!text.isEmpty && !json.isEmpty, "a report says something")
      precondition(!report.verdict.reasons.isEmpty, "a verdict has a reason")
      let isBroken = try database.statement("PRAGMA foreign_key_check").step()
      precondition(!isBroken, "what a row cites is there")
      if let fault = try Stages.viewFault(database, only: 2, from: Int(draw >> 8 & 0xff)) {
        preconditionFailure("a view fails: \(fault)")
      }
    }
  }

  func compare(_ bytes: UnsafeRawBufferPointer) {
    run(bytes) { database in
      let (text, json) = try Stages.compare(database)
      precondition(!text.isEmpty && !json.isEmpty, "a comparison says something")
      if let fault = try Stages.viewFault(database, only: 2, from: Int(Self.draw(bytes) & 0xff)) {
        preconditionFailure("a view fails: \(fault)")
      }
    }
  }

  /// The windows under one form, with few states: counterexamples run again, and are printed.
  func explore(_ bytes: UnsafeRawBufferPointer) {
    FuzzFile.write(bytes)
    let form = ProtocolForm.all[Int(Self.draw(bytes) % UInt64(ProtocolForm.all.count))]
    do throws(TraceReadError) {
      let reader = try TraceReader(FuzzFile.input, options: Self.options)
      var options = ReplayOptions()
      options.stampUnit = reader.facts.stampUnit
      var settings = WindowExplorer.Settings(
        order: .recorded(MomentOrder(deltaNs: options.deltaNs), options.stampUnit))
      settings.limits = SearchLimits(statesMax: 300, memoryMax: 1 << 22)
      settings.walkLimits = WalkLimits(walkCount: 1, stepsMax: 200, statesMax: 100)
      var explorer = WindowExplorer(form, settings) { "task \($0)" }
      var replayer = Replayer(form: .v69, options: options, recordsWindows: true)
      var batch: [RecordedEvent] = []
      while try reader.read(into: &batch) {
        replayer.consume(batch)
        _ = replayer.takeRows()
        for window in replayer.takeWindows() { explorer.explore(window) }
      }
      replayer.finish()
      for window in replayer.takeWindows() { explorer.explore(window) }
      let exploration = explorer.exploration
      precondition(!exploration.text().isEmpty, "a search says something")
      for found in exploration.counterexamples() {
        precondition(found.counterexample.reproduces(), "a counterexample runs again")
      }
    } catch {
      precondition(!error.predicate.isEmpty, "an error has a sentence")
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

  /// A choice that the input itself makes: FNV-1a.
  static func draw(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325) { (hash: UInt64, byte) in (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash ^ hash >> 29
  }
}
