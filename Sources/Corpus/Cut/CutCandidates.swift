// The events of a cut, and of every smaller one.

import KVMEvents

/// The units of a cut with their events. A candidate is a choice of units; the loss markers follow from it.
package struct CutCandidates: Sendable {
  /// By position: the unit.
  package let units: [CutUnit]
  /// By position: the positions of the units that need this one.
  package let dependents: [[Int]]
  /// In replay order, loss markers among them.
  private let events: [RecordedEvent]
  /// Parallel to `events`: the position of its unit; nil for a loss marker.
  private let unitOfEvent: [Int?]

  /// The lines whose events `init` wants.
  package static func lines(of members: Set<Int>, in all: CutUnits) -> Set<EventID> {
    let lines = members.flatMap { all.units[$0].lines }
    guard let first = lines.min(), let last = lines.max() else { return [] }
    return Set(lines).union(all.losses.filter { (first...last).contains($0) })
  }

  /// - Parameter keepsRounds: a refresh is kept with all its repeated rounds, or not at all.
  package init(_ members: Set<Int>, of all: CutUnits, events: [RecordedEvent], keepsRounds: Bool = false) {
    let sorted = members.sorted()
    let place = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    units = sorted.map { all.units[$0] }
    var dependents = [[Int]](repeating: [], count: sorted.count)
    for (index, member) in sorted.enumerated() {
      for need in all.units[member].needs {
        guard let needed = place[need] else { continue }
        dependents[needed].append(index)
        if keepsRounds, all.units[member].kind == .round { dependents[index].append(needed) }
      }
    }
    self.dependents = dependents
    var unitOfLine: [EventID: Int] = [:]
    for (index, unit) in units.enumerated() {
      for line in unit.lines { unitOfLine[line] = index }
    }
    self.events = events
    unitOfEvent = events.map { unitOfLine[$0.id] }
  }

  /// The positions of the units of these lines.
  package func units(of lines: Set<EventID>) -> [Int] {
    units.indices.filter { units[$0].lines.contains { lines.contains($0) } }
  }

  package var all: [Bool] { [Bool](repeating: true, count: units.count) }

  /// The events of the chosen units. A loss stays if anything is kept before it: what follows must not look complete.
  /// Of several losses of one CPU with nothing between them the last one suffices.
  package func events(of chosen: [Bool]) -> [RecordedEvent] {
    var kept: [RecordedEvent] = []
    var losses: [RecordedEvent] = []
    for (event, unit) in zip(events, unitOfEvent) {
      if let unit {
        guard chosen[unit] else { continue }
        kept += losses
        losses = []
        kept.append(event)
      } else if event.kind == .lostEvents, !kept.isEmpty {
        losses.removeAll { $0.cpu == event.cpu }
        losses.append(event)
      }
    }
    return kept
  }

  /// The chosen ones without `removed` and without those that need them.
  package func without(_ removed: some Sequence<Int>, from chosen: [Bool]) -> [Bool] {
    var left = chosen
    var open = Array(removed)
    while let next = open.popLast() {
      guard left[next] else { continue }
      left[next] = false
      open += dependents[next]
    }
    return left
  }
}
