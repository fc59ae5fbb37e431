// A recording in memory, read once by the real reader: what parts are taken of.

import KVMEvents
import Replay
import TraceReaders

/// All events of a recording, and what else an import knows of it.
///
/// Ids are the reader's times `idStep`, so that loss markers find room before every event.
package struct WholeRecording: Sendable {
  package static let idStep: EventID = 16

  package let name: String
  package let events: [RecordedEvent]
  package let options: ReplayOptions
  let summary: ReadSummary

  /// What the reader says of the recording and what does not change with the events that are taken away.
  struct ReadSummary: Sendable {
    let tasks: [TraceTask]
    let names: [EventName]
    let issues: [ImportIssue]
    let issueCounts: [ImportIssueKind: Int64]
    let format: String
    let clock: TraceClock
    let clockSource: ClockSource
    let resolutionNs: Int64
    let incomplete: String?
    let eventPlace: EventPlace
  }

  /// - Parameter clock: of the recording, where it does not say.
  package init(_ input: TraceInput, name: String, clock asked: TraceClock? = nil) throws(TraceReadError) {
    let reader = try TraceReader(input)
    var events: [RecordedEvent] = []
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {
      for var event in batch {
        event.id *= Self.idStep
        events.append(event)
      }
    }
    let isRecorded = reader.facts.knownClock != nil && reader.facts.clockSource == .recorded
    let clock = isRecorded ? reader.facts.knownClock ?? .local : asked ?? reader.facts.knownClock ?? .local
    var options = ReplayOptions()
    options.deltaNs = clock.uncertainty(resolutionNs: reader.facts.resolutionNs)
    options.mayHideLoss = reader.issueCounts[.formLimit] ?? 0 > 0
    self.init(
      name: name, events: events, options: options,
      summary: ReadSummary(
        tasks: reader.tasks, names: reader.names, issues: reader.issues, issueCounts: reader.issueCounts,
        format: reader.facts.format, clock: clock, clockSource: reader.facts.clockSource,
        resolutionNs: reader.facts.resolutionNs, incomplete: reader.facts.incomplete,
        eventPlace: reader.facts.eventPlace))
  }

  private init(name: String, events: [RecordedEvent], options: ReplayOptions, summary: ReadSummary) {
    self.name = name
    self.events = events
    self.options = options
    self.summary = summary
    let known = summary.names.firstIndex { $0.kind == .lostEvents }
    lostEventsName = EventNameID(known ?? summary.names.count)
    names = known == nil ? summary.names + [EventName(name: "lost events", kind: .lostEvents, count: 0)] : summary.names
  }

  var isBinary: Bool { summary.eventPlace == .record }

  /// The same recording with these events alone.
  func with(_ events: [RecordedEvent]) -> WholeRecording {
    WholeRecording(name: name, events: events, options: options, summary: summary)
  }

  /// A part as a recording of its own, its events where they were.
  package func part(without removal: Removal) -> WholeRecording { with(removal.applied(to: self)) }

  /// The name that loss markers go under; the reader gives it to the first one it meets.
  let lostEventsName: EventNameID
  /// By `EventNameID`, that one among them.
  let names: [EventName]

  /// Where an event stands in the recording: a line, or a record. A marker of a gap stands before it.
  package static func place(of id: EventID) -> String {
    id % idStep == 0 ? "\(id / idStep)" : "before \(id / idStep + 1)"
  }

  /// Right behind the event before this one.
  static func marker(before id: EventID) -> EventID { id - idStep + 1 }

  /// The probes that fired: the names of its events, loss markers not among them.
  package var probes: [EventNameID] {
    Set(events.filter { $0.kind != .lostEvents }.map(\.name)).sorted()
  }

  package func label(of probe: EventNameID) -> String { names[Int(probe)].name }

  /// nil: it is no event of this recording.
  func event(_ id: EventID) -> RecordedEvent? {
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < events.count && events[low].id == id ? events[low] : nil
  }
}
