// A console log with an ftrace dump: which of its lines belong to the dump.

import KVMEvents

/// The position of a text in a console log.
enum ConsoleDump {
  /// No dump was announced, or one is over.
  case outside
  /// Announced; a line of dashes comes before the records, and another one after them.
  case begun
  case inside
}

extension TraceText {
  /// A line that is not a record, with or without a console's prefix.
  mutating func readConsole(_ line: Line, id: EventID, into event: inout RecordedEvent) -> OtherLine {
    let text = ConsoleLine(line)?.text ?? line
    if let marker = LossMarker(text, prefix: 0) {
      deliver(marker, id: id, into: &event)
      return .event
    }
    switch ConsoleNote(text) {
    case .dumpBegins:
      (dump, isWatching) = (.begun, false)
      return .passed
    case .dashes:
      switch dump {
      case .outside: break
      case .begun: dump = .inside
      case .inside: (dump, isWatching) = (.outside, true)
      }
      return .passed
    case .dropped:
      guard dump != .outside else { return .passed }
      deliver(LossMarker(cpu: RecordedEvent.unknownCPU, count: nil), id: id, into: &event)
      return .event
    case nil: break
    }
    if dump != .outside, let note = TracefsNote(text, isInHead: true) {
      return if case .empty = note { .passed } else { read(note, text, id: id, into: &event) }
    }
    if mayBePartOfRecord(text) {
      issues.note(.badLine, line: id, finder.failure.reason, line)
    } else if dump != .outside, let name = names.id(of: "console line") {
      if names.entries[Int(name)].count == 0 {
        issues.note(.unknownEvent, line: id, "a line of the log that is none of the dump's", line)
      }
      names.count(name, meaning: 0)
    }
    return .passed
  }

  /// A record before which no dump was announced, or after the end of one: the begin of its dump is missing, and the
  /// record becomes the loss.
  mutating func deliversBeginOfDump(_ line: Line, id: EventID, into event: inout RecordedEvent) -> Bool {
    (dump, isWatching) = (.inside, false)
    issues.note(
      .unannouncedLoss, line: id,
      "the log does not show where this dump begins: this record counts as lost with what was before it",
      line)
    deliver(LossMarker(cpu: RecordedEvent.unknownCPU, count: nil), id: id, into: &event)
    return true
  }

  /// Another message names no catalogue event, and has no task and CPU.
  private func mayBePartOfRecord(_ text: Line) -> Bool {
    switch finder.failure {
    case .noTask, .noCPU: break
    case .cpuTooLarge, .noTime, .oddDecimals, .timeTooLarge, .gluedFlags, .noName: return true
    }
    return text.bytes.split(separator: 0x20).contains {
      $0.last == UInt8(ascii: ":") && names.isInCatalogue($0.dropLast())
    }
  }
}
