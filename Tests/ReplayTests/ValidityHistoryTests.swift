// What a flag can have been, from changes whose moments are intervals. One thread writes, another reads, each on its
// CPU.

import KVMEvents
import Testing

@testable import Replay

@Suite struct ValidityHistoryTests {
  private let order = MomentOrder(deltaNs: 0)

  private func written(_ time: Int64) -> Moment { Moment(id: time, time: time, cpu: 0, thread: 0) }
  private func read(_ time: Int64) -> Moment { Moment(id: time, time: time, cpu: 1, thread: 1) }

  /// `T`, `F`, `?` for what is possible between two moments.
  private func possible(_ history: ValidityHistory, _ low: Int64, _ high: Int64) -> String {
    let possible = history.possible(from: read(low), to: read(high), order)
    return (possible.canBeTrue ? "T" : "") + (possible.canBeFalse ? "F" : "") + (possible.isUnknown ? "?" : "")
  }

  private func recorded(_ value: Bool, at time: Int64) -> ValidityHistory {
    var history = ValidityHistory()
    history.record(value, at: written(time), order)
    return history
  }

  @Test func nothingIsKnownAtFirst() {
    #expect(possible(ValidityHistory(), 10, 20) == "?")
  }

  @Test func recordedValueHolds() {
    #expect(possible(recorded(true, at: 1), 10, 20) == "T")
    #expect(possible(recorded(false, at: 1), 10, 20) == "F")
  }

  //         1    10        30
  // writer: T    (--- F ---)
  // reader:   rr              rr    only before: T; only behind: F; anything that touches the interval: both
  @Test(
    arguments: [
      (5, 9, "T"), (5, 10, "TF"), (5, 11, "TF"), (15, 20, "TF"), (29, 40, "TF"), (30, 40, "TF"), (31, 40, "F"),
      (5, 40, "TF"),
    ] as [(Int64, Int64, String)])
  func changeWithinAnInterval(low: Int64, high: Int64, expected: String) {
    var history = recorded(true, at: 1)
    history.change(to: false, after: written(10), order)
    history.settle(after: written(10), before: written(30))
    #expect(possible(history, low, high) == expected)
  }

  // A change that is not settled may come at any time from its low on.
  @Test func openChange() {
    var history = recorded(true, at: 1)
    history.change(to: false, after: written(10), order)
    #expect(possible(history, 5, 9) == "T")
    #expect(possible(history, 1000, 2000) == "TF")
  }

  @Test func withdrawnChangeDidNotHappen() {
    var history = recorded(true, at: 1)
    history.change(to: false, after: written(10), order)
    history.withdraw(after: written(10))
    #expect(possible(history, 15, 20) == "T")
  }

  // writer: F1   (10 T 20)   (30 F 40)   (50 T 60)
  // Between 41 and 49 only the second change can be in force; in 32..35 the first or the second.
  @Test(
    arguments: [(22, 28, "T"), (32, 35, "TF"), (41, 49, "F"), (52, 55, "TF"), (61, 70, "T")] as [(Int64, Int64, String)]
  )
  func changesInARow(low: Int64, high: Int64, expected: String) {
    var history = recorded(false, at: 1)
    for (begin, value) in [(10, true), (30, false), (50, true)] as [(Int64, Bool)] {
      history.change(to: value, after: written(begin), order)
      history.settle(after: written(begin), before: written(begin + 10))
    }
    #expect(possible(history, low, high) == expected)
  }

  // A: (10 F 30)   B: (20 T 40), on two CPUs: either may be the last. Behind both, both values are possible.
  @Test func overlappingChangesOfTwoThreads() {
    var history = recorded(true, at: 1)
    let other = { (time: Int64) in Moment(id: time, time: time, cpu: 2, thread: 2) }
    history.change(to: false, after: written(10), order)
    history.change(to: true, after: other(20), order)
    history.settle(after: written(10), before: written(30))
    history.settle(after: other(20), before: other(40))
    #expect(possible(history, 50, 60) == "TF")
  }

  // A later recorded value ends all that was surely over by then.
  @Test func recordedValueReplacesOlderChanges() {
    var history = recorded(false, at: 1)
    history.change(to: true, after: written(10), order)
    history.settle(after: written(10), before: written(20))
    history.record(false, at: read(35), order)
    #expect(possible(history, 36, 38) == "F")
  }

  // walk  :    (30    F     40)
  // check :        35 = T          the walk has not come by yet, so it comes in (35, 40): behind that the flag is down
  @Test func recordedValueShowsThatAChangeIsStillToCome() {
    var history = recorded(true, at: 1)
    history.change(to: false, after: written(30), order)
    history.record(true, at: read(35), order)
    #expect(possible(history, 36, 38) == "TF")
    history.settle(after: written(30), before: written(40))
    #expect(possible(history, 36, 38) == "TF")
    #expect(possible(history, 41, 50) == "F")
  }

  // walk  :    (30    F     50)
  // v     :       (33 T  45)
  // check :        35 = T          the walk may have come before v, or is still to come: both stay possible
  @Test func recordedValueBetweenTwoChangesProvesNoOrder() {
    var history = recorded(true, at: 1)
    let other = { (time: Int64) in Moment(id: time, time: time, cpu: 2, thread: 2) }
    history.change(to: false, after: written(30), order)
    history.change(to: true, after: other(33), order)
    history.record(true, at: read(35), order)
    history.settle(after: other(33), before: other(45))
    history.settle(after: written(30), before: written(50))
    #expect(possible(history, 55, 60) == "TF")
  }

  @Test func forgottenUntilTheNextSureChange() {
    var history = recorded(true, at: 1)
    history.forget()
    #expect(possible(history, 10, 20) == "?")
    history.change(to: true, after: written(30), order)
    #expect(possible(history, 35, 38) == "T?")
    history.settle(after: written(30), before: written(40))
    #expect(possible(history, 41, 50) == "T")
  }

  // More changes than are kept: the oldest go into the base, and what is left stays right.
  @Test func manyChanges() {
    var history = recorded(false, at: 1)
    for index in 1...50 {
      let begin = Int64(index * 10)
      history.change(to: index % 2 == 1, after: written(begin), order)
      history.settle(after: written(begin), before: written(begin + 5))
    }
    #expect(possible(history, 506, 510) == "F")
    #expect(possible(history, 496, 499) == "T")
    #expect(possible(history, 501, 504) == "TF")
  }
}
