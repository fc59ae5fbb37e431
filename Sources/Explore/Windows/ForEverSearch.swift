// Would a refresh of the recording ever finish if the unrelated invalidations around it repeated indefinitely?

import GPCProtocol
import KVMEvents
import Results

/// Looks for livelocks: the refreshes of a window with the invalidations that they met, those repeated indefinitely,
/// every task scheduled fairly. Only invalidations elsewhere count: one of the page itself has to be waited for in
/// every form.
struct ForEverSearch {
  let form: ProtocolForm
  let limits: SearchLimits
  private var known: [ProtocolSetup: SearchVerdict?] = [:]

  init(form: ProtocolForm, limits: SearchLimits) {
    self.form = form
    self.limits = limits
  }

  /// Why a refresh of the scenario never gets done; nil: it always does.
  mutating func find(_ scenario: Scenario) -> SearchVerdict? {
    if let verdict = known[scenario.setup] { return verdict }
    let found = Explorer(form, scenario, limits: limits, grain: .lockSection).explore().verdicts
    let verdict = found.first { [.deadlock, .livelock, .spins].contains($0) }
    known[scenario.setup] = verdict
    return verdict
  }
}

extension CacheWindow {
  /// Two invalidators are enough to keep the count up indefinitely.
  private static var invalidatorsMax: Int { 2 }

  /// Each refresh of the window with the unrelated invalidations that were in flight with it, two tasks of them at a
  /// time, indefinitely.
  func forEver(_ cells: PageCells, window: Int) -> [Scenario] {
    programs.joined().flatMap { operation -> [Scenario] in
      guard case .refresh(let refresh) = operation.kind, refresh.outcome == .mapped, let uhva = refresh.uhva,
        let page = cells.page(of: uhva)
      else { return [] }
      return Self.someAtATime(invalidators(around: operation, page: page, cells)).map {
        Self.forEver(refresh, $0, page: page, cells, window: window, line: operation.begin.id)
      }
    }
  }

  private static func forEver(
    _ refresh: RecordedRefresh, _ invalidators: [[InvalidatedRange]], page: Int, _ cells: PageCells, window: Int,
    line: EventID
  ) -> Scenario {
    let isGPABased = refresh.isGPABased ?? true
    let request = refresh.request(cells, isGPABased: isGPABased, page: page)
    let programs =
      invalidators.enumerated().map { TaskProgram("mm\($0 + 1)", [.invalidate($1)], repeats: true) }
      + [TaskProgram("vcpu", [.refresh(cache: 0, request, lookUpMayFail: false)])]
    let cache = ProtocolSetup.Cache(page: page, isGPABased: isGPABased, warmth: .cold)
    let memslots: [HVARange] = isGPABased ? [.pages(page..<page + 1)] : []
    return Scenario(
      name: "window-\(window)-for-ever",
      summary: "A refresh of a recording, with endless invalidations elsewhere.",
      setup: ProtocolSetup(caches: [cache], memslots: memslots, programs: programs),
      origin: .forEver(window: window, refreshLine: line))
  }

  /// All of them, or every choice of as many as are enough. Which two matters: a covering range takes one on either
  /// side of the page.
  private static func someAtATime(_ all: [[InvalidatedRange]]) -> [[[InvalidatedRange]]] {
    guard !all.isEmpty else { return [] }
    guard all.count > invalidatorsMax else { return [all] }
    return all.indices.flatMap { first in all[(first + 1)...].map { [all[first], $0] } }
  }

  /// By task: the distinct ranges elsewhere that were in flight while `refresh` ran.
  private func invalidators(around refresh: RecordedOperation, page: Int, _ cells: PageCells) -> [[InvalidatedRange]] {
    var found: [[InvalidatedRange]] = []
    for operations in programs {
      var ranges: [InvalidatedRange] = []
      for operation in operations {
        guard case .invalidate(let invalidation) = operation.kind, !operation.isNested,
          operation.begin.id < refresh.end.id, refresh.begin.id < operation.end.id
        else { continue }
        for range in invalidation.choices(cells, isGPABased: false)
        where !range.range.contains(.page(page)) && !ranges.contains(range) {
          ranges.append(range)
        }
      }
      if !ranges.isEmpty { found.append(ranges) }
    }
    // In an order of their own, so that windows with the same ones are the same.
    return found.map { $0.sorted { $0.sortKey < $1.sortKey } }
      .sorted { $0.map(\.sortKey).lexicographicallyPrecedes($1.map(\.sortKey), by: <) }
  }
}

extension InvalidatedRange {
  fileprivate var sortKey: (UInt64, UInt64, Int) {
    (range.start.rawValue, range.end.rawValue, hitsMemslot == true ? 1 : 0)
  }
}
