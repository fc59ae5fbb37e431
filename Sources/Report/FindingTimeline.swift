// A finding as a timeline of tasks, one line per event.

import KVMEvents
import TextLayout

/// The proof of one finding, a column per task, in the recording's order.
package struct FindingTimeline {
  private let finding: FindingDetail
  /// What the events' ids count.
  private let place: EventPlace
  private let unit: StampUnit
  private let database: String?

  package init(_ finding: FindingDetail, place: EventPlace, unit: StampUnit, database: String?) {
    self.finding = finding
    self.place = place
    self.unit = unit
    self.database = database
  }

  package var lines: [String] {
    let tasks = finding.proof.reduce(into: [String]()) { tasks, event in
      if !tasks.contains(event.task) { tasks.append(event.task) }
    }
    var rows = [[place.rawValue, unit.shortName] + tasks + ["lock or hook", "fields"]]
    let first = finding.proof.first?.tsNs ?? 0
    for event in finding.proof {
      let mark = event.line == finding.event ? "> " : ""
      let cells = tasks.map { $0 == event.task ? mark + event.name : "" }
      rows.append(
        [String(event.line), unit.shortFigure(event.tsNs.subtractingClamped(first))] + cells + [
          event.place, Self.fields(event),
        ])
    }
    let table = aligned(rows, right: [0, 1]).map { "   " + $0 }
    let witness = finding.witness.map { ["   " + $0.sentence(place)] } ?? []
    return (["#\(finding.id) \(finding.summary)", "   " + subject] + witness + table + again).map(\.printable)
  }

  /// Without the pointers, which the lines above the table name.
  private static func fields(_ event: FindingDetail.ProofEvent) -> String {
    let pointers = ["kvm=", "gpc=", "mn=", "mm="]
    return event.fields.split(separator: " ").filter { field in !pointers.contains { field.hasPrefix($0) } }
      .joined(separator: " ")
  }

  private var subject: String {
    var parts: [String] = []
    if let cache = finding.cache, let gpc = finding.gpc { parts.append("cache \(cache) (gpc \(gpc))") }
    if let vm = finding.vm, let kvm = finding.kvm { parts.append("VM \(vm) (kvm \(kvm))") }
    if let invalidation = finding.invalidation { parts.append("invalidation \(invalidation)") }
    if let refresh = finding.refresh { parts.append("refresh \(refresh)") }
    if let check = finding.check { parts.append("check \(check)") }
    return parts.joined(separator: ", ")
  }

  private var again: [String] {
    database.map { ["   again: gpc-replay explain \($0) --finding \(finding.id)"] } ?? []
  }
}
