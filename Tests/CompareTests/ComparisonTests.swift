// What a comparison takes: windows of which nothing is known, no refresh at all, many tasks; and its parts.

import Forms
import GPCProtocol
import KVMEvents
import Testing

@testable import Compare

@Suite struct ComparisonTests {
  @Test func nothing() {
    var comparison = Comparison(ProtocolForm.all, deltaNs: 0)
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
    var comparison = Comparison([.mainline], deltaNs: 0)
    comparison.consume(schedule.window(.lostEvents))
    comparison.consume(schedule.window(.incomplete))
    comparison.consume(schedule.window())
    #expect(comparison.leftOut.map(\.windowCount) == [2])
    #expect(comparison.leftOut.map(\.doubt) == [.lostEvents])
    #expect(comparison.leftOut.map(\.firstEvent) == [2] || comparison.leftOut.map(\.firstEvent) == [1])
    #expect(comparison.finish().map(\.refreshCount) == [1])
  }

  // 300 refreshes of 300 caches at once, while 300 invalidations are in flight.
  @Test func manyTasks() throws {
    var schedule = Schedule()
    for number in 0..<300 { schedule.invalidate(1000 + number, 0, 10, 20, 200, 205, 210) }
    for cache in 0..<300 {
      schedule.refresh(cache: Int32(cache), page: cache, at: 50, loops: [60, 110, 160, 210])
    }
    let costs = try #require(schedule.costs["mainline"])
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
