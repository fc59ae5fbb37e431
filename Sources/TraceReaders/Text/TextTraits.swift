// Which options a text was printed with, as far as its lines show.

struct TextTraits {
  private(set) var hasMicroseconds = false
  private(set) var hasNanoseconds = false
  private(set) var hasRawStamps = false
  /// The first record tells for all: a stamp without its point is damage where the others have theirs.
  private(set) var beginsRaw = false
  private(set) var hasFlags = false
  private(set) var hasThreadGroups = false
  private(set) var isLatencyForm = false
  var isRaw = false

  /// What a record is the text's first to show, and reports say.
  struct News: OptionSet {
    let rawValue: UInt8
    static let microseconds = News(rawValue: 1)
    static let cutComms = News(rawValue: 2)
  }

  @inline(__always) mutating func note(_ head: RecordHead, form: HeadForm) -> News {
    var news: News = []
    if head.hasFlags { hasFlags = true }
    if head.tgid >= 0 { hasThreadGroups = true }
    if form == .latency, !isLatencyForm {
      isLatencyForm = true
      news = .cutComms
    }
    switch head.decimals {
    case 9: hasNanoseconds = true
    case 6:
      if !hasMicroseconds { news.insert(.microseconds) }
      hasMicroseconds = true
    case _:
      if !hasRawStamps, !hasNanoseconds, !hasMicroseconds { beginsRaw = true }
      hasRawStamps = true
    }
    return news
  }

  /// The options, for a sentence about the recording.
  func description(of format: InputFormat) -> String {
    let options =
      switch format {
      case .tracefsText, .webPage: tracefsOptions
      case .consoleLog: isLatencyForm ? ["as ftrace_dump() prints it"] : tracefsOptions
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
