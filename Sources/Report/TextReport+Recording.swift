// What was read: the report's lines on the recording itself.

import KVMEvents
import Results
import TextLayout

extension TextReport {
  var recording: [StyledLine] {
    let trace = report.trace
    let counts = report.counts
    let kernel = trace.kernelRelease.map { "Linux \($0.text), " } ?? ""
    let span = trace.firstTsNs.flatMap { first in trace.lastTsNs.map { " in \(unit.length($0 - first))" } } ?? ""
    let read =
      "\(kernel)\(plural(trace.eventCount, "event"))\(span), \(trace.format), "
      + plural(trace.lineCount, place.ofInput.rawValue)
    var lines = fold("\(inputName(trace.fileName)): \(read)", indent: 0)
    if let filter = report.filter {
      let words = filter.words { unit.stamp($0, resolutionNs: trace.resolutionNs) }
      lines += fold("shown are only findings and refreshes under way: \(words)")
    }
    lines += (report.recordingMarks ?? []).flatMap { fold($0) }
    // Nothing is put together before a replay.
    if report.replay != nil {
      lines += fold(
        "\(plural(counts.vms, "VM")), \(plural(counts.caches, "cache")), \(plural(counts.memslots, "memslot")), "
          + "\(plural(counts.refreshes, "refresh", "refreshes")), \(plural(counts.rounds, "round")) "
          + "(at most \(grouped(counts.roundsMax)) in one)\(unpaired)")
    }
    let delta = report.replay.map { "; CPUs are ordered beyond \(unit.exact($0.deltaNs)) (--delta)" } ?? ""
    lines += fold("clock \(clock), stamps of \(unit.exact(trace.resolutionNs))\(delta)")
    if unit == .tick {
      lines += fold("ticks give an order, not a time: order and counts are judged, durations are not")
    }
    return lines
  }

  private var unpaired: String {
    let count = report.counts.invalidationsUnpaired
    return count > 0 ? "; \(plural(count, "invalidation")) without start or end" : ""
  }

  private var clock: String {
    // A clock that is not known here: the one assumed measures time.
    if unit == .tick, report.trace.clock.unit == .ns { return "unknown (raw stamps; --clock)" }
    let source =
      switch report.trace.clockSource {
      case .recorded: "recorded"
      case .convention: "by convention: bpftrace's nsecs"
      case .assumed: "assumed: the \(place == .record ? "file" : "text") does not say; --clock"
      }
    return "\(report.trace.clock.rawValue) (\(source))"
  }

  var inputIssues: [StyledLine] {
    var lines: [StyledLine] = []
    let unknown = report.events.filter { $0.kind == nil }
    if !unknown.isEmpty {
      let names = unknown.map { "\($0.name) \(grouped($0.count))" }
      lines += wrapped(names, label: "  ignored events: ", width: options.width).map { StyledLine($0) }
    }
    var sentences: [String] = []
    for issue in report.issues {
      sentences.append("\(issue.severity.rawValue): \(issue.kind.rawValue) \(grouped(issue.count))" + occurrence(issue))
    }
    for loss in report.losses {
      let unknownSize = loss.gapsOfUnknownSize > 0 ? "\(plural(loss.gapsOfUnknownSize, "gap")) of unknown size" : nil
      // No number if none is known: 0 would mean that nothing was lost.
      let known =
        loss.gapsOfUnknownSize < loss.gaps ? "\(plural(loss.gaps, "gap")), \(plural(loss.lost, "event"))" : nil
      let place = loss.cpu < 0 ? "lost on an unknown CPU" : "lost on CPU \(loss.cpu)"
      sentences.append("\(place): " + [known, unknownSize].compactMap(\.self).joined(separator: ", "))
    }
    for probe in report.missingProbes { sentences.append("no probe \(probe.probe): unknown \(probe.unknown)") }
    sentences += report.implausible.map { "implausible: \($0)" }
    if !report.implausibleFields.isEmpty { sentences.append(report.remedy) }
    sentences += report.leftOut.map { "omitted: \($0)" }
    sentences += report.whyIncomplete.map { "incomplete: \($0)" }
    return lines + sentences.flatMap { fold($0) }
  }

  private func occurrence(_ issue: Report.Issue) -> String {
    guard let first = issue.first.first else { return "" }
    let place =
      switch (self.place, first.line) {
      case (.record, 0): "before record 1"
      case (.record, _): "at record \(first.line)"
      case (.line, _), (.event, _): "in line \(first.line)"
      }
    return ", first \(place): \(first.reason)"
  }
}
