// A counterexample as a kernel developer would paste it into a mail.

import GPCProtocol
import KVMEvents

extension Counterexample {
  /// The whole mail; `remedies` and `passing` are what `remedies()` and `formsThatPass()` found.
  package func text(remedies: [String], passing: [ProtocolForm]) -> [String] {
    var lines = ["\(form.id): \(title)", ""]
    lines.append("Form:      \(form.title) (\(form.source))")
    lines += setupLines
    lines.append("Order:     what-if, nothing of it is recorded; \(form.rules.memory.words); \(scheduleSummary)")
    lines.append(
      "Locks:     mn = mn_invalidate_lock, list = gpc_lock, mmu = mmu_lock, gpc/w and gpc/r = gpc->lock, refresh = refresh_lock"
    )
    lines.append("")
    lines += timeline()
    lines.append("")
    lines += reasonLines(remedies, passing)
    lines.append(
      "Again:     gpc-replay explore --protocol \(form.id) --scenario \(scenario.name)\(form.rules.memory.options)")
    return lines
  }

  private var title: String {
    switch verdict {
    case .contract: "kvm_gpc_check() says yes inside an invalidation of its page"
    case .stale: "a page that was freed, or an error pfn, is taken for valid"
    case .stuck:
      switch stuckKind {
      case .selfDeadlock: "a task waits for a lock that it holds itself"
      case .deadlock: "tasks wait for each other's locks"
      case .asleep: "a task sleeps and nobody is left to wake it"
      case .livelock, nil: "a task goes on for ever and never gets done"
      }
    }
  }

  private var setupLines: [String] {
    var lines = ["Scenario:  \(scenario.name), reduced to"]
    for (index, cache) in scenario.setup.caches.enumerated() {
      let base = cache.isGPABased ? "gpa-based" : "hva-based"
      let warmth =
        switch cache.warmth {
        case .inactive: "not active"
        case .cold: "active, no pfn yet"
        case .warm: "valid"
        }
      let slot = scenario.setup.hitsMemslot(.pages(cache.page..<cache.page + 1)) ? "" : ", no memslot"
      lines.append("           gpc\(index): page \(cache.page), \(base), \(warmth)\(slot)")
    }
    for program in scenario.setup.programs {
      let operations = program.operations.map(\.words).joined(separator: "; ")
      lines.append("           \(program.name): \(operations)\(program.repeats ? ", for ever" : "")")
    }
    return lines
  }

  private var scheduleSummary: String {
    let stem = schedule.loopStart ?? schedule.moves.count
    let preemptions = schedule.preemptionCount == 1 ? "1 preemption" : "\(schedule.preemptionCount) preemptions"
    guard schedule.loopStart != nil else { return "\(preemptions), \(stem) steps" }
    return "\(preemptions), \(stem) steps, then \(schedule.moves.count - stem) steps for ever"
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
    case .invalidate(let ranges): "invalidate \(ranges.map(\.pageWords).joined(separator: " or "))"
    case .refresh(let cache, let request, let mayFail):
      "kvm_gpc_refresh(gpc\(cache)\(request.words))\(mayFail ? ", the lookup may fail" : "")"
    case .check(let cache): "kvm_gpc_check(gpc\(cache))"
    case .use(let cache, let request): "until kvm_gpc_check(gpc\(cache)): kvm_gpc_refresh(gpc\(cache)\(request.words))"
    case .deactivate(let cache): "kvm_gpc_deactivate(gpc\(cache))"
    case .activate(let cache, let request): "kvm_gpc_activate(gpc\(cache)\(request.words))"
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

extension HVARange {
  /// `page 1` or `pages 1-2`.
  var pageWords: String {
    let last = end.pageIndex - 1
    return start.pageIndex == last ? "page \(last)" : "pages \(start.pageIndex)-\(last)"
  }
}
