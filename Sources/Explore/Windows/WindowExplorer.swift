// A recording under one form: window after window, every order that its times allow.

import Forms
import GPCProtocol
import KVMEvents
import Results

/// Explores the windows of a recording, one form, in the order they come.
package struct WindowExplorer {
  package struct Settings: Sendable {
    package var limits = SearchLimits()
    package var walkLimits = WalkLimits()
    package var order: WindowOrder
    /// Counterexamples that are shrunk and shown, of each verdict.
    package var counterexamplesMax = 3
    /// Only this window is reported, counted from 1; those before it are searched for the states they leave.
    package var onlyWindow: Int?

    package init(order: WindowOrder) { self.order = order }
  }

  let form: ProtocolForm
  let settings: Settings
  /// The columns' names, by `TaskID`.
  let names: (TaskID) -> String
  private(set) var result: TraceExploration
  private var carried = CarriedStates()
  /// By VM: the ranges that its kvm's covering range can have been left at.
  private var ranges: [Int32: Set<HVARange>] = [:]
  private var memo = WindowMemo()
  private var forEver: ForEverSearch
  /// The same of mainline's newest form, to be shown beside this one's; nil: this is it.
  private var mainlineForEver: ForEverSearch?

  package init(_ form: ProtocolForm, _ settings: Settings, names: @escaping (TaskID) -> String) {
    self.form = form
    self.settings = settings
    self.names = names
    result = TraceExploration(form: form, settings: settings)
    forEver = ForEverSearch(form: form, limits: settings.limits)
    let mainline = ProtocolForm.mainline.under(form.rules.memory)
    if mainline.id != form.id { mainlineForEver = ForEverSearch(form: mainline, limits: settings.limits) }
  }

  /// What was found so far.
  package var exploration: TraceExploration { result }

  package mutating func explore(_ window: RecordedWindow) {
    let number = result.windowCount + 1
    result.windowCount = number
    if let doubt = window.doubt {
      skip(window, doubt)
    } else {
      search(window, number)
    }
    noteRanges(window)
  }

  private mutating func skip(_ window: RecordedWindow, _ doubt: RecordedWindow.Doubt) {
    result.skipped[doubt, default: 0] += 1
    carried.forget(window.vm)
  }

  private mutating func search(_ window: RecordedWindow, _ number: Int) {
    var report = WindowReport(number: number, operationCount: window.operations.count)
    let operations = WindowOperations(window, form: form)
    var caches = Set(operations.caches)
    // To all others nothing happens.
    for invalidation in operations.invalidations {
      guard let range = invalidation.range else { continue }
      caches.formUnion(carried.caches(of: window.vm, in: range))
    }
    for cache in caches.sorted() { search(operations, of: window.vm, cache, &report) }
    guard settings.onlyWindow.map({ $0 == number }) ?? true else { return }
    result.add(report)
  }

  private mutating func search(
    _ operations: WindowOperations, of vm: Int32, _ cache: Int32, _ report: inout WindowReport
  ) {
    if let bound = settings.limits.deadline?.bound {
      report.note(bound)
      carried.set(nil, of: cache, in: vm)
      return
    }
    let own = operations.own(cache)
    let starts = carried.states(of: cache, in: vm) ?? CarriedState.unknown(own, form.rules)
    guard !starts.isEmpty else { return }
    let pages = pages(own, starts)
    guard let cells = PageCells(pages.isEmpty ? [CarriedStates.anyPage] : pages) else {
      report.note(.size)
      carried.set(nil, of: cache, in: vm)
      return
    }
    var view = CacheWindow(operations, cache: cache, pages: cells.pages, order: settings.order, form: form)
    if view.programs.isEmpty { return }
    view.pack(into: ProtocolState.tasksMax)
    var ends: Set<CarriedState> = []
    var isWhole = !view.cut(toOperations: ProtocolSetup.operationsMax)
    if !isWhole { report.note(.size) }
    var hasEnd = false
    for start in starts.sorted(by: { $0.sortKey.lexicographicallyPrecedes($1.sortKey) }) {
      for range in rangesToStartFrom(vm, cells) {
        let scenario = view.scenario(
          ofWindow: report.number, from: start, in: cells, range: range, names: names)
        guard scenario.setup.fits else {
          report.note(.size)
          isWhole = false
          continue
        }
        let found = explore(scenario, &report)
        isWhole = isWhole && found.completeness == .complete
        hasEnd = hasEnd || !found.endStates.isEmpty
        let right = found.endStates.filter { !$0.isWrong(form.rules) }
        if right.count < found.endStates.count && !found.verdicts.contains(.stale) {
          searchWithCheck(scenario, &report)
        }
        ends.formUnion(right.map { CarriedState($0, cells) })
      }
    }
    // A start from which no order comes to its end cannot have been, as long as another one can.
    if isWhole && !hasEnd { report.noteEndless() }
    carried.set(isWhole && !ends.isEmpty ? ends : nil, of: cache, in: vm)
    guard report.isWanted(settings) else { return }
    let shapes = view.forEver(cells, window: report.number)
    if mainlineForEver != nil, shapes.contains(where: { mainlineForEver?.find($0) == .spins }) {
      report.noteMainlineSpins()
    }
    for shape in shapes {
      guard let verdict = forEver.find(shape) else { continue }
      report.found(verdict, shape)
      return
    }
    if let bound = settings.limits.deadline?.bound { report.note(bound) }
  }

  private mutating func explore(_ scenario: Scenario, _ report: inout WindowReport) -> Exploration {
    let key = WindowMemo.Key(scenario, form)
    if let key, let known = memo[key] {
      report.add(known, isRepeated: true, scenario)
      return known
    }
    let found = explorer(scenario).explore(verdicts: .safety)
    if let key { memo[key] = found }
    report.add(found, isRepeated: false, scenario)
    return found
  }

  /// The cache can be left valid over a page that is gone: the next check uses it. Reported for this window, and not
  /// carried into the next, where nothing would show how it came about.
  private mutating func searchWithCheck(_ scenario: Scenario, _ report: inout WindowReport) {
    let extended = scenario.checkedAtItsEnd()
    guard extended.setup.fits else { return }
    if explorer(extended).explore(verdicts: .safety).verdicts.contains(.stale) { report.found(.stale, extended) }
  }

  private func explorer(_ scenario: Scenario) -> Explorer {
    var explorer = Explorer(form, scenario, limits: settings.limits, grain: .lockSection)
    explorer.walkLimits = settings.walkLimits
    return explorer
  }

  // MARK: Pages and ranges

  private func pages(_ own: [RecordedOperation], _ starts: Set<CarriedState>) -> [UHVA] {
    let wanted = own.compactMap { operation -> UHVA? in
      guard case .refresh(let refresh) = operation.kind else { return nil }
      return refresh.uhva.flatMap { $0.isError ? nil : $0 }
    }
    return starts.compactMap(\.page) + wanted
  }

  /// Only forms that read the range lockless, and so may read what an earlier invalidation left, tell one start from
  /// another.
  private func rangesToStartFrom(_ vm: Int32, _ cells: PageCells) -> [HVARange?] {
    guard form.rules.range == .keptAtWalk, let left = ranges[vm], !left.isEmpty else { return [nil] }
    return Set(left.map { cells.cells(of: $0) }).sorted {
      ($0.start.rawValue, $0.end.rawValue) < ($1.start.rawValue, $1.end.rawValue)
    }
  }

  /// The last to find the count at 0 sets the range to its own, and those that overlap it widen it: each invalidation's
  /// own range, and that of all of them.
  private mutating func noteRanges(_ window: RecordedWindow) {
    guard form.rules.range == .keptAtWalk else { return }
    let invalidated = window.operations.compactMap { operation -> HVARange? in
      guard case .invalidate(let invalidation) = operation.kind else { return nil }
      return invalidation.range
    }
    guard let first = invalidated.first else { return }
    ranges[window.vm] = Set(invalidated + [invalidated.dropFirst().reduce(first) { $0.hull($1) }])
  }
}

extension CarriedState {
  fileprivate init(_ end: EndState, _ cells: PageCells) {
    self.init(cache: end.cache, page: end.page.flatMap { cells.address(of: $0) }, isGPABased: end.isGPABased)
  }

  /// For an order that does not depend on hashes.
  fileprivate var sortKey: [UInt64] {
    func number(_ flag: Bool?) -> UInt64 { flag.map { $0 ? 2 : 1 } ?? 0 }
    return [
      page?.rawValue ?? 0, number(isGPABased), number(cache.isActive), number(cache.valid),
      number(cache.needsInvalidation), number(cache.hasKHVA), number(cache.isKHVAUnmapped), cache.page.rawValue,
    ]
  }

  /// The states of a cache of which nothing is known: its first operation in the window shows them.
  fileprivate static func unknown(_ own: [RecordedOperation], _ rules: ProtocolRules) -> Set<CarriedState> {
    guard let first = own.first(where: CacheWindow.matters) else { return [] }
    switch first.kind {
    case .invalidate: return []
    // However it stood: nothing uses it before.
    case .deactivate: return [CarriedState(cache: .cold, page: nil, isGPABased: true)]
    case .check(let check):
      guard let uhva = check.uhva, !uhva.isError else { return [] }
      return [.cold, .warm(rules)].reduce(into: []) {
        $0.insert(CarriedState(cache: $1, page: uhva.page, isGPABased: true))
      }
    case .refresh(let refresh):
      let isGPABased = refresh.isGPABased ?? true
      let page = [refresh.oldUHVA, refresh.uhva].compactMap { $0 }.first { !$0.isError }?.page
      switch refresh.origin {
      case .activate, .activateHva: return [CarriedState(cache: .inactive, page: page, isGPABased: isGPABased)]
      case .refresh, .unknown:
        return [.cold, .warm(rules)].reduce(into: []) {
          $0.insert(CarriedState(cache: $1, page: page, isGPABased: isGPABased))
        }
      }
    }
  }
}
