// The lines of each form.

extension Rendering {
  var head: String {
    switch self {
    case .tracefs, .tracefsFourFlags, .tracefsEightFlags, .tracefsNoFlags:
      """
      # tracer: nop
      #
      # entries-in-buffer/entries-written: 12/12   #P:4
      #
      #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
      #              | |         |   |||||     |         |

      """
    case .tracefsThreadGroup:
      "# tracer: nop\n#\n# entries-in-buffer/entries-written: 12/12   #P:4\n#\n#           TASK-PID       TGID    CPU#\n"
    case .perfScriptNs:
      "# ========\n# captured on    : Tue Nov 24 11:01:28 2026\n# nrcpus online : 4\n# ========\n#\n"
    case .bpftrace: "Attaching 22 probes...\n"
    case .bpftraceJSON: "{\"type\": \"attached_probes\", \"data\": {\"probes\": 22}}\n"
    case .flags, .eventType, .buffers, .timeDifference, .rawStamps, .rawStampsFlags, .tracePipe, .perfScript,
      .perfScriptNsPidTid, .perfScriptCallChains, .perfData:
      ""
    }
  }

  func record(_ record: ReportRecord, after previous: ReportRecord?, isBehindLoss: Bool) -> [UInt8] {
    let fields = padded(record.name + ": ", 22) + record.body
    let task = padded(String(record.pid), 5)
    let cpu = "[\(digits(record.cpu, 3))]"
    switch self {
    case .flags: return record.column + text("-\(task) \(cpu) \(flags(record)) \(stamp(record)): \(fields)\n")
    case .eventType: return record.column + text("-\(task) \(cpu)-0x1f   \(stamp(record)): \(fields)\n")
    case .buffers:
      let prefix = isBehindLoss ? "" : record.pid % 2 == 0 ? " other: " : "        "
      return text(prefix) + record.column + text("-\(task) \(cpu)   \(stamp(record)): \(fields)\n")
    case .timeDifference:
      let difference = previous.map { "(+\(record.timeNs - $0.timeNs))" } ?? ""
      return record.column + text("-\(task) \(cpu)   \(stamp(record)): \(padded(difference, 8)) \(fields)\n")
    case .rawStamps: return record.column + text("-\(task) \(cpu)\(right(String(record.timeNs), 12)): \(fields)\n")
    case .rawStampsFlags:
      return record.column + text("-\(task) \(cpu) d..2.\(right(String(record.timeNs), 12)): \(fields)\n")
    case .tracefs, .tracePipe: return tracefs(record, " .....")
    case .tracefsThreadGroup:
      let group = record.pid % 3 == 0 ? "(-------) " : "(\(right(String(record.pid), 7))) "
      return tracefs(record, " d.h1.", group: group)
    case .tracefsFourFlags: return tracefs(record, " d..1")
    case .tracefsEightFlags: return tracefs(record, " d..2.11.")
    case .tracefsNoFlags: return tracefs(record, "")
    case .perfScript, .perfScriptNs, .perfScriptNsPidTid, .perfScriptCallChains: return perf(record)
    case .perfData: preconditionFailure("a binary form has no lines")
    case .bpftrace: return bpftrace(record)
    case .bpftraceJSON: return json(bpftrace(record))
    }
  }

  func loss(_ cpu: Int, _ count: Int?, after previous: ReportRecord?) -> String {
    switch self {
    case .flags, .eventType, .buffers, .timeDifference, .rawStamps, .rawStampsFlags:
      (self == .buffers ? " other: " : "") + "CPU:\(cpu) [\(count.map { "\($0) " } ?? "")EVENTS DROPPED]"
    case .tracefs, .tracefsThreadGroup, .tracefsFourFlags, .tracefsEightFlags, .tracefsNoFlags, .tracePipe:
      "CPU:\(cpu) [LOST \(count.map { "\($0) " } ?? "")EVENTS]"
    case .perfScript, .perfScriptNs, .perfScriptNsPidTid, .perfScriptCallChains:
      "         swapper     0 [\(digits(cpu, 3))] \(stamp(previous)): PERF_RECORD_LOST lost \(count ?? 1)"
    case .perfData: preconditionFailure("a binary form has no lines")
    case .bpftrace: "Lost \(count ?? 1) events"
    case .bpftraceJSON:
      count == nil
        ? "{\"type\": \"lost_events\", \"data\": {\"events\": 1}}"
        : "{\"type\": \"lost_events\", \"count\": \"\(count ?? 1)\"}"
    }
  }

  private func tracefs(_ record: ReportRecord, _ flags: String, group: String = "") -> [UInt8] {
    let time = right("\(record.timeNs / 1_000_000_000).\(digits(Int(record.timeNs / 1000 % 1_000_000), 6))", 12)
    return record.column
      + text(
        "-\(padded(String(record.pid), 7)) \(group)[\(digits(record.cpu, 3))]\(flags) \(time): \(record.name): \(record.body)\n"
      )
  }

  private func perf(_ record: ReportRecord) -> [UInt8] {
    let task =
      self == .perfScriptNsPidTid
      ? "\(right(String(record.pid), 7))/\(padded(String(record.pid), 7))" : right(String(record.pid), 7)
    let group = record.name == "kvm_unmap_hva_range" ? "kvm" : "gpc"
    let line =
      " \(task) [\(digits(record.cpu, 3))] \(stamp(record)): \(right("\(group):\(record.name):", 32)) \(record.body)\n"
    guard self == .perfScriptCallChains else { return record.column + text(line) }
    let chain = "\tffffffff81234567 kvm_gpc_check+0x4 ([kvm])\n\t    7f0012345678 [unknown] (/usr/bin/workload)\n\n"
    return record.comm + text(line + chain)
  }

  private func bpftrace(_ record: ReportRecord) -> [UInt8] {
    // A kprobe's address is none of the script's fields, and the tracepoint's words become keys.
    var body = record.body
    if let close = body.firstIndex(of: ")"), body.hasPrefix("(") { body = String(body[close...].dropFirst(2)) }
    if record.name == "kvm_unmap_hva_range" {
      let words = body.split(separator: " ")
      if words.count == 7 { body = "start=\(words[4]) end=\(words[6])" }
    }
    let fields = body.isEmpty ? "" : " " + body
    return text("gpc v1 \(record.timeNs) \(record.cpu) \(record.pid) \(record.name)\(fields) comm=") + record.comm + [
      0x0a
    ]
  }

  /// A message, in two pieces where the line's number of bytes is odd.
  private func json(_ line: [UInt8]) -> [UInt8] {
    let middle = line.count / 2
    let pieces = line.count % 2 == 0 ? [line[...]] : [line[..<middle], line[middle...]]
    return pieces.flatMap { text("{\"type\": \"printf\", \"data\": \"") + escaped($0) + text("\"}\n") }
  }

  private func escaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x0a: text("\\n")
      case UInt8(ascii: "\""): text("\\\"")
      case UInt8(ascii: "\\"): text("\\\\")
      case 0..<0x20: text("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
      case _: [byte]
      }
    }
  }

  /// trace-cmd prints `-t` and perf `--ns` alike; without, perf truncates.
  private func stamp(_ record: ReportRecord?) -> String {
    let timeNs = record?.timeNs ?? 0
    let fraction =
      kept == .microseconds ? digits(Int(timeNs / 1000 % 1_000_000), 6) : digits(Int(timeNs % 1_000_000_000), 9)
    return right("\(timeNs / 1_000_000_000)", 5) + "." + fraction
  }

  private func flags(_ record: ReportRecord) -> String {
    ["d..2.", ".....", "dNh1.", "....1.", "..Zff", "d..2.12"][record.pid % 6]
  }

  private func text(_ string: String) -> [UInt8] { Array(string.utf8) }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.utf8.count, 0))
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.utf8.count, 0)) + text
  }

  private func digits(_ number: Int, _ width: Int) -> String {
    String(repeating: "0", count: max(width - String(number).count, 0)) + String(number)
  }
}
