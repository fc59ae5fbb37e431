// Chains the stages: reader, replay and store in one pass.

import ArgumentParser
import FtraceImport
import GPCProtocol
import KVMEvents
import Replay
import TraceStore

/// One import, with or without a replay in the same pass.
struct TraceImporter {
  private let input: InputArguments
  /// nil: import only.
  private let replay: ReplayArguments?
  let location: DatabaseLocation

  struct Outcome {
    let database: TraceDatabase
    /// false: the database held this very trace already.
    let isNew: Bool
  }

  init(_ input: InputArguments, replay: ReplayArguments?) {
    self.input = input
    self.replay = replay
    location = input.location
  }

  /// The database's name for commands; nil in memory.
  var path: String? {
    switch location {
    case .file(let path): path
    case .memory: nil
    }
  }

  func run() throws -> Outcome {
    do {
      if let known = try known() { return known }
      return Outcome(database: try importAnew(), isNew: true)
    } catch let error as TraceReadError {
      throw fail("\(input.trace) \(error.predicate).")
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  /// The database of an earlier run on the same bytes; replayed again where other settings are wanted now.
  private func known() throws -> Outcome? {
    guard case .file(let path) = location, input.trace != "-", !input.force, isFile(path) else { return nil }
    let hash = try ContentHash(ofFile: input.trace)
    guard try TraceDatabase.holds(contentHash: hash.description, toolVersion: Tool.version, at: path) else {
      return nil
    }
    let database = try TraceDatabase(at: path)
    let facts = try database.facts()
    // What was imported under another clock or as a truncated trace is not what is asked for now.
    if facts.clock != input.clock ?? facts.clock || (facts.incomplete != nil && input.allowTruncated) { return nil }
    if let replay {
      let options = replay.options(clock: facts.clock, resolutionNs: facts.resolutionNs)
      if try database.replaySettings() != settings(options) { try replayStored(database, options) }
    }
    return Outcome(database: database, isNew: false)
  }
}
