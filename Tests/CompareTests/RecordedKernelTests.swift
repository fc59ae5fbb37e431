// What the recorded kernel's own answers tell of when things happened, by its form. Every figure is derived by hand.

import Compare
import Forms
import GPCProtocol
import KVMEvents
import Testing

@Suite struct RecordedKernelTests {
  private static let v2 = "dwmw2-v2"

  // The walk begins behind its event (110) and is over by the hook's return (200). A check that says yes at 150 and a
  // refresh that keeps its mapping at 160 came before it came to the cache; the check at 205 says no. Walked at its
  // event, the refresh would have gone round until the invalidation was over.
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

  // v2 walks in the end hook, behind its event (205): valid for the check at 195 (between the hooks: a breach) and at
  // 203, not valid any more at 220, though the hook returns at 400 only. Without the walk's event it is taken to come
  // behind `mn_invalidate_end_kvm` (207).
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

  // v7.3 bumps its own sequence in every end hook. One of a range without a memslot ends somewhere in (205, 400); the
  // round of 250 to 290 is accepted, so it saw no bump: that came before its snapshot.
  @Test func v73sOwnSequenceMovesWithoutAMemslot() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 100, 110, 120, 200, 205, 400, hitsMemslot: false)
    schedule.refresh(cache: 1, page: 10, at: 240, loops: [250])
    let costs = try #require(schedule.costs(recordedOn: .builtIn("v7.3"))["v7.3"])
    #expect(costs.roundCount == 1 && costs.retries.count == 0)
  }

  // v2's retry test reads neither count nor seq: that a round was accepted says nothing of an invalidation elsewhere.
  // It is in flight from its walk (110) to the end hook's return (400), and mainline goes round until then.
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
  @Test(arguments: [(Int64(0), Int64(1)), (120, 0)])
  func onlyWhatIsCertainIsStale(at timeNs: Int64, stale: Int64) throws {
    var schedule = Schedule()
    schedule.invalidate(10, 100, 110, 115, 200, 205, 210, walksAtEnd: true)
    schedule.refresh(cache: 1, page: 10, at: timeNs, loops: [timeNs], origin: .activateHva, isGPABased: false)
    schedule.check(cache: 1, page: 10, at: 204, answer: true)
    #expect(try #require(schedule.costs(recordedOn: .builtIn("dwmw2-v1"))["dwmw2-v1"]).staleCount == stale)
  }

  // seanjc-2 spins before its lookup while the count is not 0: from its top (60) until 305, and looks up 15 later, at
  // 320. That is its own wait: mainline looks up 15 behind its top, and tests 30 behind that. Rounds beyond the
  // recorded one take 100, the least of a model's own: tops at 60, 105, 205 and 305; the tests at 105, 150 and 250 see
  // the count, the one at 350 nothing.
  @Test func theKernelsOwnWaitIsNoThreadsDelay() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 0, 10, 20, 300, 305, 310)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: 320, test: 350)
    let costs = schedule.costs(recordedOn: .builtIn("seanjc-2"))
    let own = try #require(costs["seanjc-2"])
    #expect(own.roundCount == 1 && own.waits.falseCount == 1 && own.waits.count == 1)
    #expect(own.spunNs == 305 - 60 && own.stallMaxNs == 305 - 60 && own.latency.maxNs == 360 - 50)
    let mainline = try #require(costs["v6.9"])
    #expect(mainline.roundCount == 4 && mainline.retries.falseCount == 3 && mainline.waits.count == 0)
    #expect(mainline.latency.maxNs == 360 - 50)
  }

  // The same as the recorded kernel's own figure.
  @Test func theKernelsOwnWaitsAreAddedUp() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 0, 10, 20, 300, 305, 310)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: 320, test: 350)
    var comparison = Comparison(ProtocolForm.all, kernel: .builtIn("seanjc-2"), deltaNs: 0)
    comparison.consume(schedule.window())
    _ = comparison.finish()
    let waits = comparison.kernelWaits
    #expect(waits.byCause.falseCount == 1 && waits.ns == 245 && waits.inRepeatedRoundsNs == 0)
    #expect(waits.stallMaxNs == 245 && !waits.areAsleep && waits.areKnown)
    #expect(comparison.comparableForms.count == ProtocolForm.all.count)
  }

  // Without its loop's top nothing tells how much of the time before the lookup it waited: only who waits the same way
  // is compared.
  @Test func waitsThatAreNotKnown() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 0, 10, 20, 300, 305, 310)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: 320, test: 350, hasLoop: false)
    for (kernel, comparable) in [("seanjc-2", ["seanjc-2"]), ("v6.9", ProtocolForm.all.map(\.id))] {
      var comparison = Comparison(ProtocolForm.all, kernel: .builtIn(kernel), deltaNs: 0)
      comparison.consume(schedule.window())
      let costs = comparison.finish()
      let rows = comparison.rows(costs)
      #expect(comparison.comparableForms.map(\.id) == comparable && rows.map(\.id) == comparable)
    }
  }

  // v2 waits behind its lookup (60 to 80) for the page's own invalidation: asleep from 80 until 310, test at 350. v1
  // has no wait: its test comes 40 behind the lookup, at 120, and nothing has cleared the flag.
  @Test func aWaitBehindTheLookup() throws {
    var schedule = Schedule()
    schedule.invalidate(10, 0, 302, 20, 300, 301, 310, walksAtEnd: true)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: 60, test: 350)
    let costs = schedule.costs(recordedOn: .builtIn(Self.v2))
    let own = try #require(costs[Self.v2])
    #expect(own.waits.necessaryCount == 1 && own.wakeUpCount == 1 && own.sleptNs == 310 - 80)
    #expect(own.latency.maxNs == 360 - 50)
    #expect(try #require(costs["dwmw2-v1"]).latency.maxNs == 130 - 50)
  }

  // No memslot: the walk is the first thing in the end hook, and the count goes down with the hook's return all the
  // same.
  @Test func aWaitForOneWithoutAMemslot() throws {
    var schedule = Schedule()
    schedule.invalidate(10, 0, 202, 20, 200, 201, 400, hitsMemslot: false, walksAtEnd: true)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: 60, test: 450)
    let own = try #require(schedule.costs(recordedOn: .builtIn(Self.v2))[Self.v2])
    #expect(own.sleptNs == 400 - 80 && own.latency.maxNs == 460 - 50)
  }

  // The count goes up (by 70) between the loop's top (60) and the lookup (80), which does not wait for the end (310):
  // the wait was passed at the top. The test at 110 sees the count, and the next round's top, at 120, waits.
  @Test func aWaitThatIsPassedBeforeTheCountGoesUp() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 65, 70, 75, 300, 305, 310)
    schedule.repeatingRefresh(cache: 1, page: 10, at: 50, loops: [60, 120], lookups: [80, 320])
    let own = try #require(schedule.costs(recordedOn: .builtIn("seanjc-2"))["seanjc-2"])
    #expect(own.roundCount == 2 && own.retries.falseCount == 1 && own.waits.count == 1)
    #expect(own.spunNs == (120 - 60) + (305 - 120) && own.latency.maxNs == 360 - 50)
  }

  // v3.3, having waited (60 to 310), goes to the retry condition without a lookup, and accepts the error pfn at 400.
  @Test func aRoundWithoutALookup() throws {
    var schedule = Schedule()
    schedule.invalidate(10, 0, 10, 20, 300, 305, 310)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: nil, test: 400)
    let own = try #require(schedule.costs(recordedOn: .builtIn("dwmw2-v3.3"))["dwmw2-v3.3"])
    #expect(own.roundCount == 1 && own.staleCount == 1 && own.sleptNs == 310 - 60)
    #expect(own.latency.maxNs == 410 - 50)
  }

  // It had left its wait by its lookup (250): the count was down by then, though the hook returns at 400.
  @Test func aWaitThatIsOverTellsOfTheCount() throws {
    var schedule = Schedule()
    schedule.invalidate(20, 0, 10, 20, 200, 205, 400)
    schedule.waitingRefresh(cache: 1, page: 10, at: 50, lookup: 250, test: 280)
    let own = try #require(schedule.costs(recordedOn: .builtIn("seanjc-2"))["seanjc-2"])
    #expect(own.roundCount == 1 && own.latency.maxNs == 290 - 50)
  }
}
