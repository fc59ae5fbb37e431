// What the decoder reports about malformed records.

import KVMEvents
import TextLayout

extension RecordDecoder {
  /// A record that cannot be used. Returns false, as nothing is delivered for it.
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

  mutating func noteDropped(_ loss: LossMarker) {
    issues.note(
      .unannouncedLoss, line: count,
      "CPU \(loss.cpu) dropped \(plural(loss.count ?? 0, "event")), according to its statistics; it is not known where",
      excerpt: "CPU \(loss.cpu)")
  }

  mutating func noteTime(_ time: Int64, _ stream: UnsafeMutablePointer<CPUStream>) {
    issues.note(
      .timeWentBack, line: count, "its stamp lies \(lastTime - time) below that of the event in front of it",
      excerpt: Self.place(stream))
  }

  mutating func noteUnknown(_ plan: EventPlan, _ stream: UnsafeMutablePointer<CPUStream>) {
    issues.noteUnknown(names.entries[Int(plan.name)], at: count, excerpt: Self.place(stream))
    names.count(plan.name, meaning: 0)
  }

  mutating func noteFields(
    _ faults: BodyFaults, _ plan: EventPlan, _ event: RecordedEvent, _ stream: UnsafeMutablePointer<CPUStream>
  ) {
    issues.noteFields(
      faults, plan, names.entries[Int(plan.name)], event, at: count, place: Self.place(stream))
  }

  private static func place(_ stream: UnsafeMutablePointer<CPUStream>) -> String {
    "CPU \(stream.pointee.cpu), time \(stream.pointee.time)"
  }
}
