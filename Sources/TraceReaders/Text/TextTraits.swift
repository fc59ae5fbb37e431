// Which options a text was printed with, as far as its lines show.

struct TextTraits {
  private(set) var hasMicroseconds = false
  private(set) var hasNanoseconds = false
  private(set) var hasRawStamps = false
  /// The first record decides for all: a stamp without its decimal point is damage if the others have theirs.
  private(set) var beginsRaw = false
  private(set) var hasFlags = false
  private(set) var hasThreadGroups = false
  private(set) var isLatencyForm = false
  var isRaw = false

  /// Traits that the first record with them adds to the report.
  struct News: OptionSet {
    let rawValue: UInt8
    static let microseconds = News(rawValue: 1)
    static let cutComms = News(rawValue: 2)
  }

  @inline(__always) mutating func note(_ head: RecordHead, _ columns: HeadColumns) -> News {
    var news: News = []
    if head.hasFlags { hasFlags = true }
    if head.tgid >= 0 { hasThreadGroups = true }
    if columns == .latency, !isLatencyForm {
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
}
