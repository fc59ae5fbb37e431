// The ftrace text in an HTML page, as systrace and Catapult's trace2html write them.

/// The text is in `<script class="trace-data" type="application/text">`, unchanged. A page may have several of these,
/// with other data, too (a list of processes).
struct TracePage {
  private enum Place {
    case page
    /// A trace-data script begins; its first line shows its contents.
    case begin
    case text
  }

  private var place = Place.page

  /// Whether a file is a page: by its first bytes.
  static func isPage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let front = String(decoding: bytes.prefix(1024), as: UTF8.self).lowercased()
    return front.first { !$0.isWhitespace && $0 != "\u{feff}" } == "<"
      && (front.contains("<!doctype html") || front.contains("<html"))
  }

  /// Whether the line belongs to the text.
  mutating func holds(_ line: Line) -> Bool {
    var start = line.start
    skipBlanks(&start, line.end)
    var ahead = start
    if skip("</script>", &ahead, line.end) {
      place = .page
      return false
    }
    switch place {
    case .page:
      if skip("<script class=\"trace-data\"", &start, line.end) { place = .begin }
      return false
    case .begin:
      if start == line.end { return false }
      var finder = HeadFinder(TracefsText.columns)
      place = skip("# tracer: ", &start, line.end) || finder.find(line, TracefsText.self) != nil ? .text : .page
      return place == .text
    case .text: return true
    }
  }
}
