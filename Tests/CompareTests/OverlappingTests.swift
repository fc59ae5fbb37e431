// An invalidation of the cache's page beside one elsewhere, and what a check may see meanwhile. Every figure is derived
// by hand.

import KVMEvents
import Testing

@Suite struct OverlappingTests {
  // mm far: s 0, w 10, r 15; e 390, k 402, d 405. mm own: s 20, w 30, r 40; e 300, k 305, d 310.
  // vcpu: ( 50, o 60; rounds of 50: tops 60, 110, …, 410, tests 40 behind; accepted at 450, ) 460.
  private static let schedule = {
    var schedule = Schedule()
    schedule.invalidate(40, 0, 10, 15, 390, 402, 405)
    schedule.invalidate(10, 20, 30, 40, 300, 305, 310)
    schedule.refresh(cache: 1, page: 10, at: 50, loops: [60, 110, 160, 210, 260, 310, 360, 410])
    return schedule
  }()

  // Tests at 100 … 300 see the page's own invalidation; at 350 it is over since before that round's top (310), at 400
  // as well.
  @Test func mainline() throws {
    let costs = try #require(Self.schedule.costs["v6.9"])
    #expect(costs.roundCount == 8)
    #expect(costs.retries.necessaryCount == 5 && costs.retries.falseCount == 2 && costs.retries.count == 7)
    #expect(costs.spunNs == 410 - 60 && costs.latency.maxNs == 460 - 50)
  }

  // Asleep behind the lookup from 100 to 405, when the count is 0. The cache was never filled: its pfn is an error, so
  // the walk of the end hook (310) passes over it and leaves the flag, and the round is accepted. Its lookup returned
  // (90) between the hooks (40, 300): possibly stale, which does not count (docs/evidence.md, 8).
  @Test func dwmw2V2() throws {
    let costs = try #require(Self.schedule.costs["dwmw2-v2"])
    #expect(costs.waits.necessaryCount == 1 && costs.waits.count == 1 && costs.wakeUpCount == 1)
    #expect(costs.retries.count == 0 && costs.staleCount == 0)
    #expect(costs.sleptNs == 405 - 100 && costs.spunNs == 0 && costs.stallMaxNs == 405 - 100)
    #expect(costs.latency.maxNs == 405 + 10 - 50)
  }

  // Asleep before the lookup, from 70 to 405; the snapshot comes behind that.
  @Test func seanjc5() throws {
    let costs = try #require(Self.schedule.costs["seanjc-5"])
    #expect(costs.roundCount == 1 && costs.retries.count == 0)
    #expect(costs.sleptNs == 405 - 70 && costs.latency.maxNs == 405 + 20 + 10 + 10 - 50)
  }

  // A valid cache, a check inside the contract window (40, 300), one behind it: a walk in the end hook leaves it valid
  // that long.
  @Test func contract() throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10], origin: .activate)
    schedule.invalidate(10, 120, 130, 140, 300, 305, 310)
    schedule.check(cache: 1, page: 10, at: 200, answer: false)
    schedule.check(cache: 1, page: 10, at: 320, answer: false)
    let costs = schedule.costs
    for form in ["v6.9", "v5.17", "dwmw2-v3.1", "seanjc-5"] {
      #expect(costs[form]?.contractCount == 0 && costs[form]?.failedCheckCount == 2, "\(form)")
    }
    for form in ["dwmw2-v1", "dwmw2-v2", "dwmw2-v3.4"] {
      #expect(costs[form]?.contractCount == 1 && costs[form]?.failedCheckCount == 1, "\(form)")
    }
  }

  // An hva-based cache that no memslot covers: the invalidation between lookup (to 40) and test (50) leaves no trace in
  // count and seq.
  @Test func stale() throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10], origin: .activateHva, isGPABased: false)
    schedule.invalidate(10, 41, 42, 43, 44, 45, 46, hitsMemslot: false)
    schedule.check(cache: 1, page: 10, at: 100, answer: true)
    // Accepted at 50, used at 100: one mapping. The pfn was an error, so the walks of the forms with a flag have passed
    // over it, too. Only v7.3's own seq moves without a memslot.
    for (form, costs) in schedule.costs { #expect(costs.staleCount == (form == "v7.3" ? 0 : 1), "\(form)") }
  }

  // The same in a cache that was filled before: there the walk clears the flag, and the round is repeated.
  @Test func flagOfAFilledCache() throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10], origin: .activateHva, isGPABased: false)
    schedule.invalidate(10, 70, 71, 72, 73, 74, 75, hitsMemslot: false)
    schedule.refresh(cache: 1, page: 10, at: 100, loops: [110], isGPABased: false)
    schedule.invalidate(10, 141, 142, 143, 144, 145, 146, hitsMemslot: false)
    let costs = schedule.costs
    for form in ["dwmw2-v1", "dwmw2-v2", "dwmw2-v3.1"] {
      #expect(costs[form]?.staleCount == 0 && costs[form]?.retries.necessaryCount == 1, "\(form)")
    }
    #expect(costs["v6.9"]?.staleCount == 1 && costs["v6.9"]?.retries.count == 0)
  }
}
