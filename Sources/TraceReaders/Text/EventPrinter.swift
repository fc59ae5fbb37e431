// Events as lines of `trace-cmd report`: for a cut of a recording whose own lines have another format.

import KVMEvents

/// Prints what the reader of trace-cmd's text reads as the same event: fields under the catalogue's keys, addresses and
/// pfns in hex. What an event does not contain is omitted: keys that the replay does not use, and a probe's address,
/// `()`.
package struct EventPrinter {
  private let tasks: [TraceTask]
  private let names: [(word: String, meanings: [CatalogueEvent])]
  private let decimals: Int

  /// - Parameters:
  ///   - names: by `EventNameID`.
  ///   - tasks: by `TaskID`.
  ///   - format: the recording's format.
  ///   - resolutionNs: the value of the last digit of its stamps: no finer ones are printed.
  package init(
    names: [EventName], tasks: [TraceTask], format: InputFormat, unit: StampUnit, resolutionNs: Int64,
    catalogue: ProbeCatalogue = .embedded
  ) {
    self.tasks = tasks
    self.names = names.map { name in
      let word = format.nameInCut(of: name.name)
      return (word, catalogue.meanings[word] ?? [])
    }
    decimals = unit == .tick ? 0 : resolutionNs > 1 ? 6 : 9
  }

  /// nil: trace-cmd's text cannot express it, as for a loss at an unknown position.
  func line(of event: RecordedEvent) -> [UInt8]? {
    if event.kind == .lostEvents {
      return LossMarker(cpu: event.cpu, count: event[.len], isPlaced: event[.flags] != RecordedEvent.lostAnywhere)
        .text()
    }
    let (name, meanings) = names[Int(event.name)]
    guard let meaning = meaning(of: event, meanings) else { return nil }
    let head = ReportHead(
      comm: tasks[Int(event.task)].comm, pid: event.pid, cpu: event.cpu, time: event.time.rawValue, decimals: decimals,
      name: name)
    return head.text + Array((Self.wording(event, meaning) ?? Self.fields(event, meaning)).utf8)
  }

  /// As the reader takes it: a meaning with a condition if its key is present.
  private func meaning(of event: RecordedEvent, _ meanings: [CatalogueEvent]) -> CatalogueEvent? {
    func condition(_ meaning: CatalogueEvent) -> EventField? {
      meaning.fields.first { $0.key == meaning.condition }?.field
    }
    let own = meanings.filter { $0.kind == event.kind }
    return own.first { condition($0).map(event.fields.contains) ?? false } ?? own.first { $0.condition == nil }
  }

  /// A tracepoint's own format; nil: it has none, or the event lacks a field of it.
  private static func wording(_ event: RecordedEvent, _ meaning: CatalogueEvent) -> String? {
    guard !meaning.pattern.isEmpty else { return nil }
    var text = ""
    for piece in meaning.pattern {
      switch piece {
      case .text(let piece): text += piece
      case .field(let key):
        guard let field = meaning.fields.first(where: { $0.key == key }), let value = event[field.field] else {
          return nil
        }
        text += number(value, field)
      }
    }
    return text
  }

  private static func fields(_ event: RecordedEvent, _ meaning: CatalogueEvent) -> String {
    var words = meaning.definition == nil ? [] : ["()"]
    var printed: EventFieldSet = []
    for field in meaning.fields where !printed.contains(field.field) {
      guard let value = event[field.field] else { continue }
      printed.insert(field.field)
      words.append("\(field.key)=\(number(value, field))")
    }
    return words.joined(separator: " ")
  }

  private static func number(_ value: UInt64, _ field: CatalogueField) -> String {
    switch field.field {
    case .kvm, .gpc, .uhva, .gpa, .pfn, .start, .end, .mn, .mm, .oldGpa, .oldUhva, .khva:
      "0x\(String(value, radix: 16))"
    case .ret: "\(Int64(bitPattern: value))"
    case .activeInvalidations, .seq, .mmuSeq, .active, .valid, .len, .generation, .slotsGeneration, .flags, .mnEvent,
      .slot, .write:
      "\(value)"
    }
  }
}

extension TextLines {
  /// `lines` lacks events that cannot be printed.
  package init(of events: [RecordedEvent], by printer: EventPrinter) {
    var lines: [EventID: [UInt8]] = [:]
    for event in events { lines[event.id] = printer.line(of: event) }
    self.init(header: [:], lines: lines)
  }
}
