// What the recorded kernel's own answers tell of when things happened, by its form. Every figure is derived by hand.

import Forms
import KVMEvents
import Testing

@Suite struct RecordedKernelTests {
  private static let v2 = "dwmw2-v2"

  // The walk begins behind its event (110) and is over by the hook's return (200). A check that says yes at 150 and a
  // refresh that keeps its mapping at 160 came before it came to the cache; the check at 205 says no. Walked at its event,
  // the refresh would have gone round until the invalidation was over.
  @Test(arguments: ["v6.9", "v7.3", "dwmw2-v3.1", "seanjc-5"]) func aWalkComesBehindTheLastYes(_ form: String) throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10], origin: .activate)
    schedule.invalidate(10, 100, 110, 200, 210, 220, 230)
    schedule.check(cache: 1, page: 10, at: 150, answer: true)
    schedule.refreshWithoutRound(cache: 1, page: 10, isGPABased: true, ret: 0, at: 160, to: 170)
    schedule.check(cache: 1, page: 10, at: 205, answer: false)
    let costs = try #require(schedule.costs(recordedOn: .builtIn(form))[form])
    #expect(costs.refreshCount == 2 && costs.roundCount == 1)
    #expect(costs.failedCheckCount == 1 && costs.contractCount == 0)
  }

  // Another page's check says nothing of this one's walk.
  @Test func aYesElsewhereTellsNothing() throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10], origin: .activate)
    schedule.refresh(cache: 2, page: 20, at: 0, loops: [10], origin: .activate)
    schedule.invalidate(10, 100, 110, 200, 210, 220, 230)
    schedule.check(cache: 2, page: 20, at: 150, answer: true)
    schedule.check(cache: 1, page: 10, at: 140, answer: false)
    #expect(try #require(schedule.costs["v6.9"]).failedCheckCount == 1)
  }

  // v2 walks in the end hook, behind its event (205): valid for the check at 195 (between the hooks: a breach) and at 203,
  // not valid any more at 220, though the hook returns at 400 only. Without the walk's event it is taken to come behind
  // `mn_invalidate_end_kvm` (207).
  @Test(arguments: [true, false]) func aWalkInTheEndHookComesWithItsEvent(hasEvent: Bool) throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10], origin: .activate)
    schedule.invalidate(10, 100, 205, 120, 200, 207, 400, walksAtEnd: true, hasWalk: hasEvent)
    schedule.check(cache: 1, page: 10, at: 195, answer: true)
    schedule.check(cache: 1, page: 10, at: 203, answer: true)
    schedule.check(cache: 1, page: 10, at: 220, answer: false)
    let costs = try #require(schedule.costs(recordedOn: .builtIn(Self.v2))[Self.v2])
    #expect(costs.failedCheckCount == 1 && costs.contractCount == 1)
  }

  // v7.3 bumps its own sequence in every end hook. One of a range without a memslot ends somewhere in (205, 400); the round
  // of 250 to 290 is accepted, so it saw no bump: that came before its snapshot.
  @Test func v73sOwnSequenceMovesWithoutAMemslot() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 100, 110, 120, 200, 205, 400, hitsMemslot: false)
    schedule.refresh(cache: 1, page: 10, at: 240, loops: [250])
    let costs = try #require(schedule.costs(recordedOn: .builtIn("v7.3"))["v7.3"])
    #expect(costs.roundCount == 1 && costs.retries.count == 0)
  }

  // v2's retry test reads neither count nor seq: that a round was accepted says nothing of an invalidation elsewhere. It is
  // in flight from its walk (110) to the end hook's return (400), and mainline goes round until then.
  @Test func anAcceptedRoundOfV2TellsNothingOfOthers() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 100, 110, 120, 200, 205, 400)
    schedule.refresh(cache: 1, page: 10, at: 240, loops: [250])
    #expect(try #require(schedule.costs(recordedOn: .builtIn(Self.v2))[Self.v2]).roundCount == 1)
    #expect(try #require(schedule.costs(recordedOn: .builtIn(Self.v2))["v6.9"]).retries.falseCount == 3)
    #expect(try #require(schedule.costs(recordedOn: .v69)["v6.9"]).roundCount == 1)
  }

  // Looked up (40) before the hooks' gap opens (120): stale for certain when the page was freed (200). Looked up in the
  // gap (130 to 150): possibly, which does not count (docs/evidence.md, 8).
  @Test(arguments: [(Int64(0), Int64(1)), (120, 0)]) func onlyWhatIsCertainIsStale(at timeNs: Int64, stale: Int64) throws {
    var schedule = Schedule()
    schedule.invalidate(10, 100, 110, 115, 200, 205, 210, walksAtEnd: true)
    schedule.refresh(cache: 1, page: 10, at: timeNs, loops: [timeNs], origin: .activateHva, isGPABased: false)
    schedule.check(cache: 1, page: 10, at: 204, answer: true)
    #expect(try #require(schedule.costs(recordedOn: .builtIn("dwmw2-v1"))["dwmw2-v1"]).staleCount == stale)
  }
}
