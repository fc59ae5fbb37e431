// Forms of a recording that nobody recorded, made from one that was: the text of `trace-cmd report -t`.

/// How a text is laid out anew. What each form looks like is told by the code that prints it (docs/trace-format.md);
/// the values are the recording's own.
package enum Rendering: String, CaseIterable, Sendable {
  /// trace-cmd 3.3 and later: a column of flags, five to seven of them.
  case flags
  /// `-R` of trace-cmd 3.3: the event's type behind the CPU.
  case eventType
  /// Two buffers: one has a name, the other blanks in its place; no prefix behind a loss marker.
  case buffers
  /// `--ts-diff`.
  case timeDifference
  /// `--raw-ts`: no point, and glued to what precedes from 12 digits on.
  case rawStamps
  /// The same with the flags of 3.3, the last of them no digit.
  case rawStampsFlags
  /// tracefs with five flags columns, and its head.
  case tracefs
  /// With the thread group, known or not.
  case tracefsThreadGroup
  /// Before Linux 5.16: four flags columns.
  case tracefsFourFlags
  /// PREEMPT_RT: eight.
  case tracefsEightFlags
  /// `options/irq-info` off: none.
  case tracefsNoFlags
  /// trace_pipe: no head.
  case tracePipe
  case perfScript
  case perfScriptNs
  case perfScriptNsPidTid
  /// `-g`: comms without padding, a call chain behind each record.
  case perfScriptCallChains
  /// Binary: rounds of one CPU after the other, each comm in a record of its own.
  case perfData
  case bpftrace
  case bpftraceJSON

  package enum Kept: Sendable {
    case nanoseconds
    /// Truncated to microseconds.
    case microseconds
  }

  /// What is left of the stamps.
  package var kept: Kept {
    switch self {
    case .tracefs, .tracefsThreadGroup, .tracefsFourFlags, .tracefsEightFlags, .tracefsNoFlags, .tracePipe, .perfScript:
      .microseconds
    case .flags, .eventType, .buffers, .timeDifference, .rawStamps, .rawStampsFlags, .perfScriptNs, .perfScriptNsPidTid,
      .perfScriptCallChains, .perfData, .bpftrace, .bpftraceJSON:
      .nanoseconds
    }
  }

  /// The text in this form; a binary one is no text.
  package func of(_ report: [UInt8]) -> [UInt8] {
    if self == .perfData { return PerfDataFile.of(report) }
    var output = Array(head.utf8)
    var previous: ReportRecord?
    var isBehindLoss = false
    for line in report.split(separator: 0x0a) {
      switch ReportLine(line) {
      case .record(let record):
        output += self.record(record, after: previous, isBehindLoss: isBehindLoss)
        (previous, isBehindLoss) = (record, false)
      case .loss(let cpu, let count):
        output += Array(loss(cpu, count, after: previous).utf8) + [0x0a]
        isBehindLoss = true
      case .other(let bytes): if isReport { output += bytes + [0x0a] }
      }
    }
    return output
  }

  private var isReport: Bool {
    switch self {
    case .flags, .eventType, .buffers, .timeDifference, .rawStamps, .rawStampsFlags: true
    case .tracefs, .tracefsThreadGroup, .tracefsFourFlags, .tracefsEightFlags, .tracefsNoFlags, .tracePipe, .perfScript,
      .perfScriptNs, .perfScriptNsPidTid, .perfScriptCallChains, .perfData, .bpftrace, .bpftraceJSON:
      false
    }
  }
}
