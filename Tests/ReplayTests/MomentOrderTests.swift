// Which of two moments is surely earlier: rule 2 of the evidence, and the clock's uncertainty.

import KVMEvents
import Testing

@testable import Replay

@Suite struct MomentOrderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let a: Moment
    let b: Moment
    let deltaNs: Int64
    let aFirst: Bool
    let bFirst: Bool
    var testDescription: String { name }
  }

  private static func moment(_ id: Int64, _ time: Int64, cpu: Int32, thread: Int32) -> Moment {
    Moment(id: id, time: time, cpu: cpu, thread: thread)
  }

  static let cases = [
    // Two CPUs, two threads: only the clock speaks.
    Case(
      name: "apart", a: moment(1, 100, cpu: 0, thread: 0), b: moment(2, 101, cpu: 1, thread: 1), deltaNs: 0,
      aFirst: true, bFirst: false),
    Case(
      name: "equal stamps", a: moment(1, 100, cpu: 0, thread: 0), b: moment(2, 100, cpu: 1, thread: 1), deltaNs: 0,
      aFirst: false, bFirst: false),
    Case(
      name: "exactly delta apart", a: moment(1, 100, cpu: 0, thread: 0), b: moment(2, 1100, cpu: 1, thread: 1),
      deltaNs: 1000, aFirst: false, bFirst: false),
    Case(
      name: "one over delta", a: moment(1, 100, cpu: 0, thread: 0), b: moment(2, 1101, cpu: 1, thread: 1),
      deltaNs: 1000, aFirst: true, bFirst: false),
    // The line order of two CPUs proves nothing against their clocks.
    Case(
      name: "later line, earlier stamp", a: moment(2, 100, cpu: 0, thread: 0), b: moment(1, 200, cpu: 1, thread: 1),
      deltaNs: 0, aFirst: true, bFirst: false),
    // One thread, one CPU: the order of the lines, whatever the stamps.
    Case(
      name: "one thread on two CPUs", a: moment(1, 100, cpu: 0, thread: 0), b: moment(2, 100, cpu: 1, thread: 0),
      deltaNs: 1000, aFirst: true, bFirst: false),
    Case(
      name: "two threads on one CPU", a: moment(1, 100, cpu: 0, thread: 0), b: moment(2, 100, cpu: 0, thread: 1),
      deltaNs: 1000, aFirst: true, bFirst: false),
    // What ends with an event is before what begins with it.
    Case(
      name: "the same event", a: moment(1, 100, cpu: 0, thread: 0), b: moment(1, 100, cpu: 0, thread: 0),
      deltaNs: 1000, aFirst: true, bFirst: true),
  ]

  @Test(arguments: cases) func surely(_ sample: Case) {
    let order = MomentOrder(deltaNs: sample.deltaNs)
    #expect(order.surely(sample.a, before: sample.b) == sample.aFirst)
    #expect(order.surely(sample.b, before: sample.a) == sample.bFirst)
  }

  @Test func unknownBoundsProveNothing() {
    let order = MomentOrder(deltaNs: 0)
    let known: Moment? = Self.moment(1, 100, cpu: 0, thread: 0)
    #expect(!order.surely(known, before: nil))
    #expect(!order.surely(nil, before: known))
    #expect(!order.surely(nil, before: Moment?.none))
  }
}
