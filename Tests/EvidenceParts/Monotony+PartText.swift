// A part that is given as a text: the lines of the whole's text that are left, and markers.

import KVMEvents
import TraceReaders

extension Monotony {
  /// What is said of the part in `text` and not of the whole, which was read from `wholeText`.
  package func contradictions(ofTextIn text: TraceInput, wholeText: TraceInput) throws -> [Contradiction] {
    let part = try events(ofTextIn: text, wholeText: wholeText)
    var removal = Removal()
    let kept = part.filter { $0.kind != .lostEvents }.map(\.id)
    if let first = kept.first, first != judge.recording.events.first?.id { removal.head = first }
    if let last = kept.last, last != judge.recording.events.last?.id { removal.tail = last }
    return contradictions(without: removal) { try judge.judge(part) }
  }

  private func events(ofTextIn text: TraceInput, wholeText: TraceInput) throws -> [RecordedEvent] {
    let recording = judge.recording
    let lines = try TextLines(of: wholeText, wanted: Set(recording.events.map { $0.id / WholeRecording.idStep })).lines
      .sorted { $0.key < $1.key }
    let read = try WholeRecording(text, name: recording.name).events
    let partLines = try TextLines(of: text, wanted: Set(read.map { $0.id / WholeRecording.idStep })).lines
    var next = 0
    var part: [RecordedEvent] = []
    for var event in read {
      let line = partLines[event.id / WholeRecording.idStep]
      if event.kind != .lostEvents {
        while next < lines.count, lines[next].value != line { next += 1 }
      }
      if next < lines.count, lines[next].value == line {
        if let known = recording.event(lines[next].key * WholeRecording.idStep) { part.append(known) }
        next += 1
      } else if event.kind == .lostEvents {
        // A marker of the part's own: right before the line of the whole that comes next.
        let place = next < lines.count ? lines[next].key : (lines.last?.key ?? 0) + 1
        event.id = max(WholeRecording.marker(before: place * WholeRecording.idStep), (part.last?.id ?? 0) + 1)
        event.name = recording.lostEventsName
        part.append(event)
      }
    }
    return part
  }
}
