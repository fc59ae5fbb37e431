// Which options of `trace-cmd report` a text was printed with.

struct TraceCmdTraits {
  private(set) var hasMicroseconds = false
  private(set) var hasNanoseconds = false
  private(set) var hasRawStamps = false
  private(set) var hasFlags = false
  private(set) var isLatencyForm = false
  var isRaw = false

  @inline(__always) mutating func note(_ head: RecordHead, form: HeadForm) {
    switch head.decimals {
    case 9: hasNanoseconds = true
    case 6: hasMicroseconds = true
    case _: hasRawStamps = true
    }
    if head.hasFlags { hasFlags = true }
    if form == .latency { isLatencyForm = true }
  }

  /// The options, for a sentence about the recording.
  var description: String {
    var options: [String] = []
    if hasNanoseconds { options.append("-t") }
    if hasRawStamps { options.append("raw time stamps") }
    if isLatencyForm { options.append("-l") }
    if isRaw { options.append("-R") }
    if hasFlags, !isLatencyForm { options.append("flags column") }
    return options.isEmpty ? "default" : options.joined(separator: ", ")
  }
}
