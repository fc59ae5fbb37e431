// The first lines of a report: what was missed, by whom, and what limits the answer.

import KVMEvents
import Results
import TextLayout

/// The answer, before anything else.
struct Headline {
  private let report: Report
  /// For commands; nil in memory.
  private let database: String?
  private let width: Int

  init(_ report: Report, database: String?, width: Int) {
    self.report = report
    self.database = database
    self.width = width
  }

  var lines: [StyledLine] {
    var lines = folded(answer, indent: 0, width: width).map { StyledLine($0, style) }
    for sentence in notes {
      lines += folded(sentence, indent: 2, width: width).map { StyledLine($0) }
    }
    for limit in limits { lines += folded(limit, indent: 2, width: width).map { StyledLine($0, .doubtful) } }
    return lines
  }

  /// The answer alone.
  var sentence: String { answer }

  /// For JSON: the answer, what it is about, what limits it.
  var sentences: [String] { [answer] + notes + limits }

  private var notes: [String] {
    [worst, count(Self.misses) > 0 ? wrongDecisions : nil, excess, stall].compactMap(\.self)
  }

  // MARK: The answer

  private func count(_ kinds: [Finding.Kind], _ certainty: Finding.Certainty? = nil) -> Int64 {
    report.findingCounts.filter { kinds.contains($0.kind) && $0.certainty == certainty ?? $0.certainty }
      .reduce(0) { $0.addingClamped($1.count) }
  }

  private static let misses: [Finding.Kind] = [.contract, .stale]

  private var style: StyledLine.Style {
    if count(Self.misses, .certain) > 0 { return .bad }
    return (report.verdict.status == .clean || isOnlySlow) && report.hiddenMisses.total == 0 ? .good : .doubtful
  }

  /// Nothing is wrong or unknown but the time that retries take.
  private var isOnlySlow: Bool {
    report.verdict.status == .findings && count(Self.misses + [.stuck, .divergence]) == 0 && report.limits.isEmpty
  }

  private var answer: String {
    guard report.replay != nil else {
      let command = database.map { ": gpc-replay replay \($0) judges it" } ?? ""
      return "Imported, but not replayed\(command)."
    }
    let incomplete = report.trace.incomplete.map { "The input is incomplete: \($0). " } ?? ""
    let bounds = report.boundSentences.map { $0.prefix(1).uppercased() + $0.dropFirst() + ". " }.joined()
    return incomplete + bounds + verdict
  }

  private var verdict: String {
    let (certain, possible) = (count(Self.misses, .certain), count(Self.misses, .possible))
    let scope = report.filter.map { "Only \($0.words(stamp)): " } ?? ""
    let judged = report.filter == nil ? ", in \(judged)." : "."
    if certain > 0 && possible > 0 {
      return
        "\(scope)\(missed(certain)) certain, \(grouped(possible)) \(possible == 1 ? "is" : "are") possible\(judged)"
    }
    if certain > 0 { return "\(scope)\(missed(certain)) certain\(judged)" }
    if possible > 0 { return "\(scope)\(missed(possible)) possible, none certain\(judged)" }
    // Then this is the worst.
    let wrong = wrongDecisions.map { "\($0) " } ?? ""
    if report.filter != nil { return "\(scope)\(wrong)no missed invalidation among the findings." }
    if decisions == 0 { return "Nothing can be said about missed invalidations." }
    let isWhole = report.limits.isEmpty && !report.isIncomplete && report.hiddenMisses.total == 0
    return "\(wrong)No missed invalidation \(isWhole ? "in" : "was found in") \(self.judged)."
  }

  private func missed(_ count: Int64) -> String {
    "\(plural(count, "missed invalidation")) \(count == 1 ? "is" : "are")"
  }

  /// Decisions that were judged.
  private var decisions: Int64 {
    report.conformance.reduce(0) { $0.addingClamped($1.forced).addingClamped($1.open) }
  }

  private var judged: String {
    func all(_ subject: Report.Subject) -> Int64 {
      report.conformance.filter { $0.subject == subject }.reduce(0) {
        $0.addingClamped($1.forced).addingClamped($1.open).addingClamped($1.unknown)
      }
    }
    return "\(plural(report.counts.invalidations, "invalidation")), \(plural(all(.retryTest), "retry test")), "
      + plural(all(.check), "check")
  }

  // MARK: Whose, and how long

  private func stamp(_ ns: Int64) -> String {
    report.trace.stampUnit.stamp(ns, resolutionNs: report.trace.resolutionNs)
  }

  private func moment(_ finding: FindingDetail) -> String {
    let place = "\(report.trace.eventPlace.rawValue) \(finding.event)"
    return finding.tsNs.map { "#\(finding.id) (\(stamp($0)), \(place))" } ?? "#\(finding.id) (\(place))"
  }

  /// The first of the missed invalidations: who used what whom freed.
  private var worst: String? {
    guard let finding = report.findings.first(where: { Self.misses.contains($0.kind) }) else {
      guard let group = report.findingGroups.first(where: { Self.misses.contains($0.kind) }) else { return nil }
      return "Worst: #\(group.ids.first ?? 0), \(group.task ?? "?") against \(group.issuer ?? "?")."
    }
    return "Worst: \(moment(finding)): \(finding.who)."
  }

  private var wrongDecisions: String? {
    let (stuck, certain) = (count([.stuck]), count([.divergence], .certain))
    let form = report.replay?.form ?? "the form"
    var parts: [String] = []
    if stuck > 0 { parts.append("\(plural(stuck, "refresh", "refreshes")) may be stuck under \(form)") }
    if certain > 0 {
      parts.append("\(plural(certain, "decision")) \(certain == 1 ? "is" : "are") certainly not \(form)'s")
    }
    let possible = count([.divergence], .possible)
    if possible > 0 { parts.append("\(plural(possible, "decision")) may not be \(form)'s") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ") + "."
  }

  private var excess: String? {
    let groups = report.findingGroups.filter { if case .excessiveRetry = $0.kind { true } else { false } }
    guard !groups.isEmpty else { return nil }
    let (certain, possible) = (count([.excessiveRetry], .certain), count([.excessiveRetry], .possible))
    let lost = groups.reduce(Int64(0)) { $0.addingClamped($1.falseNs) }
    let unit = report.trace.stampUnit
    let time = unit == .ns ? ", and spent \(unit.figure(lost)) \(unit.name) in those rounds" : ""
    let who = plural(certain > 0 ? certain : possible, "refresh", "refreshes")
    let more = certain > 0 && possible > 0 ? ", \(grouped(possible)) more may have" : ""
    return "\(who) \(certain > 0 ? "retried" : "may have retried") too often for \(unrelated)\(more)\(time)."
  }

  /// What false rounds are repeated for.
  private var unrelated: String {
    let hasOthers = !report.unexplainedSeqMoves.isEmpty || report.retries.contains { $0.subCause == .seqOther }
    return hasOthers
      ? "unrelated invalidations or what else moves mmu_invalidate_seq" : "unrelated invalidations"
  }

  private var stall: String? {
    guard let stall = report.stalls.first else {
      let isKnown = report.counts.rounds > 0 && report.retries.isEmpty && report.limits.isEmpty && report.filter == nil
      return isKnown ? "No refresh repeated a round." : nil
    }
    let event = stall.event.map { " (\(report.trace.eventPlace.rawValue) \($0))" } ?? ""
    var parts: [String] = []
    if let wait = stall.lockWaitNs, stall.waitedForLock {
      parts.append("\(milliseconds(wait)) ms of it before it had refresh_lock\(holder(stall))")
    }
    if stall.rounds > 1 {
      let time =
        stall.stallNs.isMore(than: 90, percentOf: stall.latencyNs) ? "" : "\(milliseconds(stall.stallNs)) ms in "
      parts.append("\(time)\(plural(stall.rounds - 1, "repeated round"))\(causes(stall))\(issuer(stall.issuers))")
    } else {
      let time =
        parts.isEmpty ? "" : "\(milliseconds(stall.latencyNs.subtractingClamped(stall.lockWaitNs ?? 0))) ms under it, "
      parts.append("\(time)no round was repeated")
    }
    if stall.outcome == "failed" { parts.append("it failed") }
    return "Longest refresh: \(stall.task), \(milliseconds(stall.latencyNs)) ms, cache \(stall.cache)\(event): "
      + parts.joined(separator: "; ") + "."
  }

  /// Who was under the lock longest in that time, and for whose invalidations.
  private func holder(_ stall: Report.Stall) -> String {
    guard let holder = stall.lockHolders.first else { return ", while no other refresh is recorded under it" }
    let rounds = plural(holder.rounds, "round")
    return ", \(milliseconds(holder.heldNs)) ms of that while \(holder.task) was under it "
      + "(refresh \(holder.refresh), \(rounds)\(issuer(holder.issuers)))"
  }

  /// Whose invalidations alone took most of the time of its repeated rounds.
  private func issuer(_ issuers: [Report.Issuer]) -> String {
    issuers.first.map { ", \(milliseconds($0.lostNs)) ms in those for \($0.task)" } ?? ""
  }

  private func causes(_ stall: Report.Stall) -> String {
    let repeated = max(stall.rounds.subtractingClamped(1), 0)
    if stall.necessaryRounds == 0 && stall.falseRounds == 0 { return ", for reasons that are not known" }
    if repeated == stall.necessaryRounds { return ", all for invalidations of its page" }
    if repeated == stall.falseRounds { return ", all for \(unrelated)" }
    let others = repeated.subtractingClamped(stall.necessaryRounds).subtractingClamped(stall.falseRounds)
    let open = others > 0 ? ", \(grouped(others)) not known" : ""
    return " (\(grouped(stall.necessaryRounds)) necessary, \(grouped(stall.falseRounds)) false\(open))"
  }

  // MARK: What limits it

  private static let limitsMax = 5

  private var limits: [String] {
    guard report.replay != nil else { return [] }
    let shown = report.limits.prefix(Self.limitsMax).map { "Not known: \($0)." }
    let rest = report.limits.count - shown.count
    return (hidden.map { [$0] } ?? []) + shown + (rest > 0 ? ["Not known: \(rest) more, below."] : [])
  }

  private var hidden: String? {
    report.hiddenMisses.sentence.map {
      "Could hide \(count(Self.misses) > 0 ? "another" : "one"): \($0) (view hidden_miss)."
    }
  }
}

extension FindingDetail {
  /// Who did what to whom.
  var who: String {
    let (user, issuer) = (task ?? "a task", cause?.task ?? "another task")
    let range = cause.map { " ([\($0.start), \($0.end))\($0.memslot))" } ?? ""
    let cache = cache.map { "cache \($0)" } ?? "a cache"
    switch kind {
    case .contract: return "\(user) may use the page of \(cache) that \(issuer) is invalidating\(range)"
    case .stale:
      guard cause != nil else { return "\(user) accepts an error pfn for \(cache)" }
      let freed = certainty == .certain ? "freed" : "may have freed"
      return "\(user) \(check == nil ? "accepts" : "uses") a page of \(cache) that \(issuer) \(freed)\(range)"
    case .stuck: return "\(user) waits in a refresh of \(cache) for \(issuer)\(range)"
    case .divergence: return "\(user) decides on \(cache)" + (cause == nil ? "" : " against \(issuer)\(range)")
    case .excessiveRetry: return "\(user) repeats a refresh of \(cache)"
    }
  }
}

extension FindingDetail.Excess {
  /// Why a refresh is excessive, and whose invalidations repeated it.
  var sentence: String {
    let reason =
      switch (isByRounds, isByTime) {
      case (true, true): "by its rounds and by the time"
      case (true, false): "by its rounds"
      case (false, true): "by the time that they took"
      case (false, false): "by the thresholds of its replay"
      }
    let issuers = self.issuers.filter { $0.falseRounds > 0 }
    let whose = issuers.prefix(3).map { "\(plural($0.falseRounds, "false round")) for invalidations of \($0.task)" }
    let others = issuers.count > 3 ? ["the others for \(plural(issuers.count - 3, "more task"))"] : []
    return (["excessive \(reason)"] + whose + others).joined(separator: "; ")
  }
}

extension FindingDetail.Cause {
  /// Whether a memslot covers it, after a comma.
  var memslot: String {
    switch hitsMemslot {
    case true?: ", in a memslot"
    case false?: ", in no memslot"
    case nil: ""
    }
  }
}

extension Int64 {
  /// More than so many hundredths of the whole.
  func isMore(than percent: Int128, percentOf whole: Int64) -> Bool { Int128(self) * 100 > percent * Int128(whole) }
}
