// What the windows of a recording gave under one form.

import GPCProtocol
import KVMEvents
import Results

/// Counts over all windows, and the windows that are worth a counterexample.
package struct TraceExploration {
  package let form: ProtocolForm
  package let settings: WindowExplorer.Settings
  /// Windows met.
  package internal(set) var windowCount = 0
  package internal(set) var skipped: [RecordedWindow.Doubt: Int] = [:]
  package private(set) var completeCount = 0
  package private(set) var truncatedCount = 0
  /// At which bound windows were cut off, and how many.
  package private(set) var bounds: [Completeness.Bound: Int] = [:]
  /// These bounds' words, sorted.
  package var truncatedBy: [String] { Set(bounds.keys.map(\.word)).sorted() }
  /// Windows that were cut off, and all of whose unfinished searches went on by preemptions and random walks.
  package private(set) var fallbackCount = 0
  /// In all of these every order with up to this many preemptions was seen.
  package private(set) var preemptionsComplete: Int?
  /// Operations of the largest window that was searched to its end, and of the smallest that was not.
  package private(set) var largestComplete = 0
  package private(set) var smallestTruncated: Int?
  package private(set) var searchCount = 0
  /// Searches that another window's answered: the same operations in the same order.
  package private(set) var repeatedCount = 0
  package private(set) var stateCount = 0
  package private(set) var transitionCount = 0
  package private(set) var deadEndCount = 0
  /// Windows in which no order that the recorded times allow comes to its end under this form.
  package private(set) var endlessCount = 0
  /// The ways that steps went in some order of some window.
  package private(set) var branchesReached = BranchSet()
  /// Windows in which mainline's newest form spins while invalidated.
  package private(set) var mainlineSpinsCount = 0
  /// By verdict: in how many windows.
  package private(set) var verdictCounts: [SearchVerdict: Int] = [:]
  /// By verdict: the smallest windows it was found in, to be shrunk.
  private(set) var candidates: [SearchVerdict: [(window: Int, operationCount: Int, scenario: Scenario)]] = [:]

  init(form: ProtocolForm, settings: WindowExplorer.Settings) {
    self.form = form
    self.settings = settings
  }

  /// Every window was searched to its end, and in each some order comes to its own: where none does, nothing was
  /// judged.
  package var isComplete: Bool { truncatedCount == 0 && skipped.isEmpty && endlessCount == 0 }
  /// Some window has a verdict that is a fault.
  package var hasFaults: Bool { verdictCounts.keys.contains(where: \.isFault) }
  package var skippedCount: Int { skipped.values.reduce(0, +) }

  mutating func add(_ report: WindowReport) {
    searchCount += report.searchCount
    repeatedCount += report.repeatedCount
    stateCount += report.stateCount
    transitionCount += report.transitionCount
    deadEndCount += report.deadEndCount
    if report.isEndless { endlessCount += 1 }
    if report.mainlineSpins { mainlineSpinsCount += 1 }
    branchesReached.formUnion(report.branchesReached)
    if let bound = report.bound {
      truncatedCount += 1
      bounds[bound, default: 0] += 1
      smallestTruncated = min(smallestTruncated ?? .max, report.operationCount)
    } else {
      completeCount += 1
      largestComplete = max(largestComplete, report.operationCount)
    }
    if report.bound != nil, !report.hasUnseen, let preemptions = report.preemptionsComplete {
      fallbackCount += 1
      preemptionsComplete = min(preemptionsComplete ?? .max, preemptions)
    }
    for (verdict, scenario) in report.verdicts {
      verdictCounts[verdict, default: 0] += 1
      keep(verdict, report, scenario)
    }
  }

  private mutating func keep(_ verdict: SearchVerdict, _ report: WindowReport, _ scenario: Scenario) {
    var kept = candidates[verdict] ?? []
    let size = scenario.setup.programs.reduce(0) { $0 + $1.operations.count }
    let place = kept.firstIndex { $0.operationCount > size } ?? kept.count
    guard place < Self.keptMax else { return }
    kept.insert((report.number, size, scenario), at: place)
    candidates[verdict] = Array(kept.prefix(Self.keptMax))
  }

  /// More than are shown: many shrink to the same.
  private static let keptMax = 12

  /// The counterexamples: of each verdict the smallest windows' ones, shrunk, each kind once.
  package func counterexamples() -> [WindowCounterexample] {
    var found: [WindowCounterexample] = []
    for verdict in SearchVerdict.allCases {
      var shapes: Set<ProtocolSetup> = []
      for candidate in candidates[verdict] ?? [] where shapes.count < settings.counterexamplesMax {
        var explorer = Explorer(form, candidate.scenario, limits: settings.limits, grain: .lockSection)
        explorer.walkLimits = settings.walkLimits
        guard let shrunk = explorer.shrunkCounterexample(verdict) else { continue }
        var shape = shrunk.scenario.setup
        for task in shape.programs.indices { shape.programs[task].name = "" }
        guard shapes.insert(shape).inserted else { continue }
        found.append(WindowCounterexample(window: candidate.window, counterexample: shrunk))
      }
    }
    return found
  }
}

/// A counterexample and the window that it was cut out of.
package struct WindowCounterexample {
  /// From 1.
  package let window: Int
  package let counterexample: Counterexample
}
