// A cache's window as a scenario: what the search runs.

import GPCProtocol
import KVMEvents
import Results

extension CacheWindow {
  /// - Parameters:
  ///   - names: by `TaskID`, for the columns of a counterexample.
  ///   - range: what the kvm's covering range was left at, in model pages.
  func scenario(
    ofWindow number: Int, from state: CarriedState, in cells: PageCells, range: HVARange?,
    names: (TaskID) -> String
  ) -> Scenario {
    let page = state.page.flatMap { cells.page(of: $0) } ?? 1
    let cache = ProtocolSetup.Cache(page: page, isGPABased: state.isGPABased, warmth: .carried(state.cache))
    let programs = self.programs.map { operations in
      TaskProgram(
        Self.name(operations, names), operations.map { $0.model(cells, isGPABased: state.isGPABased, page: page) })
    }
    // Each invalidation says itself whether a memslot overlaps it; this one is the gpa's.
    let memslots: [HVARange] = state.isGPABased ? [.pages(page..<page + 1)] : []
    var setup = ProtocolSetup(caches: [cache], memslots: memslots, programs: programs)
    setup.range = range
    return Scenario(
      name: "window-\(number)", summary: "Cut out of a recording.", setup: setup,
      bounds: RecordedBounds(
        spans: self.programs.map { $0.map { $0.span(isBehindRefresh: isBehindRefresh($0)) } }, order: order,
        hosts: hosts, refreshesKeepTime: refreshesKeepTime),
      origin: .window(number))
  }

  private static func name(_ operations: [RecordedOperation], _ names: (TaskID) -> String) -> String {
    var words: [String] = []
    for operation in operations {
      let word = names(operation.task) + (operation.isNested ? "/irq" : "")
      if !words.contains(word) { words.append(word) }
    }
    return words.count <= 2 ? words.joined(separator: "+") : "\(words[0])+\(words.count - 1)"
  }
}

extension Scenario {
  /// The same with a check of the cache when all of it is over.
  func checkedAtItsEnd() -> Scenario {
    var scenario = self
    scenario.setup.programs.append(TaskProgram("user", [.check(cache: 0)]))
    guard let last = bounds?.spans.flatMap({ $0 }).map(\.end).max(by: { $0.id < $1.id }) else { return scenario }
    // A thread and a CPU of its own; after the quiet point.
    let after = Moment(id: last.id, time: .max / 2, cpu: -1, thread: -1)
    scenario.bounds?.spans.append([OperationSpan(begin: after, end: after)])
    scenario.bounds?.hosts.append(nil)
    return scenario
  }
}

extension RecordedOperation {
  /// The same as the model's operation.
  fileprivate func model(_ cells: PageCells, isGPABased: Bool, page: Int) -> TaskOperation {
    switch kind {
    case .invalidate(let invalidation): .invalidate(invalidation.choices(cells, isGPABased: isGPABased))
    case .check: .check(cache: 0)
    case .deactivate: .deactivate(cache: 0)
    case .refresh(let refresh): refresh.model(cells, isGPABased: isGPABased, page: page)
    }
  }
}

extension RecordedInvalidation {
  /// One; two where it is not known whether a memslot overlaps. One does if the range covers a page of a gpa-based
  /// cache: its uhva is the memslot's.
  func choices(_ cells: PageCells, isGPABased: Bool) -> [InvalidatedRange] {
    let cell = cells.cells(of: range)
    let coversCache = isGPABased && cells.pages.contains { range.contains($0) }
    let hits = hitsMemslot.map { [$0] } ?? (coversCache ? [true] : [true, false])
    return hits.map { InvalidatedRange(cell, hitsMemslot: $0, freesPages: removesMappings) }
  }
}

extension RecordedRefresh {
  fileprivate func model(_ cells: PageCells, isGPABased: Bool, page: Int) -> TaskOperation {
    let request = request(cells, isGPABased: self.isGPABased ?? isGPABased, page: page)
    let mayFail = outcome == .failed && !rounds.isEmpty
    switch origin {
    case .activate, .activateHva: return .activate(cache: 0, request, lookUpMayFail: mayFail)
    case .refresh, .unknown: return .refresh(cache: 0, request, lookUpMayFail: mayFail)
    }
  }

  func request(_ cells: PageCells, isGPABased: Bool, page: Int) -> RefreshRequest {
    let hasNoMemslot = uhva?.isError ?? false || (ret == Self.fault && rounds.isEmpty)
    let wanted = uhva.flatMap { cells.page(of: $0) } ?? page
    guard isGPABased else { return .uhva(.page(wanted)) }
    let generation = MemslotsGeneration(rawValue: 0)
    // A gpa that no other request has, so that it is resolved.
    guard !hasNoMemslot else {
      return .gpa(
        .page(ProtocolState.pagesMax - 1), resolved: GfnToPfnCache.errorUHVA, generation: generation)
    }
    return .gpa(.page(wanted), resolved: .page(wanted), generation: generation)
  }

  /// `-EFAULT`.
  private static var fault: Int64 { -14 }
}
