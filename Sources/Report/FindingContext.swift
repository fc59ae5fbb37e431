// What was recorded around a finding, and where to look it up.

import KVMEvents
import TextLayout
import TraceStore

/// The events before and after one, of all tasks.
package struct FindingContext {
  private struct Event {
    let id, tsNs, cpu: Int64
    let task, name, fields: String
  }

  private let finding: FindingDetail
  private let facts: RecordingFacts
  private let events: [Event]
  private let width: Int

  /// - Parameter count: of events before the wrong one, and after it.
  package init(
    _ finding: FindingDetail, _ count: Int, in database: TraceDatabase, width: Int
  ) throws(TraceStoreError) {
    self.finding = finding
    self.width = width
    facts = try database.facts()
    events =
      count == 0
      ? []
      : try database.rows(
        """
        SELECT event.id AS id, event.ts_ns AS ts_ns, event.cpu AS cpu,
          coalesce(event_text.comm || '-' || event_text.pid, '') AS task, event_text.name AS name, fields
        FROM event JOIN event_text ON event_text.id = event.id
        WHERE event.id IN (SELECT id FROM event WHERE id <= ?1 ORDER BY id DESC LIMIT ?2)
          OR event.id IN (SELECT id FROM event WHERE id > ?1 ORDER BY id LIMIT ?3)
        ORDER BY event.id
        """, finding.event, Int64(count) + 1, Int64(count)
      ) {
        Event(
          id: $0.integer("id"), tsNs: $0.integer("ts_ns"), cpu: $0.integer("cpu"), task: $0.text("task"),
          name: $0.text("name"), fields: $0.text("fields"))
      }
  }

  package var lines: [StyledLine] { around + lookUp }

  private func stamp(_ ns: Int64) -> String { facts.stampUnit.stamp(ns, resolutionNs: facts.resolutionNs) }

  private var around: [StyledLine] {
    if events.isEmpty { return [] }
    let proof = Set(finding.proof.map(\.line))
    var table = TextTable(right: [0, 1, 2])
    table.append([facts.eventPlace.rawValue, "time", "CPU", "task", "event"])
    for event in events {
      let mark = event.id == finding.event ? "> " : proof.contains(event.id) ? "* " : "  "
      table.append([String(event.id), stamp(event.tsNs), String(event.cpu), event.task, mark + event.name])
    }
    var lines: [StyledLine] = [StyledLine("   around it (>: the wrong event, *: its proof)", .heading)]
    for (index, line) in table.lines().enumerated() {
      lines.append(StyledLine("   " + line, index > 0 && events[index - 1].id == finding.event ? .heading : .plain))
      guard index > 0, !events[index - 1].fields.isEmpty else { continue }
      lines += folded(events[index - 1].fields, indent: 7, width: width).map { StyledLine($0) }
    }
    return lines
  }

  /// The wrong event in the recording itself.
  private var lookUp: [StyledLine] {
    let name = inputName(facts.fileName)
    let moment = finding.tsNs.map { stamp($0) } ?? ""
    let cpu = finding.cpu.flatMap { $0 < 0 ? nil : ", CPU \($0)" } ?? ""
    let sentence =
      switch facts.eventPlace {
      case .line:
        "in the recording: line \(finding.event) of \(name)\(facts.isPacked ? ", unpacked" : ""), at \(moment)\(cpu)"
      case .record:
        "in the recording: record \(finding.event) of \(name); `trace-cmd report -t` and KernelShark have it at \(moment)\(cpu)"
      case .event: "in the recording: event \(finding.event) of \(name) in time stamp order, at \(moment)\(cpu)"
      }
    return folded(sentence, indent: 3, width: width).map { StyledLine($0) }
  }
}

extension RecordingFacts {
  /// Lines count after unpacking.
  fileprivate var isPacked: Bool { [".zst", ".gz", ".xz"].contains { fileName.hasSuffix($0) } }
}
