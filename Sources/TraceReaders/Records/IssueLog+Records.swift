// Issues of a record whose fields were read by its format.

import KVMEvents

extension IssueLog {
  /// An event that is not in the catalogue: reported once per name. Before it is counted.
  mutating func noteUnknown(_ entry: EventNameTable.Entry, at id: EventID, excerpt: @autoclosure () -> String) {
    guard entry.count == 0 else { return }
    let name = String(decoding: entry.name, as: UTF8.self)
    note(.unknownEvent, line: id, "the probe catalogue has no event `\(name)`", excerpt: excerpt())
  }

  /// - Parameter entry: of the plan's name.
  mutating func noteFields(
    _ faults: BodyFaults, _ plan: EventPlan, _ entry: EventNameTable.Entry, _ event: RecordedEvent, at id: EventID,
    place: String
  ) {
    let layout = entry.layouts[plan.meaning]
    let excerpt = "\(place): \(String(decoding: entry.name, as: UTF8.self))"
    if faults.badFields.rawValue != 0 {
      note(.badField, line: id, "no usable value: \(layout.keys(of: faults.badFields))", excerpt: excerpt)
    }
    if faults.badPointers.rawValue != 0 {
      note(
        .badPointer, line: id, "no kernel address (0 or hashed): \(layout.keys(of: faults.badPointers))",
        excerpt: excerpt)
    }
    if plan.missing.rawValue != 0 {
      note(.missingField, line: id, "without \(layout.keys(of: plan.missing))", excerpt: excerpt)
    }
    if event.endsBeforeItsStart {
      note(.endBelowStart, line: id, "the range ends below its start", excerpt: excerpt)
    }
  }
}
