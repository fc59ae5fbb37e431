// The hooks of invalidations, paired.

import KVMEvents
import Testing

@testable import Replay

@Suite struct InvalidationTests {
  @Test func hooksOfOneInvalidation() throws {
    let recording = Marbles("mm far kind6 :  s w r e k d")
    let row = try #require(recording.replayed().invalidations.first)
    #expect(row.range == TestMemory.range("far", cache: 1))
    #expect(row.mnEvent == 6)
    #expect(row.hitsMemslot == true)
    #expect(row.startEvent == recording.id("mm", "s"))
    #expect(row.walkEvent == recording.id("mm", "w"))
    #expect(row.startRetEvent == recording.id("mm", "r"))
    #expect(row.endEvent == recording.id("mm", "e"))
    #expect(row.endRetEvent == recording.id("mm", "d"))
    #expect(row.selfLookupEvent == nil)
    #expect(row.close == .end)
    #expect(row.durationNs == 1000)
  }

  @Test func outsideOfTheMemslots() {
    #expect(Marbles("mm outside : swrekd").replayed().invalidations.map(\.hitsMemslot) == [false])
  }

  // One mm, two VMs: one thread runs the hooks of both, start(A) start(B) end(A) end(B). Each end belongs to the start
  // of its VM.
  //
  // mm: sA wA rA  sB wB rB   eA kA dA  eB kB dB
  @Test(arguments: [false, true]) func twoVMsInOneMM(endsReversed: Bool) throws {
    let a = endsReversed ? "mm own cpu0     : swr           ekd" : "mm own cpu0     : swr       ekd"
    let b = endsReversed ? "mm own cpu0 vm2 :     swr   ekd    " : "mm own cpu0 vm2 :     swr           ekd"
    let recording = Marbles(a + "\n" + b, after: .created)
    let outcome = recording.replayed()
    let rows = outcome.invalidations("mm")
    #expect(rows.count == 2)
    #expect(Set(rows.map(\.vm)).count == 2)
    #expect(rows.map(\.startEvent) == [recording.id("mm", "s", 1), recording.id("mm", "s", 2)])
    let ends = endsReversed ? [2, 1] : [1, 2]
    #expect(rows.map(\.endEvent) == ends.map { recording.id("mm", "e", $0) })
    #expect(rows.map(\.endRetEvent) == ends.map { recording.id("mm", "d", $0) })
    #expect(rows.allSatisfy { $0.close == .end && $0.walkEvent != nil && $0.startRetEvent != nil })
  }

  // The contract window of VM A ends with A's end hook, while B's is still open: a yes of A's cache in between is none
  // of B's.
  @Test func windowsOfTwoVMsAreTheirOwn() {
    let outcome = Marbles(
      """
      mm own cpu0     : swr       ekd
      mm own cpu0 vm2 :     swr               ekd
      vcpu            :                 cy
      """, after: .mapped
    ).replayed()
    #expect(outcome.findings(.contract).isEmpty)
  }

  // A refresh of VM 1 does not see VM 2's invalidations of the same mm.
  @Test func countsOfTwoVMsAreTheirOwn() {
    let outcome = Marbles(
      """
      vcpu       : a(ohH    t v )A
      mm own vm2 :      swr         ekd
      """
    ).replayed()
    #expect(outcome.decisions == ["accepted agrees"])
  }

  @Test func causedByALookup() throws {
    let recording = Marbles("vcpu own : a(oh swrekd Htv)A swrekd")
    let rows = recording.replayed().invalidations("vcpu")
    #expect(rows.map(\.selfLookupEvent) == [recording.id("vcpu", "h"), nil])
  }

  // The next start of the same thread and VM shows the one before over; that of another thread, or of another VM, does
  // not.
  @Test func lostEndIsShownByTheNextStart() {
    let same = Marbles("mm far : swr    swrekd").replayed()
    #expect(same.invalidations("mm").map(\.close) == [.lost, .end])
    let otherThread = Marbles(
      """
      a far : swr
      b far :        swrekd
      """
    ).replayed()
    #expect(otherThread.invalidations("a").map(\.close) == [.open])
    let otherVM = Marbles(
      """
      mm far cpu0     : swr
      mm far cpu0 vm2 :        swrekd
      """
    ).replayed()
    #expect(otherVM.invalidations("mm").map(\.close) == [.open, .end])
  }

  // A's return of the end hook is lost; the one that follows is B's own.
  //
  // mm: sA wA rA  sB wB rB  eA kA [dA]  eB kB dB
  @Test func lostReturnIsNotTakenFromTheNextHook() {
    let recording = Marbles(
      """
      mm own cpu0     : swr       ek
      mm own cpu0 vm2 :     swr           ekd
      """)
    let rows = recording.replayed().invalidations("mm")
    #expect(rows.map(\.endRetEvent) == [nil, recording.id("mm", "d")])
    #expect(rows.map(\.close) == [.end, .end])
  }
}
