// What the decoder reports about a perf.data and about malformed records.

import KVMEvents

extension PerfDecoder {
  /// What such a recording cannot show.
  mutating func noteFormLimits() {
    for attribute in events.attributes where attribute.isTracepoint {
      if attribute.samplePeriod != 1 {
        issues.note(.formLimit, line: 1, "not every event was recorded: perf record -c 1 does", excerpt: "")
        return
      }
      if attribute.overwrites {
        issues.note(
          .formLimit, line: 1, "overwritten events are not reported: perf record without --overwrite", excerpt: "")
        return
      }
    }
  }

  /// A record that cannot be used. Returns false, as nothing is delivered for it.
  mutating func noteRecord(_ reason: @autoclosure () -> String, _ head: SampleHead?) -> Bool {
    issues.note(.badRecord, line: count, "a record of no use: \(reason())", excerpt: head?.place ?? "")
    return false
  }

  mutating func noteTime(_ time: Int64, _ head: SampleHead) {
    issues.note(
      .timeWentBack, line: count, "\(lastTime - time) ns before the event in front of it", excerpt: head.place)
  }

  mutating func noteUnknown(_ name: EventNameID, _ head: SampleHead) {
    issues.noteUnknown(names.entries[Int(name)], at: count, excerpt: head.place)
    names.count(name, meaning: 0)
  }

  mutating func noteBreakOff(_ reason: String) {
    issues.note(.truncated, line: count, "the records break off: \(reason)", excerpt: "")
  }
}
