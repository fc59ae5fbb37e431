// The cache's transitions, against virt/kvm/pfncache.c.

import Forms
import GPCProtocol
import KVMEvents
import Testing

@Suite struct GfnToPfnCacheTests {
  private let rules = ProtocolForm.v69.rules
  private let slots = MemslotsGeneration(rawValue: 4)
  private let uhva = UHVA(rawValue: 0x7f00_0000_1000)

  private func request(_ gpa: UInt64, _ uhva: UHVA, _ slots: MemslotsGeneration) -> RefreshRequest {
    .gpa(GPA(rawValue: gpa), resolved: uhva, generation: slots)
  }

  private var mapped: GfnToPfnCache {
    var cache = GfnToPfnCache()
    cache.activate()
    _ = cache.beginRefresh(request(0x5040, uhva, slots))
    cache.enterRetryLoop(rules)
    cache.accept(PFN(rawValue: 9), rules)
    return cache
  }

  @Test func refreshOfAnInactiveCacheIsRefused() {
    var cache = GfnToPfnCache()
    let entry = cache.beginRefresh(request(0x5040, uhva, slots))
    #expect(entry == .inactive)
    #expect(cache == GfnToPfnCache())
  }

  @Test func firstRefreshLooksUpAndMaps() {
    #expect(mapped.valid && mapped.hasKHVA)
    #expect(mapped.uhva == UHVA(rawValue: 0x7f00_0000_1040))
    #expect(mapped.check(len: 8, generationIsFresh: true) == .yes)
  }

  @Test func samePageIsKept() {
    var cache = mapped
    var entry = cache.beginRefresh(request(0x5080, uhva, slots))
    #expect(entry == .kept)
    #expect(cache.uhva.rawValue % pageSize == 0x80)
    entry = cache.beginRefresh(request(0x5080, uhva, MemslotsGeneration(rawValue: 6)))
    #expect(entry == .kept)
    #expect(cache.generation.rawValue == 6)
  }

  @Test func otherPageIsLookedUp() {
    var cache = mapped
    let entry = cache.beginRefresh(request(0x6000, UHVA(rawValue: 0x7f00_0000_2000), slots))
    #expect(entry == .lookUp)
  }

  @Test func noMemslotFails() {
    var cache = mapped
    let entry = cache.beginRefresh(request(0x6000, GfnToPfnCache.errorUHVA, slots))
    #expect(entry == .noMemslot)
    #expect(!cache.valid && cache.pfn.isError && !cache.hasKHVA)
    #expect(cache.check(len: 1, generationIsFresh: true) == .no(.errorUHVA))
  }

  @Test func checkGivesTheFirstReason() {
    var cache = mapped
    #expect(cache.check(len: 1, requestedGPA: GPA(rawValue: 0x6000), generationIsFresh: false) == .no(.otherGPA))
    #expect(cache.check(len: 1, generationIsFresh: false) == .no(.generationStale))
    #expect(cache.check(len: 0xfc0, generationIsFresh: true) == .yes)
    #expect(cache.check(len: 0xfc1, generationIsFresh: true) == .no(.beyondPage))
    cache.valid = false
    #expect(cache.check(len: 1, generationIsFresh: true) == .no(.invalid))
    cache.deactivate()
    #expect(cache.check(len: 1, generationIsFresh: true) == .no(.inactive))
  }

  @Test func hvaBasedCacheHasNoGeneration() {
    var cache = GfnToPfnCache()
    cache.activate()
    let entry = cache.beginRefresh(.uhva(uhva))
    #expect(entry == .lookUp)
    cache.accept(PFN(rawValue: 9), rules)
    #expect(cache.check(len: 4096, generationIsFresh: false) == .yes)
  }

  @Test func walkHitsWhatItTests() {
    var cache = mapped
    let around = HVARange(start: uhva, end: UHVA(rawValue: uhva.rawValue + pageSize))
    let below = HVARange(start: UHVA(rawValue: uhva.rawValue - pageSize), end: uhva)
    let rule = rules.walk
    let hits = [cache.walk(below, rule), cache.walk(around, rule), cache.walk(around, rule)]
    #expect(hits == [false, true, false])
    #expect(!cache.valid)
  }

  @Test func walkOnTheFlagPassesOverAnErrorPFN() throws {
    let rules = try #require(ProtocolForm.named("dwmw2-v2")).rules
    var cache = GfnToPfnCache()
    cache.activate()
    _ = cache.beginRefresh(request(0x5040, uhva, slots))
    cache.retryLoopTop(rules)
    let around = HVARange(start: uhva, end: UHVA(rawValue: uhva.rawValue + pageSize))
    #expect(cache.needsInvalidation && !cache.isHit(by: around, rules.walk))
    cache.accept(PFN(rawValue: 9), rules)
    let hit = cache.walk(around, rules.walk)
    #expect(hit && !cache.needsInvalidation && !cache.valid)
  }
}
