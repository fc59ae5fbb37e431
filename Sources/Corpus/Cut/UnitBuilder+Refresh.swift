// Requests, refreshes, their rounds, and lookups.

import KVMEvents

extension UnitBuilder {
  mutating func beginRequest(_ kind: CutUnit.Kind, _ event: RecordedEvent, _ thread: inout ThreadUnits) {
    giveUp(&thread)
    thread.request = addOnCache(kind, event, thread)
  }

  mutating func beginRefresh(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    endRounds(&thread)
    if let request = thread.request, thread.refresh == nil {
      append(event, to: request)
      needMemslot(request, event)
      thread.refresh = request
    } else {
      giveUp(&thread)
      thread.refresh = addOnCache(.refresh, event, thread)
    }
  }

  /// A refresh or a request whose return is not recorded.
  private mutating func giveUp(_ thread: inout ThreadUnits) {
    endRounds(&thread)
    (thread.refresh, thread.request) = (nil, nil)
  }

  mutating func beginRound(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    noteLoopProbe()
    startRound(event, &thread)
  }

  private mutating func startRound(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    let refresh = openRefresh(event, &thread)
    needMemslot(refresh, event)
    // The round before was repeated: the refresh is one without it, too.
    if let round = thread.round { units[round].isWhole = true }
    let round = add(.round, event, thread)
    units[round].needs = [refresh]
    units[round].cache = units[refresh].cache
    thread.round = round
    thread.roundHasLookup = false
  }

  /// One that began before the recording is a unit that is not whole.
  private mutating func openRefresh(_ event: RecordedEvent, _ thread: inout ThreadUnits) -> Int {
    if let refresh = thread.refresh ?? thread.request {
      thread.refresh = refresh
      return refresh
    }
    let refresh = addOnCache(.refresh, event, thread)
    units[refresh].lines = []
    units[refresh].isTorn = true
    thread.refresh = refresh
    return refresh
  }

  mutating func lookUp(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    guard thread.refresh != nil, thread.checks.isEmpty else {
      thread.lookup = add(.lookup, event, thread)
      return
    }
    if thread.round == nil || (thread.roundHasLookup && !roundsHaveTops) {
      startRound(event, &thread)
    } else if let round = thread.round {
      append(event, to: round)
    }
    thread.roundHasLookup = true
  }

  mutating func lookUpRet(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    if thread.refresh != nil, thread.checks.isEmpty, let round = thread.round {
      append(event, to: round)
    } else {
      end(thread.lookup, event, thread)
      thread.lookup = nil
    }
  }

  /// The retry test, or success.
  mutating func goOn(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    if thread.round == nil && event.kind == .gpcRetryCheck {
      startRound(event, &thread)
    } else {
      append(event, to: thread.round ?? openRefresh(event, &thread))
    }
  }

  mutating func endRefresh(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    endRounds(&thread)
    guard let unit = thread.refresh ?? thread.request else {
      end(nil, event, thread)
      return
    }
    append(event, to: unit)
    thread.refresh = nil
    // 6.1 activates by way of an ordinary refresh, 6.12 asks before it refreshes: then the request's own return is still to come.
    let isInside =
      switch event.kind {
      case .lockedRefreshRet: thread.request != nil
      case .gpcRefreshRet: thread.request.map { units[$0].kind == .activation } ?? false
      case _: false
      }
    guard !isInside else { return }
    units[unit].isWhole = !units[unit].isTorn
    thread.request = nil
  }

  private mutating func endRounds(_ thread: inout ThreadUnits) {
    if let round = thread.round, let refresh = thread.refresh { merge(round, into: refresh) }
    thread.round = nil
    thread.roundHasLookup = false
  }

  /// 6.1: part of a refresh or of a deactivation.
  mutating func unmap(_ event: RecordedEvent, _ thread: ThreadUnits) {
    if let unit = thread.round ?? thread.refresh ?? thread.deactivation {
      append(event, to: unit)
    } else {
      _ = add(.bystander, event, thread, isWhole: true)
    }
  }
}
