// One line of `bpftrace -f json`.

/// `{"type": "printf", "data": "gpc v1 …\n"}` and its variants. Numbers may be strings: bpftrace prints those so that a
/// double cannot hold.
enum BpftraceMessage: Equatable {
  /// The bytes that the script printed: part of a line, a line, or several.
  case printed([UInt8])
  /// nil: their number is not known.
  case lost(UInt64?)
  /// Maps, times, attached probes: not part of the recording.
  case other

  /// nil: not a JSON object with a type.
  init?(_ line: Line) {
    var scanner = JSONScanner(line)
    guard let members = scanner.object(), let type = members["type"]?.text else { return nil }
    switch type {
    case "printf":
      guard case .string(let bytes) = members["data"] else { return nil }
      self = .printed(bytes)
    case "lost_events":
      // `count` today, `data.events` in older versions.
      self = .lost((members["count"] ?? members["data"]?["events"])?.number)
    case _: self = .other
    }
  }
}
