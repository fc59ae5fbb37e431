// Signs that events were omitted without a marker.

import KVMEvents
import Results

/// The events that show one sign, as long as no loss explains them.
package struct OmissionSigns {
  private struct Shown {
    var events: [EventID] = []
    /// After the events kept.
    var more: Int64 = 0
    var mostMissing: Int64?
  }

  /// By the signs' order.
  private var shown = Array(repeating: Shown(), count: SilentOmission.Sign.allCases.count)
  /// 64 KiB per sign: what a loss withdraws is among the last.
  private static let keptMax = 8192
  /// Shown by what a thread did not do: only if the kinds of event concerned are recorded at all.
  private var unpairedKinds: [(event: EventID, lacking: EventKind)] = []

  /// Retry tests whose probe read a count of 0 with invalidations certainly in flight: either their ends are missing,
  /// or the field is not the count.
  package private(set) var zeroCounts: [(event: EventID, least: UInt64)] = []

  package mutating func noteZeroCount(at event: EventID, least: UInt64) {
    if zeroCounts.count < Self.keptMax { zeroCounts.append((event, least)) }
  }

  package mutating func note(_ sign: SilentOmission.Sign, at event: EventID, missing: UInt64? = nil) {
    let index = SilentOmission.Sign.allCases.firstIndex(of: sign) ?? 0
    if let missing {
      shown[index].mostMissing = max(shown[index].mostMissing ?? 0, Int64(clamping: missing))
    }
    if shown[index].events.count < Self.keptMax { shown[index].events.append(event) } else { shown[index].more += 1 }
  }

  /// A thread does what it cannot do before an event of this kind, which is missing.
  mutating func noteUnpaired(lacking kind: EventKind, at event: EventID) {
    if unpairedKinds.count < Self.keptMax { unpairedKinds.append((event, kind)) }
  }

  /// Events were dropped after this one, and the missing one may be among them.
  mutating func withdraw(after event: EventID) {
    unpairedKinds.removeAll { $0.event > event }
    zeroCounts.removeAll { $0.event > event }
    for index in shown.indices where shown[index].events.last ?? 0 > event {
      shown[index].events.removeAll { $0 > event }
      shown[index].more = 0
      if shown[index].events.isEmpty { shown[index].mostMissing = nil }
    }
  }

  /// - Parameter probes: all that the recording has.
  package func omissions(_ probes: ProbesSeen) -> [SilentOmission] {
    let unpaired = unpairedKinds.filter { probes.has($0.lacking) }.map(\.event)
    return zip(SilentOmission.Sign.allCases, shown).compactMap { sign, shown in
      let events = sign == .unpaired ? unpaired : shown.events
      guard let first = events.min() else { return nil }
      return SilentOmission(
        sign: sign, count: Int64(events.count) + shown.more, firstEvent: first, mostMissing: shown.mostMissing)
    }
  }
}
