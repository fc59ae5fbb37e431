// The constant between a notifier and its kvm, and the events that wait for it.

import KVMEvents
import Testing

@testable import Replay

@Suite struct NotifierTieTests {
  private func fed(_ recording: Marbles) -> (tie: NotifierTie, released: [EventID]) {
    var tie = NotifierTie()
    var released: [EventID] = []
    for event in recording.events {
      if tie.holds(event) {
        released += tie.takeHeld().map(\.id)
      } else if !tie.isHolding {
        released.append(event.id)
      }
    }
    return (tie, released)
  }

  @Test func walkTiesTheHookOfItsThread() {
    let (tie, released) = fed(Marbles("mm far :sw r", after: .none))
    #expect(tie.kvm(of: TestMemory.mn(1)) == TestMemory.kvm(1))
    // A constant of the kernel: one pair serves every VM.
    #expect(tie.kvm(of: TestMemory.mn(7)) == TestMemory.kvm(7))
    #expect(released == [1, 2, 3])
  }

  @Test func insideOfTheEndHookTiesToo() {
    let (tie, _) = fed(Marbles("mm far : e k d", after: .none))
    #expect(tie.kvm(of: TestMemory.mn(1)) == TestMemory.kvm(1))
  }

  // a: s            w
  // b:    s  w           b's walk is b's: two threads, two VMs
  @Test func hooksOfTwoThreadsAreKeptApart() {
    let (tie, released) = fed(
      Marbles(
        """
        a far     : s       w
        b far vm2 :   s w
        """, after: .none))
    #expect(tie.kvm(of: TestMemory.mn(1)) == TestMemory.kvm(1))
    #expect(released == [1, 2, 3, 4])
  }

  // Nothing passes between the first hook and the tie, and all of it in order.
  @Test func eventsWaitForTheTie() {
    let recording = Marbles(
      """
      vcpu   : b  b   b
      mm far :  s   w   b
      """, after: .none)
    var tie = NotifierTie()
    var released: [[EventID]] = []
    for event in recording.events {
      released.append(tie.holds(event) ? tie.takeHeld().map(\.id) : tie.isHolding ? [] : [event.id])
    }
    #expect(released == [[1], [], [], [2, 3, 4], [5], [6]])
  }

  // 6.1, from a lossy beginning: the thread ends A's invalidation, begins B's (that start is lost), and walks B's caches.
  // mm: e(A) d   [s(B)]   w(B)
  // The walk belongs to no end hook: nothing is tied by it.
  @Test func walkIsNotTiedToAnEndHook() {
    let recording = Marbles(
      """
      mm far cpu0     : e d
      mm far cpu0 vm2 :        w
      """, after: .none, kernel: .linux61)
    #expect(fed(recording).tie.offset == nil)
  }

  // mm: s(A) [w(A) … d(A), s(B)] w(B), both in one gap; the ranges differ.
  @Test func walkOfAnotherRangeTiesNothing() {
    let recording = Marbles(
      """
      mm far cpu0      : s
      mm far2 cpu0 vm2 :        w
      """, after: .none)
    #expect(fed(recording).tie.offset == nil)
  }

  @Test func withoutAnyWalkEventsAreHandedOnAtTheEnd() {
    let outcome = Marbles("mm far :s r e d", after: .none, kernel: .linux61).replayed()
    #expect(outcome.invalidations.isEmpty)
  }
}
