// An invalidation elsewhere: who waits for it, who goes round for it, who does not care. Every figure is derived by
// hand.

import KVMEvents
import Testing

@Suite struct UnrelatedTests {
  //  time      0    50 60 70  90 100 110     150 160     200 205 210 220 240 250 260
  //  mm far    s w r                                     e   k   d
  //  vcpu           (  o  h   H  t   o  …    t   o  …    t       o   h   H   t   )
  private static let schedule = {
    var schedule = Schedule()
    schedule.invalidate(40, 0, 10, 20, 200, 205, 210)
    schedule.refresh(cache: 1, page: 10, at: 50, loops: [60, 110, 160, 210])
    return schedule
  }()

  // The count is up at the tests at 100, 150 and 200 and down at 210, before the last round's snapshot.
  @Test(arguments: ["v6.9", "dwmw2-v3.1", "seanjc-1"]) func goesRound(form: String) throws {
    let costs = try #require(Self.schedule.costs[form])
    #expect(costs.roundCount == 4)
    #expect(costs.retries.falseCount == 3 && costs.retries.count == 3)
    #expect(costs.wastedLookupCount == 3)
    #expect(costs.spunNs == 210 - 60)
    #expect(costs.stallMaxNs == 210 - 60)
    #expect(costs.latency.maxNs == 260 - 50)
  }

  // Busy from 70, where the lookup is due, to 210; then lookup (20), test (10), return (10).
  @Test func spinsOnTheCount() throws {
    let costs = try #require(Self.schedule.costs["seanjc-2"])
    #expect(costs.roundCount == 1 && costs.retries.count == 0)
    #expect(costs.waits.falseCount == 1 && costs.waits.count == 1)
    #expect(costs.spunNs == 210 - 70 && costs.sleptNs == 0)
    #expect(costs.latency.maxNs == 210 + 20 + 10 + 10 - 50)
  }

  // The range does not cover the page, the flag stays set, and the seq moves at 210 only: accepted at 100.
  @Test(arguments: [
    "v5.17", "dwmw2-v1", "dwmw2-v2", "dwmw2-v3.2", "dwmw2-v3.3", "dwmw2-v3.4", "seanjc-3", "seanjc-4", "seanjc-5",
  ])
  func doesNotCare(form: String) throws {
    let costs = try #require(Self.schedule.costs[form])
    #expect(costs.roundCount == 1 && costs.retries.count == 0 && costs.waits.count == 0)
    #expect(costs.spunNs == 0 && costs.sleptNs == 0 && costs.stuckCount == 0)
    #expect(costs.latency.maxNs == 110 - 50)
  }

  // Two of them, on either side of the page: the range that covers both covers it, too. All asleep from 70 (v2 from
  // 100, behind its lookup) to 210.
  @Test(arguments: [("seanjc-5", 210 - 70), ("dwmw2-v2", 210 - 100)]) func widened(form: String, sleptNs: Int64) throws
  {
    var schedule = Schedule()
    schedule.invalidate(0, 0, 10, 20, 200, 205, 210)
    schedule.invalidate(40, 5, 12, 22, 190, 195, 198)
    schedule.refresh(cache: 1, page: 10, at: 50, loops: [60, 110, 160, 210])
    let costs = try #require(schedule.costs[form])
    #expect(costs.waits.widenedCount == 1 && costs.waits.count == 1)
    #expect(costs.sleptNs == sleptNs && costs.wakeUpCount == 1)
    #expect(costs.retries.count == 0 && costs.roundCount == 1)
  }

  // v3.2 takes gpc->lock while it waits, and wants it again at once: it holds it itself.
  @Test func stuck() throws {
    var schedule = Schedule()
    schedule.invalidate(10, 0, 10, 20, 200, 205, 210)
    schedule.refresh(cache: 1, page: 10, at: 50, loops: [60, 110, 160, 210])
    schedule.refresh(cache: 1, page: 10, at: 300, loops: [310])
    let costs = try #require(schedule.costs["dwmw2-v3.2"])
    #expect(costs.stuckCount == 1 && costs.refreshCount == 2)
    // The other one is over at 360, in one round.
    #expect(costs.latency.count == 1 && costs.latency.maxNs == 360 - 300)
  }
}
