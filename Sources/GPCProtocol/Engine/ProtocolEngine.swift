// The engine: takes one step of one task. One for all forms; a form is the rules it is given.

import KVMEvents

package final class ProtocolEngine: Sendable {
  package let rules: ProtocolRules
  package let program: ProtocolProgram
  package let setup: ProtocolSetup
  package let taskCount: Int
  package let cacheCount: Int
  let programs: CompiledPrograms
  /// nil: of a search.
  let recording: StepTable<RecordingState>?

  package convenience init(_ form: ProtocolForm, setup: ProtocolSetup) { self.init(form, setup, recording: nil) }

  init(_ form: ProtocolForm, _ setup: ProtocolSetup, recording: StepTable<RecordingState>?) {
    precondition(setup.programs.count <= ProtocolState.tasksMax && setup.caches.count <= ProtocolState.cachesMax)
    rules = form.rules
    program = form.program
    self.recording = recording
    self.setup = setup
    taskCount = setup.programs.count
    cacheCount = setup.caches.count
    programs = CompiledPrograms(setup, rules)
  }

  package func operationCount(_ task: Int) -> Int { programs.operationCount(task) }

  /// The state before the first step.
  package func initialState() -> ProtocolState {
    var state = ProtocolState()
    for (index, cache) in setup.caches.enumerated() { state.caches[index] = initialCache(cache, state) }
    if let range = setup.range, rules.range != .none {
      state.kvm.rangeStart = range.start
      state.kvm.rangeEnd = range.end
    }
    for task in 0..<taskCount where operationCount(task) > 0 { beginOperation(task, &state) }
    return state
  }

  private func initialCache(_ setup: ProtocolSetup.Cache, _ state: ProtocolState) -> SharedCache<SearchWidth> {
    var cache = SharedCache<SearchWidth>()
    guard setup.warmth != .inactive else { return cache }
    cache.isListed = true
    cache.fields.active = true
    cache.fields.uhva = .page(setup.page)
    if setup.isGPABased { cache.fields.gpa = .page(setup.page) }
    switch setup.warmth {
    case .inactive, .cold: break
    case .warm:
      cache.fields.retryLoopTop(rules)
      cache.fields.valid = true
      cache.fields.pfn = state.currentPFN(at: self.setup.place(of: cache.fields, rules))
      cache.fields.hasKHVA = true
    case .carried(let carried): carry(carried, setup.page, state, &cache)
    }
    return cache
  }

  private func carry(
    _ carried: CarriedCache, _ page: Int, _ state: ProtocolState, _ cache: inout SharedCache<SearchWidth>
  ) {
    cache.isListed = carried.isActive
    cache.fields.active = carried.isActive
    cache.fields.valid = carried.valid
    cache.fields.needsInvalidation = rules.hasNeedsInvalidation && carried.needsInvalidation ?? carried.valid
    cache.fields.hasKHVA = carried.hasKHVA
    cache.fields.isKHVAUnmapped = rules.canUnmapKeptKHVA && carried.isKHVAUnmapped
    switch carried.page {
    case .none: break
    case .current: cache.fields.pfn = state.currentPFN(at: .page(page))
    case .freed: cache.fields.pfn = .freed
    }
  }
}
