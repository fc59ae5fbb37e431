// What the decoder notes about records that are not clean.

import KVMEvents

extension RecordDecoder {
  /// A record that cannot be used. Gives false, as nothing is delivered for it.
  mutating func noteRecord(_ reason: @autoclosure () -> String, _ stream: UnsafeMutablePointer<CPUStream>) -> Bool {
    issues.note(.badRecord, line: count, "a record of no use: \(reason())", excerpt: Self.place(stream))
    return false
  }

  mutating func notePage(_ fault: PageFault, _ stream: UnsafeMutablePointer<CPUStream>) {
    issues.note(
      .badPage, line: count, "\(fault.reason); what it held is taken as lost", excerpt: "CPU \(stream.pointee.cpu)")
  }

  mutating func noteCutOff(_ reason: String, _ stream: UnsafeMutablePointer<CPUStream>) {
    issues.note(.truncated, line: count, reason, excerpt: "CPU \(stream.pointee.cpu)")
  }

  mutating func noteTime(_ time: Int64, _ stream: UnsafeMutablePointer<CPUStream>) {
    issues.note(
      .timeWentBack, line: count, "\(lastTime - time) ns before the event in front of it",
      excerpt: Self.place(stream))
  }

  mutating func noteUnknown(_ plan: EventPlan, _ stream: UnsafeMutablePointer<CPUStream>) {
    if names.entries[Int(plan.name)].count == 0 {
      let name = String(decoding: names.entries[Int(plan.name)].name, as: UTF8.self)
      issues.note(
        .unknownEvent, line: count, "the probe catalogue has no event `\(name)`", excerpt: Self.place(stream))
    }
    names.count(plan.name, meaning: 0)
  }

  mutating func noteFields(
    _ faults: BodyFaults, _ plan: EventPlan, _ event: RecordedEvent, _ stream: UnsafeMutablePointer<CPUStream>
  ) {
    let layout = names.entries[Int(plan.name)].layouts[plan.meaning]
    let name = String(decoding: names.entries[Int(plan.name)].name, as: UTF8.self)
    let excerpt = "\(Self.place(stream)): \(name)"
    if faults.badFields.rawValue != 0 {
      issues.note(.badField, line: count, "no usable value: \(layout.keys(of: faults.badFields))", excerpt: excerpt)
    }
    if faults.badPointers.rawValue != 0 {
      issues.note(
        .badPointer, line: count, "no kernel address (0 or hashed): \(layout.keys(of: faults.badPointers))",
        excerpt: excerpt)
    }
    if plan.missing.rawValue != 0 {
      issues.note(.missingField, line: count, "without \(layout.keys(of: plan.missing))", excerpt: excerpt)
    }
    if event.endsBeforeItsStart {
      issues.note(.endBelowStart, line: count, "the range ends below its start", excerpt: excerpt)
    }
  }

  private static func place(_ stream: UnsafeMutablePointer<CPUStream>) -> String {
    "CPU \(stream.pointee.cpu), time \(stream.pointee.time)"
  }
}
