// A finding as swim lanes in time.

import KVMEvents
import Report
import Results
import TextLayout

/// A lane per task, per contract window, and for what the events recorded of `gpc->valid`.
struct FindingPicture {
  private struct Lane {
    let label: String
    let content: Content

    var isUnknownBetween: Bool { if case .validity = content { true } else { false } }
  }

  private enum Content {
    case task(String)
    case contractWindow(FindingWindow.Span)
    case validity
  }

  private let finding: FindingDetail
  private let window: FindingWindow
  private let facts: RecordingFacts
  private let axis: TimeAxis
  private let lanes: [Lane]

  private static let laneHeight = 56
  private static let barTop = 28
  private static let barHeight = 22

  init(_ finding: FindingDetail, _ window: FindingWindow, _ facts: RecordingFacts) {
    self.finding = finding
    self.window = window
    self.facts = facts
    axis = TimeAxis(firstNs: window.shownNs.lowerBound, lastNs: window.shownNs.upperBound)
    var tasks: [String] = []
    for task in finding.proof.map(\.task) + window.spans.map(\.task) where !tasks.contains(task) { tasks.append(task) }
    let windows = window.spans.filter { $0.mark == .contractWindow }
    lanes =
      tasks.map { Lane(label: $0, content: .task($0)) }
      + windows.map {
        Lane(label: "contract window of invalidation \($0.number), \($0.task)", content: .contractWindow($0))
      }
      + (window.validities.isEmpty
        ? [] : [Lane(label: "gpc->valid of cache \(finding.cache ?? 0), where recorded", content: .validity)])
  }

  func draw(_ html: inout HTML) {
    let height = lanes.count * Self.laneHeight
    html.timeFigure(
      TimeFigure(
        kind: "lanes", caption: caption, region: "Timeline of finding \(finding.id)",
        alternative: "The table below has the events of the proof.", height: height,
        attributes: [("data-finding", String(finding.id))]),
      axis, facts.stampUnit
    ) { html in
      for (index, lane) in lanes.enumerated() { draw(lane, y: index * Self.laneHeight, &html) }
      for loss in window.losses { draw(loss, height: height, &html) }
      // Over the hatching.
      for (index, lane) in lanes.enumerated() { html.laneLabel(lane.label, y: index * Self.laneHeight) }
    } notes: { html in
      for cut in cuts { html.element("p", cut) }
    }
  }

  /// What is not drawn because there is too much of it.
  private var cuts: [String] {
    var cuts: [String] = []
    if window.roundCount > Int64(FindingWindow.roundsMax) {
      cuts.append(
        "The first \(grouped(FindingWindow.roundsMax)) of \(grouped(window.roundCount)) rounds are drawn: "
          + "query DB \"SELECT * FROM retry_round WHERE refresh_id = \(finding.refresh ?? 0)\".")
    }
    if window.hasMoreValidities {
      cuts.append(
        "The first \(grouped(FindingWindow.validitiesMax)) recorded values of gpc->valid are drawn: there are more.")
    }
    if window.hasMoreLosses { cuts.append("The first \(FindingWindow.lossesMax) gaps are hatched: there are more.") }
    return cuts
  }

  private var caption: String { "Finding #\(finding.id) in time, \(axis.words(facts.stampUnit))" }

  // MARK: Lanes

  private func draw(_ lane: Lane, y: Int, _ html: inout HTML) {
    html.void(
      "rect",
      [
        "class": lane.isUnknownBetween ? "track unknown" : "track", "x": "0", "y": String(y + Self.barTop),
        "width": "100%", "height": String(Self.barHeight),
      ])
    switch lane.content {
    case .task(let task):
      for span in window.spans where span.task == task && span.mark != .contractWindow { draw(span, y: y, &html) }
      for (index, event) in finding.proof.enumerated() where event.task == task {
        draw(event, number: index + 1, y: y, &html)
      }
    case .contractWindow(let span): draw(span, y: y, &html)
    case .validity:
      for validity in window.validities { draw(validity, y: y, &html) }
    }
  }

  private func draw(_ span: FindingWindow.Span, y: Int, _ html: inout HTML) {
    let end = span.toNs ?? axis.lastNs
    guard span.fromNs <= axis.lastNs, end >= axis.firstNs else { return }
    let (inset, height): (Int, Int) =
      switch span.mark {
      case .startHook, .endHook, .contractWindow, .refresh, .check: (0, Self.barHeight)
      case .lockWait: (8, 6)
      case .lookup: (6, 10)
      }
    let classes = ["span", span.mark.rawValue, span.cause?.rawValue, span.toNs == nil ? "open" : nil]
    html.bar(
      from: axis.place(span.fromNs), to: axis.place(end), y: y + Self.barTop + inset, height: height,
      [
        "class": classes.compactMap(\.self).joined(separator: " "), "data-mark": span.mark.rawValue,
        "data-from": String(span.fromEvent), "data-to": span.toEvent.map { String($0) } ?? "",
      ], title: words(span))
  }

  private func words(_ span: FindingWindow.Span) -> String {
    let what =
      switch span.mark {
      case .startHook: "start hook of invalidation \(span.number)"
      case .contractWindow: "contract window of invalidation \(span.number)"
      case .endHook: "end hook of invalidation \(span.number)"
      case .lockWait: "refresh \(span.number) before it has refresh_lock"
      case .refresh: "refresh \(span.number), under refresh_lock"
      case .lookup: "round \(span.number): hva_to_pfn()" + (span.cause.map { ", repeated: \($0.rawValue)" } ?? "")
      case .check: "check \(span.number): kvm_gpc_check()"
      }
    let place = facts.eventPlace.rawValue
    guard let toEvent = span.toEvent, let toNs = span.toNs else {
      return "\(what), \(span.task): from \(place) \(span.fromEvent), its end is not recorded"
    }
    let length = facts.stampUnit.shortFigure(toNs.subtractingClamped(span.fromNs))
    return "\(what), \(span.task): \(place)s \(span.fromEvent) to \(toEvent), \(length) \(facts.stampUnit.shortName)"
  }

  private func draw(_ event: FindingDetail.ProofEvent, number: Int, y: Int, _ html: inout HTML) {
    let isWrong = event.line == finding.event
    let place = axis.place(event.tsNs)
    let top = y + Self.barTop
    let title = "\(number): \(event.name), \(facts.eventPlace.rawValue) \(event.line), \(event.task)"
    html.sign(
      isWrong ? "M0 4L7 -9H-7Z" : "M0 -2V\(Self.barHeight + 2)", at: place, y: top,
      [
        "class": isWrong ? finding.signClass : "event", "data-mark": "proof", "data-event": String(event.line),
      ], title: isWrong ? "\(title): the wrong one" : title)
  }

  private func draw(_ validity: FindingWindow.Validity, y: Int, _ html: inout HTML) {
    let words = validity.isValid ? "valid" : "not valid"
    html.sign(
      validity.isValid ? "M-5 11a5 5 0 1 0 10 0a5 5 0 1 0 -10 0" : "M-4 7l8 8m0 -8l-8 8", at: axis.place(validity.ns),
      y: y + Self.barTop,
      [
        "class": validity.isValid ? "validity yes" : "validity no", "data-mark": "valid",
        "data-event": String(validity.event),
      ], title: "\(words) in \(facts.eventPlace.rawValue) \(validity.event)")
  }

  private func draw(_ loss: FindingWindow.Loss, height: Int, _ html: inout HTML) {
    let cpu = loss.cpu < 0 ? "an unknown CPU" : "CPU \(loss.cpu)"
    html.bar(
      from: axis.place(loss.fromNs ?? axis.firstNs), to: axis.place(loss.toNs), y: 0, height: height,
      ["class": "loss", "data-mark": "loss"], title: "events of \(cpu) were lost")
  }
}

extension FindingDetail {
  /// Of the sign at the event that is wrong; hollow if it is possible only.
  var signClass: String {
    let word = kind == .excessiveRetry ? "event slow" : "event wrong"
    return certainty == .certain ? word : "\(word) possible"
  }
}
