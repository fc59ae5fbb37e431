// One cache as a state machine: what each event does to `active`, `valid`, `needs_invalidation`, `pfn` and `khva`.

import GPCProtocol
import KVMEvents

/// Every (state, event, next state, action) of a form's cache, from a cache that was never activated on.
struct CacheTable {
  enum Event: String, CaseIterable {
    case activate = "kvm_gpc_activate()"
    case refresh = "refresh of the same page"
    case loopTop = "loop top of hva_to_pfn_retry()"
    case setValid = "relock"
    case accept = "round accepted"
    case acceptError = "round accepted over an error pfn"
    case fail = "lookup failed"
    case startWalk = "walk over its page, start hook"
    case walk = "walk over its page"
    case check = "kvm_gpc_check()"
    case deactivate = "kvm_gpc_deactivate()"
  }

  private(set) var rows: [[String]] = []
  private let rules: ProtocolRules
  private static let range = HVARange.pages(cachePage..<cachePage + 1)
  private static let pfn = PFN.named(1, page: cachePage)

  init(_ form: ProtocolForm) {
    rules = form.rules
    var met = [GfnToPfnCache()]
    var index = 0
    while index < met.count {
      for event in Event.allCases {
        guard let (next, action) = apply(event, met[index]) else { continue }
        rows.append([words(met[index]), event.rawValue, next == met[index] ? "as it was" : words(next), action])
        if !met.contains(next) { met.append(next) }
      }
      index += 1
    }
  }

  /// nil: the event does not come in this state.
  private func apply(_ event: Event, _ before: GfnToPfnCache) -> (GfnToPfnCache, String)? {
    var cache = before
    switch event {
    case .activate:
      guard !before.active else { return nil }
      cache.activate()
      return (cache, "on gpc_list; then the refresh")
    case .refresh: return refresh(before)
    case .loopTop:
      guard before.active, !before.uhva.isError, rules.hasNeedsInvalidation || rules.validity == .trueBeforeTest else {
        return nil
      }
      cache.retryLoopTop(rules)
      return (cache, "drops the lock, looks up")
    case .setValid:
      guard isInLoop(before), rules.validity == .trueBeforeTest else { return nil }
      cache.setValidBeforeTest()
      return (cache, "the retry test follows")
    case .accept, .acceptError:
      guard isInLoop(before) else { return nil }
      cache.accept(event == .accept ? Self.pfn : .errorFault, rules)
      return (cache, "stores pfn and khva, tests nothing")
    case .fail:
      guard isInLoop(before) else { return nil }
      if rules.testsUnderLock { cache.fail() }
      return (cache, "-EFAULT")
    case .startWalk:
      guard before.active, rules.walk.place == .bothHooks else { return nil }
      var walk = rules.walk
      walk.test = .valid
      let hit = cache.walk(Self.range, walk)
      return (cache, hit ? "hit" : "passes it over")
    case .walk:
      guard before.active else { return nil }
      let hit = cache.walk(Self.range, rules.walk)
      return (cache, hit ? "hit" : "passes it over")
    case .check: return (cache, checkWords(before))
    case .deactivate:
      guard before.active else { return nil }
      cache.deactivate()
      return (cache, "off gpc_list, unmapped")
    }
  }

  private func refresh(_ before: GfnToPfnCache) -> (GfnToPfnCache, String) {
    var cache = before
    switch cache.beginRefresh(.gpaPage(cachePage)) {
    case .inactive: return (cache, "-EINVAL")
    case .noMemslot: return (cache, "-EFAULT")
    case .kept: return (cache, "keeps the mapping")
    case .lookUp:
      cache.enterRetryLoop(rules)
      return (cache, "into the retry loop")
    }
  }

  /// Can a retry loop be at its relock in this state?
  private func isInLoop(_ cache: GfnToPfnCache) -> Bool {
    guard cache.active && !cache.uhva.isError else { return false }
    switch rules.validity {
    case .falseBeforeLoop: return !cache.valid
    case .trueBeforeTest: return true
    case .placeholder: return cache.pfn.isError
    }
  }

  private func checkWords(_ cache: GfnToPfnCache) -> String {
    switch cache.check(len: 1, generationIsFresh: true) {
    case .yes: rules.usersTestKHVA && !cache.hasKHVA ? "yes, but the user sees khva NULL" : "yes"
    case .no(let reason): "no: \(reason.rawValue)"
    }
  }

  private func words(_ cache: GfnToPfnCache) -> String {
    guard cache.active else { return cache.uhva.isError ? "inactive" : "inactive, uhva kept" }
    var words = [cache.valid ? "valid" : "not valid"]
    if rules.hasNeedsInvalidation && cache.needsInvalidation { words.append("needs_invalidation") }
    words.append(cache.uhva.isError ? "no uhva" : cache.pfn.isError ? "pfn error" : "pfn")
    return words.joined(separator: ", ")
  }
}
