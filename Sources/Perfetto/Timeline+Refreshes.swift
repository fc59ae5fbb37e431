// Refreshes in the timeline: rounds inside, and in each the lookup and the retry test.

import KVMEvents
import Results
import TraceStore

/// A refresh that has begun.
final class OpenRefresh {
  let mark: RefreshMark
  let cache: CacheTracks
  let track: UInt64
  /// The round that has begun.
  fileprivate var round: OpenRound?
  fileprivate var isLookupOpen = false
  fileprivate var isOver = false

  init(_ mark: RefreshMark, of cache: CacheTracks, track: UInt64) {
    self.mark = mark
    self.cache = cache
    self.track = track
  }
}

/// A round that has begun. After a loss its events may come between those of another.
final class OpenRound {
  let mark: RoundMark
  let refresh: OpenRefresh

  init(_ mark: RoundMark, of refresh: OpenRefresh) {
    self.mark = mark
    self.refresh = refresh
  }
}

extension Timeline {
  func begin(_ mark: RefreshMark, _ ns: Int64) throws { _ = try open(mark, ns) }

  private func open(_ mark: RefreshMark, _ ns: Int64) throws -> OpenRefresh {
    let cache = try cache(mark.cache)
    let one = OpenRefresh(mark, of: cache, track: try cache.refreshes.take(writer))
    refreshes[mark.id] = one
    cache.isDone = false
    cache.isWalked = false
    let beginning = mark.entryEvent == nil ? ", entry not recorded" : ""
    try writer.event(.begin, on: one.track, at: ns, "refresh: \(mark.outcome.rawValue)\(beginning)") {
      $0.integer(facts.eventPlace.rawValue, mark.entryEvent)
      $0.integer("refresh", mark.id)
      $0.word("task", taskLabel(mark.task))
      $0.word("origin", mark.origin)
      $0.integer("ret", mark.ret)
      $0.integer("rounds", mark.roundCount)
      $0.integer("necessary", mark.necessaryCount)
      $0.integer("false", mark.falseCount)
      $0.integer("undecided", mark.undecidedCount)
      $0.integer("stall_ns", mark.stallNs)
      $0.integer("lock_wait_ns", mark.lockWaitNs)
    }
    if let event = mark.returnEvent {
      at(event, .refreshEnds(one))
    } else if mark.roundCount == 0, !neverEnded.contains(mark.id) {
      at(mark.entryEvent, .refreshEnds(one))
    }
    return one
  }

  func begin(_ mark: RoundMark, _ ns: Int64) throws {
    let one = try refreshes[mark.refresh] ?? openLate(mark, ns)
    if let round = one.round { try end(round, ns) }
    if mark.number == 1 { try set(one.cache, .no, "hva_to_pfn_retry()", mark.first, ns) }
    one.cache.isDone = false
    one.cache.isWalked = false
    one.cache.uhva = mark.uhva.map { UHVA(rawValue: UInt64(bitPattern: $0)) } ?? one.cache.uhva
    let round = OpenRound(mark, of: one)
    one.round = round
    try writer.event(.begin, on: one.track, at: ns, mark.name) {
      $0.integer(facts.eventPlace.rawValue, mark.loopEvent)
      $0.integer("number", mark.number)
      $0.address("uhva", mark.uhva)
      $0.word("doubt", mark.doubt)
    }
    at(mark.lookupEvent, .lookupBegins(round))
    at(mark.lookupRetEvent, .lookupEnds(round))
    at(mark.testEvent, .test(round))
    // A repeated one lasts to the top of the next, one that hangs to the end of the trace.
    let isLast = mark.number >= one.mark.roundCount
    let isRepeated = mark.outcome == .retried && mark.durationNs != nil && !isLast
    if !isRepeated, !(isLast && neverEnded.contains(one.mark.id)) { at(mark.last, .roundEnds(round)) }
  }

  /// A refresh whose entry is not recorded begins with its first round.
  private func openLate(_ round: RoundMark, _ ns: Int64) throws -> OpenRefresh {
    guard let mark = try database.refreshMark(round.refresh) else {
      throw TraceStoreError.damaged(table: "retry_round", reason: "round \(round.id) is of no refresh")
    }
    return try open(mark, ns)
  }

  func beginLookup(of round: OpenRound, _ ns: Int64) throws {
    try endLookup(of: round.refresh, ns)
    round.refresh.isLookupOpen = true
    try writer.event(.begin, on: round.refresh.track, at: ns, "hva_to_pfn") {
      $0.integer(facts.eventPlace.rawValue, round.mark.lookupEvent)
    }
  }

  func endLookup(of one: OpenRefresh, _ ns: Int64) throws {
    guard one.isLookupOpen else { return }
    one.isLookupOpen = false
    try writer.event(.end, on: one.track, at: ns)
  }

  func showTest(of round: OpenRound, _ ns: Int64) throws {
    try endLookup(of: round.refresh, ns)
    let mark = round.mark
    // The arrow comes from the invalidation that alone explains the repetition.
    let name = "retry test: \(mark.outcome.rawValue)\(Timeline.suffix(mark.decision))"
    try writer.event(.instant, on: round.refresh.track, at: ns, name, flow: mark.invalidation) {
      $0.integer(facts.eventPlace.rawValue, mark.testEvent)
      $0.word("decision", mark.decision?.rawValue)
      $0.integer("invalidation", mark.invalidation)
    }
  }

  func end(_ round: OpenRound, _ ns: Int64) throws {
    let one = round.refresh
    guard one.round === round else { return }
    try endLookup(of: one, ns)
    one.round = nil
    try writer.event(.end, on: one.track, at: ns)
    // Of one whose return is not recorded nothing more is known.
    let isLast = round.mark.number >= one.mark.roundCount
    if isLast, one.mark.returnEvent == nil, !neverEnded.contains(one.mark.id) { try end(one, round.mark.last, ns) }
  }

  func end(_ one: OpenRefresh, _ id: EventID, _ ns: Int64) throws {
    if one.isOver { return }
    one.isOver = true
    refreshes[one.mark.id] = nil
    if let round = one.round { try end(round, ns) }
    try writer.event(.end, on: one.track, at: ns)
    one.cache.refreshes.give(back: one.track)
    // Where no probe shows the moment at which valid is set.
    if one.mark.outcome == .mapped, !one.cache.isDone {
      try set(one.cache, one.cache.isWalked ? .unknown : .yes, "the refresh's return", id, ns)
    }
  }
}

extension RoundMark {
  /// By why it was repeated, or else by how it ended.
  fileprivate var name: String {
    guard let cause else { return "round: \(outcome.rawValue)" }
    return "round: " + cause.rawValue + (subCause.map { " \($0.rawValue)" } ?? "")
  }
}
