// What a search found, in a few lines: before its counterexamples, if there are any.

import Forms
import GPCProtocol

extension Exploration {
  package func text() -> [String] {
    let faults = verdicts.filter(\.isFault)
    let found =
      faults.isEmpty ? "clean under \(form.rules.memory.words)" : faults.map(\.words).joined(separator: ", ")
    let isKnown = completeness == .complete || !faults.isEmpty
    return [
      "\(form.id) in \(scenario.name): \(isKnown ? found : "nothing found so far")"
    ] + spinsLines + [
      "\(completeness.words): \(stateCount) states, \(transitionCount) transitions, \(byteCount) bytes"
    ] + (fallback?.text() ?? []) + neverReached
  }

  /// Beside what mainline does there.
  private var spinsLines: [String] {
    guard verdicts.contains(.spins) else { return [] }
    let mainline = ProtocolForm.mainline.under(form.rules.memory)
    guard form.id != mainline.id else { return ["spins while invalidated: mainline's newest form"] }
    let doesSpin = Explorer(mainline, scenario, grain: .lockSection).explore().verdicts.contains(.spins)
    return ["spins while invalidated; mainline's \(mainline.id) \(doesSpin ? "as well" : "does not")"]
  }

  /// The steps of this form, among those of the scenario's operations, that no order comes to, and the ways that none
  /// goes.
  private var neverReached: [String] {
    NeverReached(form, reached: branchesReached, isAsked: { scenario.asks(for: $0, form) }).lines(
      isComplete: completeness == .complete)
  }
}

extension Scenario {
  /// Does one of its operations contain this step, and can it go this way as far as the operations show?
  fileprivate func asks(for branch: ProtocolBranch, _ form: ProtocolForm) -> Bool {
    if form.program.traits[Int(branch.step.code)].choices == .events && branch.branch == .yes {
      return setup.programs.contains { $0.operations.contains(where: \.handlesEvents) }
    }
    switch branch.branch {
    case .failed: return setup.programs.contains { $0.operations.contains(where: \.lookUpMayFail) }
    case .noMemslot: return setup.programs.contains { $0.operations.contains(where: \.findsNoMemslot) }
    case .inactive: return setup.mayBeInactive
    case .done, .hit, .miss, .kept, .lookUp, .retry, .pass, .pending, .clear, .woken, .yes, .no, .already:
      return setup.programs.contains { $0.operations.contains { form.program.has(branch.step, in: $0) } }
    }
  }
}

extension ProtocolSetup {
  /// Can some order find a cache that is not active?
  fileprivate var mayBeInactive: Bool {
    caches.contains { $0.warmth == .inactive } || programs.contains { $0.operations.contains(where: \.deactivates) }
  }
}

extension TaskOperation {
  fileprivate var lookUpMayFail: Bool {
    switch self {
    case .refresh(_, _, let mayFail), .activate(_, _, let mayFail): mayFail
    case .invalidate, .punchHole, .check, .use, .deactivate, .runGuest: false
    }
  }

  fileprivate var findsNoMemslot: Bool {
    guard case .gpa(_, let resolved, _) = request else { return false }
    return resolved.isError
  }

  var refreshes: Bool {
    switch self {
    case .refresh, .use, .activate, .runGuest: true
    case .invalidate, .punchHole, .check, .deactivate: false
    }
  }

  var deactivates: Bool {
    switch self {
    case .deactivate: true
    case .invalidate, .punchHole, .refresh, .check, .use, .activate, .runGuest: false
    }
  }

  fileprivate var handlesEvents: Bool {
    if case .runGuest(_, _, true) = self { true } else { false }
  }

  var runsGuest: Bool {
    if case .runGuest = self { true } else { false }
  }
}

extension Fallback {
  fileprivate func text() -> [String] {
    let orders =
      preemptionsComplete < 0
      ? "not even every order without a preemption" : "every order with up to \(preemptionsComplete) preemptions"
    let words = SearchVerdict.allCases.filter { met[$0] != nil }.map(\.words)
    return [
      "seen to the end: \(orders)",
      "then \(walks.walkCount) random walks, seed \(walks.seed): \(words.isEmpty ? "nothing" : words.joined(separator: ", "))",
    ]
  }
}

extension Completeness {
  /// COMPLETE, or TRUNCATED and at which bound.
  package var words: String {
    switch self {
    case .complete: "COMPLETE"
    case .truncated(.states(let max)): "TRUNCATED at \(max) states"
    case .truncated(.memory(let max)): "TRUNCATED at \(max) bytes"
    case .truncated(.time(let max)): "TRUNCATED after \(max) s"
    case .truncated(.interrupt): "TRUNCATED by an interrupt"
    case .truncated(.size):
      "TRUNCATED: more than \(ProtocolState.tasksMax) tasks, \(ProtocolState.cachesMax) caches or 256 bits of state"
    }
  }
}
