// What is taken away from a recording, and what is left then.

import KVMEvents

/// A part of a recording, told by what is missing in it. The same removal can be made from any smaller recording.
package struct Removal: Hashable, Sendable {
  /// All events of one CPU from `first` to `last`, announced by a marker.
  package struct Gap: Hashable, Sendable {
    package var cpu: Int32
    package var first: EventID
    package var last: EventID
    /// Behind `last` and not behind the next event of the CPU.
    package var marker: EventID
    /// What the marker says of their number; nil: nothing.
    package var count: UInt64?
  }

  /// A ring that was overwritten, as tracefs prints it: of each CPU everything before an event of its own is gone. The
  /// text says so in its head, and before the first event of each CPU.
  package struct Ring: Hashable, Sendable {
    /// By CPU: its first event that is left.
    package var firsts: [Int32: EventID]
  }

  package var probes: Set<EventNameID> = []
  package var gaps: [Gap] = []
  package var ring: Ring?
  /// The first event that is left; nil: the recording's.
  package var head: EventID?
  /// The last one.
  package var tail: EventID?

  package init() {}

  package var isNothing: Bool { self == Removal() }
  /// Gone without any sign of it: the recording began later, or ended earlier.
  package var shortens: Bool { head != nil || tail != nil }

  package func applied(to whole: WholeRecording) -> [RecordedEvent] {
    // A gap whose marker is cut off with the head or the tail would be none that is announced: its events stay. So with
    // a CPU's ring.
    let gaps = gaps.filter { isInside($0.marker) }
    var markers = gaps.map { Marker(id: $0.marker, cpu: $0.cpu, count: $0.count) }
    if let ring, let begin = head ?? whole.events.first?.id {
      // The head's own marker is of no CPU, and comes before everything.
      markers.append(Marker(id: WholeRecording.marker(before: begin), cpu: RecordedEvent.unknownCPU, count: 1))
      for (cpu, first) in ring.firsts where isInside(first) {
        markers.append(Marker(id: WholeRecording.marker(before: first), cpu: cpu, count: nil))
      }
    }
    markers.sort { ($0.id, $0.cpu) < ($1.id, $1.cpu) }
    var left: [RecordedEvent] = []
    left.reserveCapacity(whole.events.count)
    var next = 0
    for index in whole.events.indices {
      while next < markers.count, markers[next].id < whole.events[index].id {
        left.append(markers[next].event(behind: left.last, name: whole.lostEventsName))
        next += 1
      }
      guard isKept(whole.events[index], gaps) else { continue }
      let time = Self.markerTime(behind: left.last)
      left.append(whole.events[index])
      if whole.events[index].kind == .lostEvents { left[left.count - 1].time = time }
    }
    for marker in markers[next...] { left.append(marker.event(behind: left.last, name: whole.lostEventsName)) }
    return left
  }

  /// A marker right before the head belongs to what is left.
  private func isInside(_ id: EventID) -> Bool {
    id >= head.map(WholeRecording.marker) ?? .min && id <= tail ?? .max
  }

  private func isKept(_ event: RecordedEvent, _ gaps: [Gap]) -> Bool {
    guard isInside(event.id), !probes.contains(event.name) else { return false }
    if let first = ring?.firsts[event.cpu], isInside(first), event.id < first { return false }
    return !gaps.contains { $0.cpu == event.cpu && $0.first <= event.id && event.id <= $0.last }
  }

  /// The readers give a marker no time of its own: it stands behind all that came before it.
  private static func markerTime(behind last: RecordedEvent?) -> TraceTimestamp {
    TraceTimestamp(rawValue: max(last?.time.rawValue ?? 0, 0))
  }

  private struct Marker {
    let id: EventID
    let cpu: Int32
    let count: UInt64?

    /// As the readers deliver it.
    func event(behind last: RecordedEvent?, name: EventNameID) -> RecordedEvent {
      var event = RecordedEvent()
      // Ids grow, also where two markers stand at one place.
      event.id = max(id, (last?.id ?? .min / 2) + 1)
      event.kind = .lostEvents
      event.cpu = cpu
      event.name = name
      event.task = RecordedEvent.noTask
      event.time = Removal.markerTime(behind: last)
      if let count { event.set(.len, count) }
      return event
    }
  }
}

extension Removal {
  /// In words, by the places of `whole`.
  package func description(in whole: WholeRecording) -> String {
    var words: [String] = []
    if !probes.isEmpty {
      words.append("probes \(probes.sorted().map { whole.label(of: $0) }.joined(separator: " "))")
    }
    for gap in gaps {
      let place = WholeRecording.place(of:)
      words.append("CPU \(gap.cpu) from \(place(gap.first)) to \(place(gap.last)), marker \(place(gap.marker))")
    }
    if let ring {
      let firsts = ring.firsts.sorted { $0.key < $1.key }
      words.append(
        "overwritten: "
          + firsts.map { "CPU \($0.key) begins at \(WholeRecording.place(of: $0.value))" }.joined(separator: ", "))
    }
    if let head { words.append("everything before \(WholeRecording.place(of: head))") }
    if let tail { words.append("everything behind \(WholeRecording.place(of: tail))") }
    return words.isEmpty ? "nothing" : words.joined(separator: "; ")
  }
}
