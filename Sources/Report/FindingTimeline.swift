// A finding as a timeline of tasks, one line per event.

import KVMEvents
import TextLayout

/// The proof of one finding, a column per task, in the recording's order; `>` marks the wrong event.
package struct FindingTimeline {
  /// How much of each event is shown.
  package enum Detail: Sendable {
    /// What fits beside the tasks.
    case brief
    /// Also the moment and CPU of each event, and all fields, if need be below it.
    case full
  }

  /// The recording's properties that a timeline depends on.
  package struct Format: Sendable {
    /// What the events' ids count.
    package var place: EventPlace
    package var unit: StampUnit
    package var resolutionNs: Int64
    /// In columns.
    package var width: Int

    package init(_ facts: RecordingFacts, width: Int) {
      place = facts.eventPlace
      unit = facts.stampUnit
      resolutionNs = facts.resolutionNs
      self.width = width
    }
  }

  private let finding: FindingDetail
  private let format: Format
  private let detail: Detail
  private let tasks: [String]

  package init(_ finding: FindingDetail, _ format: Format, _ detail: Detail) {
    self.finding = finding
    self.format = format
    self.detail = detail
    tasks = finding.proof.reduce(into: []) { tasks, event in
      if !tasks.contains(event.task) { tasks.append(event.task) }
    }
  }

  /// What it is, whose, and its proof, each indented by `indent`.
  package func lines(indent: Int) -> [StyledLine] {
    let heading = folded("#\(finding.id) \(finding.summary)", indent: indent, width: format.width)
    let said = sentences.flatMap { folded($0, indent: indent + 3, width: format.width) }
    return heading.map { StyledLine($0, .heading) } + said.map { StyledLine($0) } + table(indent: indent + 3) + culprits
  }

  /// What it is about, what the next lookup shows, why a refresh is excessive.
  package var sentences: [String] { [subject, witness, finding.excess?.sentence].compactMap(\.self) }

  private var subject: String? {
    var parts: [String] = []
    if let cache = finding.cache, let gpc = finding.gpc { parts.append("cache \(cache) (gpc \(gpc))") }
    if let vm = finding.vm, let kvm = finding.kvm { parts.append("VM \(vm) (kvm \(kvm))") }
    if let cause = finding.cause {
      let task = cause.task.map { " of \($0)" } ?? ""
      parts.append("invalidation \(cause.invalidation)\(task)\(cause.memslot)")
    }
    if let refresh = finding.refresh { parts.append("refresh \(refresh)") }
    if let check = finding.check { parts.append("check \(check)") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private var witness: String? { finding.witness.map { $0.sentence(format.place) } }

  /// The invalidations that alone explain most rounds.
  private var culprits: [StyledLine] {
    guard let culprits = finding.excess?.invalidations, !culprits.isEmpty else { return [] }
    let rows = culprits.map {
      [grouped($0.rounds), String($0.invalidation), "[\($0.start), \($0.end))", $0.cause.rawValue, $0.task ?? "?"]
    }
    let heading = ["   rounds", "invalidation", "range", "cause", "task"]
    return fitted([heading] + rows, right: [0, 1], optional: [3, 2, 1], width: format.width).map { StyledLine($0) }
  }

  // MARK: The table

  private enum Column { case place, stamp, cpu, since, task, event, hook, fields }

  /// From the widest to the narrowest; what a layout lacks is left out, or below each row.
  private var layouts: [[Column]] {
    let ends: [[Column]] = [[.hook, .fields], [.hook], []]
    switch detail {
    case .brief:
      return ends.map { [.place, .since, .event] + $0 } + [[.place, .since, .task, .event], [.place, .event]]
    case .full:
      let all: [Column] = [.place, .stamp, .cpu, .since]
      return ends.map { all + [.event] + $0 } + [all + [.task, .event], [.place, .stamp, .cpu, .task, .event]]
        + [[.place, .stamp, .event], [.place, .event]]
    }
  }

  private func table(indent: Int) -> [StyledLine] {
    guard !finding.proof.isEmpty else { return [] }
    let room = format.width - indent
    let candidates = layouts.map { columns in (columns, table(columns)) }
    guard let (columns, table) = candidates.first(where: { $0.1.width <= room }) ?? candidates.last else { return [] }
    let blanks = String(repeating: " ", count: indent)
    var lines: [StyledLine] = []
    for (index, line) in table.lines().enumerated() {
      let event = index > 0 ? finding.proof[index - 1] : nil
      lines.append(StyledLine(blanks + line, event?.line == finding.event ? .heading : .plain))
      guard detail == .full, let event else { continue }
      let rest = [columns.contains(.hook) ? "" : event.place, columns.contains(.fields) ? "" : fields(event)]
        .filter { !$0.isEmpty }
      if rest.isEmpty { continue }
      lines += folded(rest.joined(separator: "; "), indent: indent + 4, width: format.width).map { StyledLine($0) }
    }
    return lines
  }

  private func table(_ columns: [Column]) -> TextTable {
    /// A column for each task, unless the tasks have one in common.
    let isPerTask = !columns.contains(.task)
    var right: Set<Int> = []
    for (index, column) in columns.enumerated() {
      switch column {
      case .place, .stamp, .cpu, .since: right.insert(index)
      case .task, .event, .hook, .fields: break
      }
    }
    var table = TextTable(right: right)
    table.append(columns.flatMap { heading($0, isPerTask) })
    for event in finding.proof { table.append(columns.flatMap { cells($0, event, isPerTask) }) }
    return table
  }

  private func heading(_ column: Column, _ isPerTask: Bool) -> [String] {
    switch column {
    case .place: [format.place.rawValue]
    case .stamp: [format.unit == .ns ? "time" : "stamp"]
    case .cpu: ["CPU"]
    case .since: [format.unit.shortName]
    case .task: ["task"]
    case .event: isPerTask ? tasks : ["event"]
    case .hook: ["lock or hook"]
    case .fields: ["fields"]
    }
  }

  private func cells(_ column: Column, _ event: FindingDetail.ProofEvent, _ isPerTask: Bool) -> [String] {
    let name = (event.line == finding.event ? "> " : "") + event.name
    return switch column {
    case .place: [String(event.line)]
    case .stamp: [format.unit.stamp(event.tsNs, resolutionNs: format.resolutionNs)]
    case .cpu: [event.cpu < 0 ? "" : String(event.cpu)]
    case .since: [format.unit.shortFigure(event.tsNs.subtractingClamped(finding.proof.first?.tsNs ?? 0))]
    case .task: [event.task]
    case .event: isPerTask ? tasks.map { $0 == event.task ? name : "" } : [name]
    case .hook: [event.place]
    case .fields: [fields(event)]
    }
  }

  /// Of an event, without the pointers, which the sentences above the table name.
  package func fields(_ event: FindingDetail.ProofEvent) -> String {
    let pointers = ["kvm=", "gpc=", "mn=", "mm="]
    return event.fields.split(separator: " ").filter { field in !pointers.contains { field.hasPrefix($0) } }
      .joined(separator: " ")
  }
}
