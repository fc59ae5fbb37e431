// Which forms the recording agrees with, in sentences.

import KVMEvents
import Results
import TextLayout
import TraceStore

/// The text about the forms tested (evidence, rule 26).
struct FormsText {
  private let forms: [Report.Form]
  private let replay: ReplaySettings?
  private let release: String?
  /// Checks whose answer differs from what the recording allows.
  private let contradictingChecks: Int64
  /// What the events' ids count: `line`.
  private let place: String

  /// In columns.
  private let width: Int

  init(_ report: Report, width: Int) {
    self.width = width
    forms = report.forms
    replay = report.replay
    release = report.trace.kernelRelease?.text
    place = report.trace.eventPlace.rawValue
    contradictingChecks = report.conformance.reduce(0) {
      $0 + ($1.subject == .check ? $1.forced - $1.forcedAgreeing : 0)
    }
  }

  /// None if no form was tested.
  var lines: [String] { forms.isEmpty ? [] : ["forms"] + agreement + choice }

  /// From which form divergences are counted, and why.
  private var choice: [String] {
    guard let replay else { return [] }
    let release = release ?? "that release"
    let reason =
      switch replay.formReason {
      case .asked: "as --form says"
      case .release: "it agrees, and is mainline's in \(release), which the recording names"
      case .newest: "the newest of mainline's that agree"
      case .published: "the newest that agrees, as none of mainline's does"
      case .releaseRefuted: "mainline's in \(release), which the recording names"
      case .fewestRefuted: "the one with the fewest decisions against it"
      }
    return folded("divergences are from \(replay.form): \(reason)", indent: 2, width: width)
  }

  private var agreement: [String] {
    let agreeing = forms.filter { $0.refutedCount == 0 }
    if agreeing.count == forms.count { return ["  the recording distinguishes no form from another"] }
    // A form that needs nothing unrecorded comes first.
    let plain = agreeing.filter { $0.moverCount == 0 }
    let moved = agreeing.filter { $0.moverCount > 0 }
    var lines: [String] = []
    if agreeing.isEmpty { lines.append("  no form agrees") }
    for group in groups(plain) + groups(moved) {
      let movers = group[0].moverCount
      let only =
        movers == 0
        ? ""
        : ", only with \(plural(movers, "mover")) of mmu_invalidate_seq that \(movers == 1 ? "is" : "are") not recorded"
      lines += folded("agrees with \(names(group)): \(tests(group[0]))\(only)", indent: 2, width: width)
    }
    lines += refutedLines(forms.filter { $0.refutedCount > 0 })
    // Then a refresh may be missing, and with it what a retry test depends on (evidence, rule 19).
    if contradictingChecks > 0, !lines.isEmpty {
      let checks = plural(contradictingChecks, "check")
      lines += folded(
        "unless events were omitted: \(checks) gave an answer that the recording rules out", indent: 2, width: width)
    }
    return lines
  }

  /// Forms with the same text.
  private func groups(_ forms: [Report.Form]) -> [[Report.Form]] {
    var groups: [[Report.Form]] = []
    for form in forms {
      if let index = groups.firstIndex(where: { tests($0[0]) == tests(form) && $0[0].moverCount == form.moverCount }) {
        groups[index].append(form)
      } else {
        groups.append([form])
      }
    }
    // The form with the most evidence comes first; of equals the older.
    return groups.enumerated().sorted { ($1.element[0].tests, $0.offset) < ($0.element[0].tests, $1.offset) }
      .map(\.element)
  }

  private func refutedLines(_ refuted: [Report.Form]) -> [String] {
    var keys: [String] = []
    var named: [String: [String]] = [:]
    for form in refuted {
      let key = "refuted by \(place) \(form.refutedEvent ?? 0), \(Self.reason(form.refutedBy)): "
      if named[key] == nil { keys.append(key) }
      named[key, default: []].append(form.form)
    }
    return keys.flatMap { wrapped(named[$0] ?? [], label: "  " + $0, width: width) }
  }

  private static func reason(_ refutation: FormAgreement.Refutation?) -> String {
    switch refutation {
    case .test: "its retry test goes the other way"
    case .wait: "it would be waiting"
    case .noLookup: "it looks up in every round"
    case .walk: "its walk is in the other hook"
    case .function: "it has no such function"
    case nil: "the reason is not stored"
    }
  }

  private func tests(_ form: Report.Form) -> String {
    "\(grouped(form.agreeingTests)) of \(plural(form.tests, "test"))"
  }

  private func names(_ forms: [Report.Form]) -> String { joined(forms.map(\.form)) }

  private func joined(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
