// A counterexample as a kernel developer would paste it into a mail.

import GPCProtocol
import KVMEvents

extension Counterexample {
  /// The whole mail, with what makes it pass, each searched again within `limits`; `again` is the command that shows it
  /// again, `place` what a recording's ids count.
  package func text(_ limits: SearchLimits, place: EventPlace, again: String) -> [String] {
    mail(reasonLines(limits), place: place, again: again)
  }

  /// The same; `remedies` and `passing` are what `remedies()` and `formsThatPass()` found.
  package func text(remedies: [String], passing: [ProtocolForm], place: EventPlace, again: String) -> [String] {
    mail(reasonLines(remedies, passing), place: place, again: again)
  }

  private func mail(_ reasonLines: [String], place: EventPlace, again: String) -> [String] {
    var lines = ["\(form.id): \(title)", ""]
    lines.append("Form:      \(form.title) (\(form.source))")
    lines += setupLines(place)
    lines += orderLines(place)
    lines.append(
      "Locks:     mn = mn_invalidate_lock, list = gpc_lock, mmu = mmu_lock, gpc/w and gpc/r = gpc->lock, refresh = refresh_lock"
    )
    if scenario.hasGuests {
      lines.append("           guest: vcpu->mode is IN_GUEST_MODE; copy: what it has copied of pfn")
    }
    lines.append("")
    lines += timeline(place)
    lines.append("")
    lines += reasonLines
    return lines + ["Again:     \(again)"]
  }

  private func orderLines(_ place: EventPlace) -> [String] {
    let word = place.rawValue
    let summary = "\(form.rules.memory.words); \(scheduleSummary)"
    guard let bounds = scenario.bounds else { return ["Order:     what-if, nothing of it is recorded; \(summary)"] }
    let order =
      switch bounds.order {
      case .recorded(let order, let unit): "what-if within \(unit.exact(order.deltaNs)) of the recorded times"
      case .program: "what-if in program order"
      }
    return [
      "Order:     \(order); \(summary)",
      "           \(word): the recorded \(word) that a step comes after; ~: in the recording it was over before one above;",
      "           steps between two recorded \(word)s of a task are hypothetical",
    ]
  }

  /// What is wrong, in one line.
  package var title: String {
    switch verdict {
    case .contract: "kvm_gpc_check() says yes inside an invalidation of its page"
    case .stale: "a page that was freed, or an error pfn, is taken for valid"
    case .deadlock:
      switch stuckKind {
      case .selfDeadlock: "a task waits for a lock that it holds itself"
      case .deadlock, nil: "tasks wait for each other's locks"
      case .asleep: "a task sleeps and nobody is left to wake it"
      }
    case .livelock: "a refresh repeats its loop and never finishes"
    case .spins: "a refresh never finishes under endless invalidations elsewhere"
    }
  }

  private func setupLines(_ place: EventPlace) -> [String] {
    var lines = [originLine(place)]
    for (index, cache) in scenario.setup.caches.enumerated() {
      let base = cache.isGPABased ? "gpa-based" : "hva-based"
      let warmth =
        switch cache.warmth {
        case .inactive: "not active"
        case .cold: "active, no pfn yet"
        case .warm: "valid"
        case .carried(let carried): carried.words(form.rules)
        }
      let slot = scenario.setup.hitsMemslot(.pages(cache.page..<cache.page + 1)) ? "" : ", no memslot"
      let file = scenario.isInFile(cache, form) ? ", looked up in guest_memfd" : ""
      lines.append("           gpc\(index): page \(cache.page), \(base), \(warmth)\(slot)\(file)")
    }
    for (task, program) in scenario.setup.programs.enumerated() {
      let operations = program.operations.enumerated().map { index, operation in
        operation.words + placeWords(task, index, place)
      }
      let end = program.repeats ? ", repeatedly" : ""
      lines.append("           \(program.name): \(operations.joined(separator: "; "))\(end)")
    }
    return lines
  }

  private func originLine(_ place: EventPlace) -> String {
    switch scenario.origin {
    case .builtIn: return "Scenario:  \(scenario.name), reduced to"
    case .window(let number): return "Recording: window \(number), reduced to"
    case .forEver(let window, let line):
      return
        "Recording: window \(window), its refresh of \(place.rawValue) \(line) with endless invalidations elsewhere, reduced to"
    }
  }

  /// The recorded events of an operation.
  private func placeWords(_ task: Int, _ operation: Int, _ place: EventPlace) -> String {
    guard let span = scenario.bounds?.spans[task][operation] else { return "" }
    return " (\(place.rawValue)s \(span.begin.id)-\(span.end.id))"
  }

  private var scheduleSummary: String {
    let stem = schedule.loopStart ?? schedule.moves.count
    let preemptions = schedule.preemptionCount == 1 ? "1 preemption" : "\(schedule.preemptionCount) preemptions"
    guard schedule.loopStart != nil else { return "\(preemptions), \(stem) steps" }
    return "\(preemptions), \(stem) steps, then \(schedule.moves.count - stem) steps repeatedly"
  }

  /// What a deadline cuts off is not known to be all of it.
  private func reasonLines(_ limits: SearchLimits) -> [String] {
    func cutOff() -> [String]? {
      limits.deadline?.bound.map {
        ["Passes if:  not searched, nor is it shrunk to its end: \(Completeness.truncated($0).words)"]
      }
    }
    if let lines = cutOff() { return lines }
    let lines = reasonLines(remedies(limits: limits), formsThatPass(limits: limits))
    return cutOff() ?? lines
  }

  private func reasonLines(_ remedies: [String], _ passing: [ProtocolForm]) -> [String] {
    let fixes = remedies.isEmpty ? ["no single rule of the form"] : remedies
    let forms = passing.isEmpty ? "none of the published forms" : passing.map(\.id).joined(separator: ", ")
    return fixes.enumerated().map { ($0.offset == 0 ? "Passes if:  " : "      or:  ") + $0.element }
      + ["Passes as:  \(forms)"]
  }
}

extension TaskOperation {
  /// In kernel words, for the head of a counterexample.
  var words: String {
    switch self {
    case .invalidate(let ranges): "invalidate \(ranges.map(\.words).joined(separator: " or "))"
    case .refresh(let cache, let request, let mayFail):
      "kvm_gpc_refresh(gpc\(cache)\(request.words))\(mayFail ? ", the lookup may fail" : "")"
    case .check(let cache): "kvm_gpc_check(gpc\(cache))"
    case .use(let cache, let request): "until kvm_gpc_check(gpc\(cache)): kvm_gpc_refresh(gpc\(cache)\(request.words))"
    case .punchHole(let range): "punch a hole in guest_memfd, \(range.pageWords)"
    case .runGuest(let cache, let request, let handlesEvents):
      "enter the guest with the pfn of gpc\(cache)\(request.words)\(handlesEvents ? ", events may come first" : "")"
    case .deactivate(let cache): "kvm_gpc_deactivate(gpc\(cache))"
    case .activate(let cache, let request, let mayFail):
      "kvm_gpc_activate(gpc\(cache)\(request.words))\(mayFail ? ", the lookup may fail" : "")"
    }
  }
}

extension RefreshRequest {
  fileprivate var words: String {
    switch self {
    case .gpa(_, let resolved, _): resolved.isError ? ", no memslot" : ", page \(resolved.pageIndex)"
    case .uhva(let uhva): ", hva page \(uhva.pageIndex)"
    }
  }
}

extension InvalidatedRange {
  fileprivate var words: String {
    range.pageWords + (hitsMemslot == false ? ", no memslot" : "") + (freesPages ? "" : ", protection only")
      + (mayBlock ? "" : ", must not block")
  }
}

extension CarriedCache {
  fileprivate func words(_ rules: ProtocolRules) -> String {
    guard isActive else { return "not active" }
    let pfn =
      switch page {
      case .none: "no pfn"
      case .current: "pfn of the page"
      case .freed: "pfn of a freed page"
      }
    let flag = rules.hasNeedsInvalidation && needsInvalidation ?? valid ? ", needs_invalidation" : ""
    return "\(valid ? "valid" : "not valid")\(flag), \(pfn)"
  }
}

extension HVARange {
  /// `page 1` or `pages 1-2`.
  var pageWords: String {
    let last = end.pageIndex - 1
    return start.pageIndex == last ? "page \(last)" : "pages \(start.pageIndex)-\(last)"
  }
}
