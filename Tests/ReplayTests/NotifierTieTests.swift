// The constant between a notifier and its kvm, and the events that wait for it.

import KVMEvents
import Testing

@testable import Operations
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

  // 6.1, from a lossy beginning: the thread ends A's invalidation, begins B's (that start is lost), and walks B's
  // caches.
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

  // The walk lies in the end hook, as in the first two forms of 2024: the hook's return shows that it does.
  @Test func walkInTheEndHookTies() {
    let (tie, released) = fed(Marbles("mm far : e w d", after: .none, kernel: .linux61))
    #expect(tie.kvm(of: TestMemory.mn(1)) == TestMemory.kvm(1))
    #expect(released == [1, 2, 3])
  }

  // Two VMs in one mm, without the start hooks' probe: the walk after B's end hook is A's.
  @Test func walkAfterAnEndHookTiesNothing() {
    let recording = Marbles(
      """
      mm far cpu0 vm2 : e d
      mm far cpu0     :     w r
      """, after: .none, kernel: .linux61)
    #expect(fed(recording).tie.offset == nil)
  }

  // A gap: the walk may be of a hook whose entry was dropped.
  @Test func nothingIsTiedAcrossAGap() {
    let recording = Marbles(
      """
      mm far cpu0     : s
      lost cpu0       :   x
      mm far cpu0 vm2 :     w
      """, after: .none)
    #expect(fed(recording).tie.offset == nil)
  }

  // No event lies inside of a hook: at the end the only pair there is belongs together.
  @Test func theOnlyPairThereIs() {
    var (tie, _) = fed(Marbles("vcpu : cy\nmm far : s r", after: .none))
    tie.giveUp()
    #expect(tie.kvm(of: TestMemory.mn(1)) == TestMemory.kvm(1))
    (tie, _) = fed(Marbles("vcpu vm2 : cy\nmm far : s r", after: .none))
    tie.giveUp()
    #expect(tie.offset == nil)
  }

  private func told(_ offset: UInt64, _ recording: Marbles) -> NotifierTie {
    var tie = NotifierTie(notifierOffset: offset)
    for event in recording.events where tie.holds(event) { _ = tie.takeHeld() }
    tie.giveUp()
    return tie
  }

  /// `gpc-replay record` writes offsetof(struct kvm, mmu_notifier) into the recording: no walk is needed.
  @Test func theRecordingSaysTheOffset() {
    let two = Marbles("vcpu : cy\nmm far : s r\nother vm2 : cy\nmm2 far vm2 : s r", after: .none)
    #expect(told(0x9a88, two).kvm(of: TestMemory.mn(7)) == TestMemory.kvm(7))
    // Another build's: no recorded notifier lies so in a recorded kvm.
    #expect(told(0x9a80, two).offset == nil)
    // No member of struct kvm is so far behind its begin.
    #expect(told(1 << 16, two).offset == nil && told(.max, two).offset == nil)
  }

  // What was recorded goes before what is said.
  @Test func aWalkGoesBeforeWhatIsSaid() {
    #expect(told(0x9a80, Marbles("mm far : sw r", after: .none)).kvm(of: TestMemory.mn(1)) == TestMemory.kvm(1))
  }

  // Two VMs without a walk: a yes inside the window of VM 1 is nobody's, until the recording tells whose notifier it
  // is.
  @Test func aFindingByTheSaidOffset() {
    let recording = Marbles(
      """
      mm own     : s r        e  d
      vcpu       :     cy
      other vm2  :        cy
      """, after: .mapped
    ).without(.gpcInvalidateStart, .mnInvalidateEndKvm)
    func contracts(_ offset: UInt64?) -> [EventID] {
      recording.replayed { $0.notifierOffset = offset }.findings(.contract).map(\.event)
    }
    #expect(contracts(nil) == [])
    #expect(contracts(0x9a88) == [recording.id("vcpu", "y")])
    // A wrong one finds nothing.
    #expect(contracts(0x9a80) == [])
  }
}
