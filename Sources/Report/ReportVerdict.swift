// The last lines of a report, which determine the exit status.

import KVMEvents
import Results
import TextLayout

/// The verdict on the recording, in one word; the reasons as sentences.
package struct ReportVerdict: Encodable, Sendable {
  package enum Status: String, Encodable, Sendable {
    case clean
    /// At least one finding.
    case findings
    /// No finding, but something that could hide one.
    case unknown
    /// The input was incomplete.
    case incomplete
  }

  package var status: Status
  package var reasons: [String]
}

extension ReportVerdict {
  init(of report: Report) {
    if let incomplete = report.trace.incomplete {
      self.init(status: .incomplete, reasons: [incomplete])
    } else if !report.findingCounts.isEmpty {
      self.init(status: .findings, reasons: Self.findings(report) + Self.doubts(report))
    } else {
      let doubts = Self.doubts(report)
      self.init(status: doubts.isEmpty ? .clean : .unknown, reasons: doubts.isEmpty ? [Self.clean] : doubts)
    }
  }

  private static let clean = "no missed invalidation, no divergence and no excessive retries in what was recorded"

  private static func findings(_ report: Report) -> [String] {
    report.findingCounts.map { "\(plural($0.count, "finding")): \($0.kind.rawValue), \($0.certainty.rawValue)" }
  }

  static let noInvalidation =
    "no invalidation of any VM was recorded: there was none, or its probes were missing"
  static let noCheck = "no check of any cache was recorded: there was none, or its probe was missing"

  /// The part of the input that was not read.
  private static func inputDoubts(_ report: Report) -> [String] {
    func count(_ doubt: ImportIssueKind.Doubt) -> Int64 {
      report.issues.filter { $0.kind.doubt == doubt }
        .reduce(Int64(0)) { $0.addingClamped($1.count) }
    }
    var doubts: [String] = []
    let (events, fields) = (count(.event), count(.field))
    let place = report.trace.eventPlace.ofInput.rawValue
    if events > 0 { doubts.append("\(plural(events, place)) could not be read: an event may be among them") }
    if fields > 0 { doubts.append("\(plural(fields, "event")) could not be read whole: what they say may be missing") }
    let repeated = count(.repetition)
    if repeated > 0 {
      doubts.append(
        repeated == 1
          ? "1 event may be the one above it once more"
          : "\(plural(repeated, "event")) may be those above them once more")
    }
    for issue in report.issues where issue.kind.doubt == .loss {
      doubts += issue.first.map(\.reason)
    }
    return doubts
  }

  /// What could hide a finding.
  private static func doubts(_ report: Report) -> [String] {
    var doubts: [String] = []
    if report.replay == nil { doubts.append("not replayed yet") }
    let gaps = report.losses.reduce(Int64(0)) { $0.addingClamped($1.gaps) }
    if gaps > 0 { doubts.append("events were lost in \(plural(gaps, "gap")): state carried across is unknown") }
    doubts += inputDoubts(report)
    for probe in report.missingProbes { doubts.append("no probe \(probe.probe): unknown \(probe.unknown)") }
    if !report.implausibleFields.isEmpty {
      let fields = Set(report.implausibleFields.map(\.field)).sorted().joined(separator: ", ")
      doubts.append("\(fields): not used, for \(Report.remedy)")
    }
    if !report.silentOmissions.isEmpty {
      doubts.append(
        "events were omitted without a marker (a filter, or CPU buffers that do not cover the same time): "
          + "no verdict depends on absent events")
    }
    for row in report.conformance where row.unknown > 0 {
      let subject = row.subject == .retryTest ? plural(row.unknown, "retry test") : plural(row.unknown, "check")
      let reasons = report.unknown(row.subject)
      doubts.append("\(subject) could not be judged" + (reasons.isEmpty ? "" : ": " + reasons))
    }
    guard report.replay != nil else { return doubts }
    let stuck = report.neverEnded.flatMap(\.waits).filter { !$0.canBeLeft }.flatMap(\.forms)
    if !stuck.isEmpty {
      let forms = Set(stuck).sorted().joined(separator: ", ")
      doubts.append("a refresh that never ended may be stuck: nothing refutes \(forms), which cannot leave that wait")
    }
    if report.counts.caches == 0 { doubts.append("no cache was recorded") }
    // One of any VM is enough: the probes are in the kernel, whose hooks all VMs share; probes missing in some of the
    // hooks are reported above.
    if report.counts.invalidations == 0 { doubts.append(noInvalidation) }
    // Every user of a cache checks it first. Without checks nothing shows whether one said yes where it must not.
    if report.counts.checks == 0 { doubts.append(noCheck) }
    return doubts
  }
}
