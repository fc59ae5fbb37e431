// What the orders of a recording gave, before the counterexamples.

import Forms
import GPCProtocol
import KVMEvents
import Results
import TextLayout

extension TraceExploration {
  package func text() -> [String] {
    var lines = ["\(form.id): \(verdictWords)", completenessLine] + spinsLines
    lines += truncationLines
    if skippedCount > 0 { lines.append("not searched: \(skippedCount) windows (\(skippedWords))") }
    lines.append(
      "\(searchCount) searches (\(repeatedCount) the same as another's), \(stateCount) states, \(transitionCount) transitions"
    )
    if deadEndCount > 0 {
      lines.append("\(plural(deadEndCount, "dead end")): states from which the recorded times allow no further step")
    }
    if endlessCount > 0 {
      lines.append("in \(endlessCount) windows no order comes to its end within the recorded times")
    }
    return lines + NeverReached(form, reached: branchesReached, isAsked: form.mayRecord).lines()
  }

  private var verdictWords: String {
    let found = SearchVerdict.allCases.filter(\.isFault).compactMap { verdict in
      verdictCounts[verdict].map { "\(verdict.words) in \($0) of \(windowCount) windows" }
    }
    if !found.isEmpty { return found.joined(separator: ", ") }
    return isComplete ? "clean under \(form.rules.memory.words)" : "nothing found so far"
  }

  /// Beside mainline's own.
  private var spinsLines: [String] {
    guard let count = verdictCounts[.spins] else { return [] }
    let mainline = ProtocolForm.mainline
    let own = form.id == mainline.id ? "mainline's newest form" : "mainline's \(mainline.id) in \(mainlineSpinsCount)"
    return [
      "spins while invalidated (endless invalidations, which no recording shows): in \(count) of \(windowCount) windows; \(own)"
    ]
  }

  private var completenessLine: String {
    if windowCount == 0 {
      return "COMPLETE: there is no window; the recording has no invalidation, refresh or check of a known VM"
    }
    if completeCount + truncatedCount == 0 { return "NOT SEARCHED: none of \(windowCount) windows" }
    let complete = "\(completeCount) of \(windowCount) windows"
    let largest = "the largest of them with \(plural(largestComplete, "operation"))"
    return truncatedCount == 0 && skippedCount == 0
      ? "COMPLETE within \(orderWords): \(complete), \(largest)"
      : "TRUNCATED; COMPLETE within \(orderWords) for \(complete), \(largest)"
  }

  private var truncationLines: [String] {
    guard truncatedCount > 0 else { return [] }
    let words = bounds.map { "\($0.value) at \($0.key.words)" }.sorted().joined(separator: ", ")
    let smallest = smallestTruncated.map { ", the smallest of them with \(plural($0, "operation"))" } ?? ""
    var lines = ["cut off: \(truncatedCount) windows (\(words))\(smallest)"]
    if let preemptionsComplete {
      let orders =
        preemptionsComplete < 0
        ? "not even those without a preemption" : "all with up to \(preemptionsComplete) preemptions"
      let part = fallbackCount < truncatedCount ? " in \(fallbackCount) of them" : ""
      lines.append(
        "of their orders seen\(part): \(orders) in each, then \(settings.walkLimits.walkCount) random walks each, seed \(settings.walkLimits.seed)"
      )
    }
    return lines
  }

  /// The recorded order as far as it was kept.
  private var orderWords: String {
    switch settings.order {
    case .recorded(let order, let unit): "delta \(unit.exact(order.deltaNs))"
    case .program: "delta inf (program order only)"
    }
  }

  private var skippedWords: String {
    RecordedWindow.Doubt.allCases.compactMap { doubt in
      skipped[doubt].map { "\($0) \(doubt.words)" }
    }.joined(separator: ", ")
  }
}

extension RecordedWindow.Doubt {
  fileprivate var words: String {
    switch self {
    case .lostEvents: "with lost events"
    case .incomplete: "with a beginning or an end that is not recorded"
    case .missingProbe: "for want of a probe"
    case .tooLong: "too long to keep"
    }
  }
}

extension Completeness.Bound {
  fileprivate var words: String {
    switch self {
    case .states(let max): "\(max) states"
    case .memory(let max): "\(max) bytes"
    case .time(let max): "\(max) s"
    case .interrupt: "the interrupt"
    case .size: "the model's size"
    }
  }
}
