// A counterexample as a kernel developer would paste it into a mail.

import GPCProtocol
import KVMEvents
import TextLayout

extension Counterexample {
  /// Of texts that are kept: they do not depend on a terminal.
  package static let keptWidth = 100

  /// The whole mail in `width` columns; `passes` is of `whatPasses`, `again` the command that shows it again, `place`
  /// what a recording's ids count.
  package func text(
    _ passes: [LabelledText], place: EventPlace, again: String, width: Int = keptWidth
  ) -> [String] {
    func folded(_ texts: [LabelledText]) -> [String] { texts.flatMap { $0.lines(width: width) } }
    var facts = [LabelledText("Form:", "\(form.title) (\(form.source))")]
    facts += setupTexts(place) + orderTexts(place) + locks
    var lines = ["\(form.id): \(title)", ""] + folded(facts)
    lines += [""] + timeline(place, width: width) + [""]
    // A command is one line, however long: it is copied.
    return lines + folded(passes) + [LabelledText("Again:", again).line]
  }

  private var locks: [LabelledText] {
    let names =
      "mn = mn_invalidate_lock, list = gpc_lock, mmu = mmu_lock, gpc/w and gpc/r = gpc->lock, refresh = refresh_lock"
    let guest = "guest: vcpu->mode is IN_GUEST_MODE; copy: what it has copied of pfn"
    return [LabelledText("Locks:", names)] + (scenario.hasGuests ? [LabelledText("", guest)] : [])
  }

  private func orderTexts(_ place: EventPlace) -> [LabelledText] {
    let word = place.rawValue
    let summary = "\(form.rules.memory.words); \(scheduleSummary)"
    guard let bounds = scenario.bounds else {
      return [LabelledText("Order:", "what-if, nothing of it is recorded; \(summary)")]
    }
    let order =
      switch bounds.order {
      case .recorded(let order, let unit): "what-if within \(unit.exact(order.deltaNs)) of the recorded times"
      case .program: "what-if in program order"
      }
    return [
      LabelledText("Order:", "\(order); \(summary)"),
      LabelledText(
        "", "\(word): the recorded \(word) that a step comes after; ~: in the recording it was over before one above;"),
      LabelledText("", "steps between two recorded \(word)s of a task are hypothetical"),
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

  private func setupTexts(_ place: EventPlace) -> [LabelledText] {
    var texts = [origin(place)]
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
      texts.append(LabelledText("", "gpc\(index): page \(cache.page), \(base), \(warmth)\(slot)\(file)"))
    }
    for (task, program) in scenario.setup.programs.enumerated() {
      let operations = program.operations.enumerated().map { index, operation in
        operation.words + placeWords(task, index, place)
      }
      let end = program.repeats ? ", repeatedly" : ""
      texts.append(LabelledText("", "\(program.name): \(operations.joined(separator: "; "))\(end)"))
    }
    return texts
  }

  private func origin(_ place: EventPlace) -> LabelledText {
    switch scenario.origin {
    case .builtIn: return LabelledText("Scenario:", "\(scenario.name), reduced to")
    case .window(let number): return LabelledText("Recording:", "window \(number), reduced to")
    case .forEver(let window, let line):
      let refresh = "its refresh of \(place.rawValue) \(line) with endless invalidations elsewhere"
      return LabelledText("Recording:", "window \(window), \(refresh), reduced to")
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

  /// What makes it pass, each searched again within `limits`. What a deadline cuts off is not known to be all of it.
  package func whatPasses(_ limits: SearchLimits) -> [LabelledText] {
    func cutOff() -> [LabelledText]? {
      limits.deadline?.bound.map {
        [LabelledText("Passes if:", "not searched, nor is it shrunk to its end: \(Completeness.truncated($0).words)")]
      }
    }
    return cutOff()
      ?? {
        let texts = Self.whatPasses(remedies(limits: limits), formsThatPass(limits: limits))
        return cutOff() ?? texts
      }()
  }

  /// - Parameters:
  ///   - remedies: of `remedies()`.
  ///   - forms: of `formsThatPass()`.
  package static func whatPasses(_ remedies: [String], _ forms: [ProtocolForm]) -> [LabelledText] {
    let fixes = remedies.isEmpty ? ["no single rule of the form"] : remedies
    let ids = forms.isEmpty ? "none of the published forms" : forms.map(\.id).joined(separator: ", ")
    return fixes.enumerated().map { LabelledText($0.offset == 0 ? "Passes if:" : "     or:", $0.element) }
      + [LabelledText("Passes as:", ids)]
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
