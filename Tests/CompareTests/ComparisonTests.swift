// What a comparison takes: windows of which nothing is known, no refresh at all, many tasks; and its parts.

import Forms
import GPCProtocol
import KVMEvents
import Results
import Testing

@testable import Compare

@Suite struct ComparisonTests {
  @Test func nothing() {
    var comparison = Comparison(ProtocolForm.all, kernel: .v69, deltaNs: 0)
    #expect(comparison.finish() == ProtocolForm.all.map { _ in FormCosts() })
  }

  // Invalidations alone: nothing to wait for them.
  @Test func noRefresh() {
    var schedule = Schedule()
    schedule.invalidate(10, 0, 10, 20, 200, 205, 210)
    for (form, costs) in schedule.costs { #expect(costs == FormCosts(), "\(form)") }
  }

  // A window that events are missing from counts for nobody; what lies between its neighbours is left out.
  @Test func leftOut() {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 0, loops: [10])
    var comparison = Comparison([.v69], kernel: .v69, deltaNs: 0)
    comparison.consume(schedule.window(.lostEvents))
    comparison.consume(schedule.window(.incomplete))
    comparison.consume(schedule.window())
    #expect(comparison.leftOut.map(\.windowCount) == [2])
    #expect(comparison.leftOut.map(\.doubt) == [.lostEvents])
    #expect(comparison.leftOut.map(\.firstEvent) == [2] || comparison.leftOut.map(\.firstEvent) == [1])
    #expect(comparison.finish().map(\.refreshCount) == [1])
  }

  // v1, v2 and v3.4 walk in the end hook, and so does the event of a kernel that is one of them. The count goes up in
  // the start hook all the same: mainline's walk is there, and its check says no.
  @Test func theWalksEventInTheEndHook() throws {
    var schedule = Schedule()
    schedule.refresh(cache: 1, page: 10, at: 100, loops: [110])
    schedule.invalidate(10, 1000, 1205, 1020, 1200, 1207, 1210, walksAtEnd: true)
    schedule.check(cache: 1, page: 10, at: 1100, answer: true)
    let costs = schedule.costs
    #expect(costs["v6.9"]?.failedCheckCount == 1 && costs["v6.9"]?.contractCount == 0)
    #expect(costs["dwmw2-v2"]?.failedCheckCount == 0 && costs["dwmw2-v2"]?.contractCount == 1)
  }

  // Stamps that go back do not turn an invalidation's own order round, in any of its places.
  @Test(arguments: [
    [9, 0, 1, 2, 3, 4], [0, 9, 1, 2, 3, 4], [0, 1, 9, 2, 3, 4], [0, 1, 2, 9, 3, 4], [4, 3, 2, 1, 0, 0],
  ])
  func stampsThatGoBack(_ times: [Int64]) {
    for walksAtEnd in [false, true] {
      var schedule = Schedule()
      schedule.refresh(cache: 1, page: 10, at: 0, loops: [1, 2])
      schedule.invalidate(
        10, times[0], times[1], times[2], times[3], times[4], times[5], walksAtEnd: walksAtEnd)
      schedule.check(cache: 1, page: 10, at: 3, answer: false)
      for (form, costs) in schedule.costs { #expect(costs.refreshCount == 1 && costs.checkCount == 1, "\(form)") }
    }
  }

  // `WARN_ON_ONCE(kvm_is_error_gpa(gpa) == kvm_is_error_hva(uhva)) return -EINVAL`: with neither address there is
  // nothing to look up, whatever a recording says was returned.
  @Test(arguments: [Int64(0), -14, -22]) func aRequestWithoutAnAddressIsRefused(_ ret: Int64) {
    var schedule = Schedule()
    schedule.refreshWithoutRound(cache: 1, page: nil, isGPABased: false, ret: ret, at: 10, to: 20)
    for (form, costs) in schedule.costs {
      #expect(costs.refreshCount == 1 && costs.failedCount == 1 && costs.roundCount == 0, "\(form)")
    }
  }

  // v5.17 has no refresh_lock: while a refresh goes round for an invalidation, another one of the cache finds its
  // memslot gone.
  @Test func aMemslotThatGoesWhileARefreshGoesRound() {
    for timeNs in stride(from: Int64(50), through: 400, by: 7) {
      var schedule = Schedule()
      schedule.invalidate(10, 0, 10, 20, 300, 305, 310)
      schedule.refresh(cache: 1, page: 10, at: 50, loops: [60, 110, 160, 210, 320])
      schedule.refreshWithoutRound(cache: 1, page: 10, isGPABased: true, ret: -14, at: timeNs, to: 450)
      for (form, costs) in schedule.costs { #expect(costs.refreshCount == 2 && costs.failedCount >= 1, "\(form)") }
    }
  }

  // An invalidation in flight for 36 years: mainline goes round as long as it is. It is given up behind the bound,
  // which grows by 100 for the refresh and by 10 for its recorded round; v2 does not ask for the count.
  @Test func aModelDoesNotSpinForCenturies() {
    var schedule = Schedule()
    schedule.invalidate(20, 0, 10, 20, 1 << 60, 1 << 60 + 5, 1 << 60 + 10)
    schedule.refresh(cache: 1, page: 10, at: 50, loops: [60])
    var comparison = Comparison([.v69, .builtIn("dwmw2-v2")], kernel: .v69, deltaNs: 0, retriesMax: 50)
    comparison.consume(schedule.window())
    let costs = comparison.finish()
    #expect(costs.map(\.stuckCount) == [1, 0])
    #expect(costs[0].roundCount == 50 + 100 + 10 + 1)
  }

  // A round whose stamps are all equal, as in microseconds: the next one is not at the same time for ever.
  @Test func roundsOfNoTimeComeToAnEnd() {
    var schedule = Schedule()
    schedule.invalidate(20, 0, 10, 20, 1_000_000, 1_000_005, 1_000_010)
    schedule.refreshAtOnce(cache: 1, page: 10, at: 50)
    let costs = schedule.costs["v6.9"]
    // 100 ns each, until the millisecond is over.
    #expect(costs?.stuckCount == 0 && (9_990...10_010).contains(costs?.roundCount ?? 0))
  }

  // 300 refreshes of 300 caches at once, while 300 invalidations are in flight.
  @Test func manyTasks() throws {
    var schedule = Schedule()
    for number in 0..<300 { schedule.invalidate(1000 + number, 0, 10, 20, 200, 205, 210) }
    for cache in 0..<300 {
      schedule.refresh(cache: Int32(cache), page: cache, at: 50, loops: [60, 110, 160, 210])
    }
    let costs = try #require(schedule.costs["v6.9"])
    #expect(costs.roundCount == 1200 && costs.retries.falseCount == 900)
  }

  // Percentiles are at most 1/64 too large, and never more than the largest.
  @Test(arguments: [Int64(1), 63, 64, 1000, 123_456_789, 1 << 40]) func percentiles(_ step: Int64) throws {
    var histogram = LatencyHistogram()
    for value in 1...100 { histogram.add(Int64(value) * step) }
    let median = try #require(histogram.percentile(50))
    #expect(median >= 50 * step && median <= 50 * step + 50 * step / 64 + 1)
    let last = try #require(histogram.percentile(99))
    #expect(last >= 99 * step && last <= 100 * step)
    #expect(histogram.maxNs == 100 * step && histogram.sumNs == 5050 * step)
    #expect(LatencyHistogram().percentile(50) == nil)
  }

  @Test func timersInOrder() {
    var timers = TimerQueue()
    let times: [Int64] = [5, 1, 9, 5, 3, 1, 7, 5]
    for (task, time) in times.enumerated() { _ = timers.set(task, at: time) }
    var popped: [Int] = []
    while let timer = timers.popFirst() { popped.append(timer.task) }
    #expect(popped == [1, 5, 4, 0, 3, 7, 6, 2])
  }
}
