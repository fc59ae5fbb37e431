// How the records of one event type are read: its format and the catalogue, combined once.

import KVMEvents

struct EventPlan {
  let name: EventNameID
  /// Which of the name's meanings: selected by the fields of the format.
  let meaning: Int
  let kind: EventKind
  let isKnown: Bool
  /// Where the text of trace_marker's event begins in its records; -1: it is another event.
  let markPlace: Int
  /// It gives comms: there is a `RecordTeller` for it.
  let tellsComms: Bool
  let pid: RecordNumber
  let steps: UnsafeMutableBufferPointer<FieldStep>
  /// Minimum size of a record for all of the steps, in bytes.
  let recordBytes: Int
  /// Fields that the catalogue requires and the format does not have.
  let missing: EventFieldSet
  /// Fields whose format is not a number.
  let unusable: EventFieldSet

  /// - Parameter entry: of the event's name.
  init(
    _ format: EventFormat, pid: RecordNumber, name: EventNameID, entry: EventNameTable.Entry, tellsComms: Bool
  ) {
    self.tellsComms = tellsComms
    markPlace = format.name == "print" ? format.field("buf")?.offset ?? -1 : -1
    self.name = name
    self.pid = pid
    isKnown = entry.isKnown
    meaning = Self.meaning(of: format, entry)
    kind = entry.layouts[meaning].kind
    var steps: [FieldStep] = []
    var found = EventFieldSet(rawValue: 0)
    var unusable = EventFieldSet(rawValue: 0)
    for slot in entry.layouts[meaning].slots {
      guard case .field(let field) = slot.use, let source = format.field(slot.name) else { continue }
      if let number = RecordNumber(source) {
        steps.append(FieldStep(number, field, slot.type))
        found.insert(field)
      } else {
        unusable.insert(field)
      }
    }
    self.unusable = unusable
    missing = EventFieldSet(
      rawValue: entry.layouts[meaning].required.rawValue & ~found.rawValue & ~unusable.rawValue)
    recordBytes = max(steps.map(\.source.end).max() ?? 0, pid.end)
    self.steps = .allocate(capacity: steps.count)
    _ = self.steps.initialize(from: steps)
  }

  /// Reads the fields of a record that has this event's type. Errors in them are for `IssueLog.noteFields`.
  @inline(__always)
  func read(
    _ record: UnsafeRawPointer, bytes: Int, isBigEndian: Bool, into event: inout RecordedEvent
  ) -> BodyFaults {
    var faults = BodyFaults()
    faults.badFields = unusable
    for place in 0..<steps.count {
      let step = steps[place]
      if bytes < recordBytes, bytes < step.source.end {
        faults.badFields.insert(step.field)
        continue
      }
      let value = step.source.value(in: record, isBigEndian: isBigEndian)
      faults.store(value, in: step.field, at: step.place, as: step.type, of: &event)
    }
    return faults
  }

  /// A meaning with a condition holds for the formats that have its key.
  private static func meaning(of format: EventFormat, _ entry: EventNameTable.Entry) -> Int {
    let conditional = entry.layouts.firstIndex { layout in
      guard let condition = layout.condition else { return false }
      return layout.slots.contains { $0.use == .field(condition) && format.field($0.name) != nil }
    }
    return conditional ?? entry.layouts.firstIndex { $0.condition == nil } ?? 0
  }
}

/// One field of an event: its position in the record, and its destination.
struct FieldStep {
  let source: RecordNumber
  let field: EventField
  /// The field's index in an event; precomputed, since reading it from the enum is a call.
  let place: Int
  let type: FieldType

  init(_ source: RecordNumber, _ field: EventField, _ type: FieldType) {
    (self.source, self.field, place, self.type) = (source, field, field.rawValue, type)
  }
}
