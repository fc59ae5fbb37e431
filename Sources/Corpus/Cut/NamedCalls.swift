// Calls that are not operations, paired by the names of their events.

import KVMEvents
import Operations

/// Functions in the recording besides the protocol's, and lookups for ordinary page faults: entry and return.
struct NamedCalls {
  private struct Call {
    let unit: Int
    let kind: EventKind
    let name: EventNameID
  }

  /// By event name: that of its possible return.
  private let returnOf: [EventNameID: EventNameID]
  private var open: [ThreadNumber: [Call]] = [:]

  /// Complete with one event.
  static let standAlone: Set<EventKind> = [.bystander, .kvmUnmapHvaRange, .gpcUnmap, .mnInvalidateRange, .mnChangePte]

  /// - Parameter names: by `EventNameID`.
  init(_ names: [EventName]) {
    let ids = Dictionary(names.enumerated().map { ($1.name, EventNameID($0)) }, uniquingKeysWith: { first, _ in first })
    returnOf = ids.reduce(into: [:]) { found, entry in found[entry.value] = ids[entry.key + "_ret"] }
  }

  /// False: no return of it is recorded.
  mutating func begin(_ event: RecordedEvent, _ thread: ThreadNumber, _ unit: Int) -> Bool {
    guard event.kind == .hvaToPfn || returnOf[event.name] != nil else { return false }
    open[thread, default: []].append(Call(unit: unit, kind: event.kind, name: event.name))
    return true
  }

  /// The unit of the call that returns; nil: it is not a return, or its entry is not recorded.
  mutating func end(_ event: RecordedEvent, _ thread: ThreadNumber) -> Int? {
    let last = open[thread]?.lastIndex { call in
      call.kind == .hvaToPfn ? event.kind == .hvaToPfnRet : returnOf[call.name] == event.name
    }
    return last.flatMap { open[thread]?.remove(at: $0).unit }
  }

  /// Events were dropped: nothing is paired across a gap.
  mutating func giveUp() { open.removeAll() }
}
