// A span of time across a picture's width.

import KVMEvents

/// Stamps as places in percent, so that a picture fits any width and text keeps its size.
struct TimeAxis {
  let firstNs: Int64
  let lastNs: Int64

  /// From 0 to 100; what lies outside is at the edge.
  func place(_ ns: Int64) -> Double {
    let length = max(1, Double(lastNs) - Double(firstNs))
    return min(max((Double(ns) - Double(firstNs)) / length * 100, 0), 100)
  }

  /// The length up to a place, in the unit that suits all of it.
  func words(_ unit: StampUnit, percent: Int = 100) -> String {
    let length = lastNs.subtractingClamped(firstNs)
    let span = Int64(Int128(length) * Int128(percent) / 100)
    if unit == .ns && length >= 10_000_000 { return "\(unit.figure(span)) \(unit.name)" }
    return "\(unit.shortFigure(span)) \(unit.shortName)"
  }

  /// `12.345%`.
  static func percent(_ place: Double) -> String {
    let thousandths = Int((place * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)%"
  }
}

/// What a picture in time says of itself.
struct TimeFigure {
  /// The class of its drawing.
  let kind: String
  let caption: String
  /// The name of the part that scrolls.
  let region: String
  /// A sentence that says where its figures are in words.
  let alternative: String
  /// In pixels, without the axis.
  let height: Int
  var attributes: [(String, String)] = []
}

extension HTML {
  /// A drawing over an axis, with its caption and what is to be said of it.
  mutating func timeFigure(
    _ figure: TimeFigure, _ axis: TimeAxis, _ unit: StampUnit, drawing: (inout HTML) -> Void,
    notes: (inout HTML) -> Void
  ) {
    element("figure", ["class": "time"]) { html in
      html.element("figcaption", figure.caption)
      html.scrolling(figure.region) { html in
        let attributes = [
          ("class", figure.kind), ("role", "img"), ("width", "100%"), ("height", String(figure.height + 20)),
          ("aria-label", "\(figure.caption). \(figure.alternative)"),
        ]
        html.element("svg", joining: attributes + figure.attributes) { html in
          html.axis(axis, unit, y: figure.height + 14, height: figure.height)
          drawing(&html)
        }
      }
      notes(&html)
    }
  }

  /// The words over a lane whose upper edge is at `y`.
  mutating func laneLabel(_ words: String, y: Int) {
    element("text", ["class": "label", "x": "0", "y": String(y + 13)], words)
  }

  /// A rectangle over a span of the axis, not narrower than can be seen.
  mutating func bar(
    from: Double, to: Double, y: Int, height: Int, _ attributes: Attributes, title: String
  ) {
    let width = max(to - from, 0.35)
    let place: [(String, String)] = [
      ("x", TimeAxis.percent(min(from, 100 - width))), ("y", String(y)), ("width", TimeAxis.percent(width)),
      ("height", String(height)),
    ]
    marked("rect", place, attributes, title)
  }

  /// A shape at a place on the axis.
  mutating func sign(_ path: String, at place: Double, y: Int, _ attributes: Attributes, title: String) {
    element("svg", ["x": TimeAxis.percent(place), "y": String(y), "overflow": "visible"]) { html in
      html.marked("path", [("d", path)], attributes, title)
    }
  }

  private mutating func marked(
    _ tag: String, _ place: [(String, String)], _ attributes: Attributes, _ title: String
  ) {
    element(tag, joining: place + attributes.map { ($0.key, $0.value) }) { html in html.element("title", title) }
  }

  /// The ends and the middle of an axis, in words; at `y` and 14 below.
  private mutating func axis(_ axis: TimeAxis, _ unit: StampUnit, y: Int, height: Int) {
    for (place, anchor) in [(0, "start"), (50, "middle"), (100, "end")] {
      let x = "\(place)%"
      void("line", ["class": "tick", "x1": x, "x2": x, "y1": "0", "y2": String(height)])
      let words = axis.words(unit, percent: place)
      element("text", ["class": "axis", "x": x, "y": String(y), "text-anchor": anchor], words)
    }
  }
}
