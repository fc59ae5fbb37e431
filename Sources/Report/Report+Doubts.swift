// What could hide a finding, in sentences.

import KVMEvents
import Results
import TextLayout

extension Report.DoubtCount {
  var counted: String {
    switch subject {
    case .retryTest: plural(count, "retry test")
    case .check: plural(count, "check")
    case .cause: plural(count, "round")
    }
  }
}

extension Report {
  /// - Parameter isWhole: all of the recording was judged.
  static func noInvalidation(isWhole: Bool) -> String {
    isWhole
      ? "no invalidation of any VM was recorded: there was none, or its probes were missing"
      : "no invalidation of any VM is in what was judged"
  }

  static func noCheck(isWhole: Bool) -> String {
    isWhole
      ? "no check of any cache was recorded: there was none, or its probe was missing"
      : "no check of any cache is in what was judged"
  }

  /// The part of the input that was not read.
  private var inputDoubts: [String] {
    func count(_ doubt: ImportIssueKind.Doubt) -> Int64 {
      issues.filter { $0.kind.doubt == doubt }
        .reduce(Int64(0)) { $0.addingClamped($1.count) }
    }
    var doubts: [String] = []
    let (events, fields) = (count(.event), count(.field))
    let place = trace.eventPlace.ofInput.rawValue
    if events > 0 { doubts.append("\(plural(events, place)) could not be read: an event may be among them") }
    if fields > 0 { doubts.append("\(plural(fields, "event")) could not be read whole: what they say may be missing") }
    let repeated = count(.repetition)
    if repeated > 0 {
      doubts.append(
        repeated == 1
          ? "1 event may be the one above it once more"
          : "\(plural(repeated, "event")) may be those above them once more")
    }
    for issue in issues where issue.kind.doubt == .loss {
      doubts += issue.first.map(\.reason)
    }
    return doubts
  }

  /// What could hide a finding: none, and a report without findings is clean.
  var limits: [String] {
    var doubts: [String] = []
    if replay == nil { doubts.append("not replayed yet") }
    let gaps = losses.reduce(Int64(0)) { $0.addingClamped($1.gaps) }
    if gaps > 0 { doubts.append("events were lost in \(plural(gaps, "gap")): state carried across is unknown") }
    doubts += inputDoubts
    for probe in missingProbes { doubts.append("no probe \(probe.probe): unknown \(probe.unknown)") }
    if !implausibleFields.isEmpty {
      let fields = Set(implausibleFields.map(\.field)).sorted().joined(separator: ", ")
      doubts.append("\(fields): not used, for \(remedy)")
    }
    if !silentOmissions.isEmpty {
      doubts.append(
        "events were omitted without a marker (a filter, or CPU buffers that do not cover the same time): "
          + "no verdict depends on absent events")
    }
    for row in conformance where row.unknown > 0 {
      let subject = row.subject == .retryTest ? plural(row.unknown, "retry test") : plural(row.unknown, "check")
      let reasons = unknown(row.subject)
      doubts.append("\(subject) could not be judged" + (reasons.isEmpty ? "" : ": " + reasons))
    }
    guard replay != nil else { return doubts }
    let stuck = neverEnded.flatMap(\.waits).filter { !$0.canBeLeft }.flatMap(\.forms)
    if !stuck.isEmpty {
      let forms = Set(stuck).sorted().joined(separator: ", ")
      doubts.append("a refresh that never ended may be stuck: nothing refutes \(forms), which cannot leave that wait")
    }
    let isWhole = !(givenUp ?? []).contains(where: \.endsReplay)
    if counts.caches == 0 { doubts.append(isWhole ? "no cache was recorded" : "no cache is in what was judged") }
    // One of any VM is enough: the probes are in the kernel, whose hooks all VMs share; probes missing in some of the
    // hooks are reported above.
    if counts.invalidations == 0 { doubts.append(Self.noInvalidation(isWhole: isWhole)) }
    // Every user of a cache checks it first. Without checks nothing shows whether one said yes where it must not.
    if counts.checks == 0 { doubts.append(Self.noCheck(isWhole: isWhole)) }
    return doubts
  }

  /// What could not be judged of a subject, and why, for one sentence.
  func unknown(_ subject: Subject) -> String {
    let doubts = doubts.filter { $0.subject == subject && $0.verdict == Decision.unknown.rawValue }
    return doubts.map { doubts.count == 1 ? $0.meaning : "\($0.meaning) (\(grouped($0.count)))" }
      .joined(separator: ", ")
  }
}
