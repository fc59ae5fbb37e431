// Which options a text was printed with, as far as its lines show.

struct TextTraits {
  private(set) var hasMicroseconds = false
  private(set) var hasNanoseconds = false
  private(set) var hasRawStamps = false
  private(set) var hasFlags = false
  private(set) var hasThreadGroups = false
  private(set) var isLatencyForm = false
  var isRaw = false

  /// True: this is the text's first time stamp in microseconds.
  @inline(__always) mutating func note(_ head: RecordHead, form: HeadForm) -> Bool {
    if head.hasFlags { hasFlags = true }
    if head.tgid >= 0 { hasThreadGroups = true }
    if form == .latency { isLatencyForm = true }
    switch head.decimals {
    case 9: hasNanoseconds = true
    case 6:
      defer { hasMicroseconds = true }
      return !hasMicroseconds
    case _: hasRawStamps = true
    }
    return false
  }

  /// The options, for a sentence about the recording.
  func description(of format: InputFormat) -> String {
    let options =
      switch format {
      case .tracefsText: tracefsOptions
      case .perfScript: perfScriptOptions
      case .traceCmdText, .traceDat, .perfData, .bpftrace: traceCmdOptions
      }
    return options.isEmpty ? "default" : options.joined(separator: ", ")
  }

  private var traceCmdOptions: [String] {
    var options: [String] = []
    if hasNanoseconds { options.append("-t") }
    if hasRawStamps { options.append("raw time stamps") }
    if isLatencyForm { options.append("-l") }
    if isRaw { options.append("-R") }
    if hasFlags, !isLatencyForm { options.append("flags column") }
    return options
  }

  private var tracefsOptions: [String] {
    var options: [String] = []
    if hasRawStamps { options.append("raw time stamps") }
    if hasThreadGroups { options.append("TGID column") }
    if !hasFlags { options.append("no flags columns") }
    if isRaw { options.append("fields") }
    return options
  }

  private var perfScriptOptions: [String] {
    var options: [String] = []
    if hasNanoseconds { options.append("--ns") }
    if hasThreadGroups { options.append("pid/tid") }
    return options
  }
}
