// Which options of `trace-cmd report` a text was printed with.

struct TraceCmdTraits {
  private(set) var hasMicroseconds = false
  private(set) var hasNanoseconds = false
  private(set) var hasRawStamps = false
  private(set) var hasFlags = false
  private(set) var isLatencyForm = false
  var isRaw = false

  /// True: this is the text's first time stamp in microseconds.
  @inline(__always) mutating func note(_ head: RecordHead, form: HeadForm) -> Bool {
    if head.hasFlags { hasFlags = true }
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
