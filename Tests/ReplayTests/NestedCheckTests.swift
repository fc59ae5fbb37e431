// Interrupts run on top of what a thread is in the middle of: rule 3 of the evidence.

import KVMEvents
import Testing

@testable import Replay

@Suite struct NestedCheckTests {
  // vcpu: ( o h H   c n   t v )      an interrupt checks inside of the refresh
  // The check is its own: closed before its host goes on; the round keeps its lookup and its test.
  @Test(arguments: ["a(oh c0n Htv)A", "a(ohH c0n tv)A", "a(c0n ohHtv)A", "a(o c0n hHtv)A"])
  func insideOfARefresh(marbles: String) throws {
    let recording = Marbles("vcpu : " + marbles)
    let outcome = recording.replayed()
    #expect(outcome.decisions == ["accepted agrees"])
    #expect(outcome.checks.count == 1)
    let round = try #require(outcome.retryRounds.first)
    #expect(round.lookupEvent == recording.id("vcpu", "h"))
    #expect(round.lookupRetEvent == recording.id("vcpu", "H"))
    #expect(round.testEvent == recording.id("vcpu", "t"))
    #expect(outcome.refreshes.map(\.outcome) == [.mapped])
  }

  // The test lies before the next event of its own context: an interrupt's events end nothing, it may have come before
  // the kernel's read.
  //
  // vcpu: t  [c n]     v      the test lies in (t, v)
  // mm  :        s w r        up in (s, w), within that
  @Test func interruptEndsNoInterval() {
    let outcome = Marbles(
      """
      vcpu       : a(ohHt  c0n      v)A
      mm outside :             swr        ekd
      """
    ).replayed()
    #expect(outcome.decisions == ["accepted open"])
  }

  // A check interrupted by another check, of another cache: last in, first out.
  @Test func checkInACheck() {
    let recording = Marbles(
      """
      vcpu cpu0        : c        y
      vcpu cpu0 cache2 :    c  n
      """, after: .mapped)
    let checks = recording.replayed().cacheChecks.sorted { $0.id < $1.id }
    #expect(checks.map(\.answer) == [true, false])
    #expect(checks.map(\.entryEvent) == [recording.id("vcpu", "c", 1), recording.id("vcpu", "c", 2)])
    #expect(checks.map(\.returnEvent) == [recording.id("vcpu", "y"), recording.id("vcpu", "n")])
  }

  // A lookup outside of any refresh is a page fault's: it belongs to nothing.
  @Test func lookupOfAPageFault() {
    let outcome = Marbles("vcpu : hH a(ohHtv)A hH").replayed()
    #expect(outcome.decisions == ["accepted agrees"])
    #expect(outcome.retryRounds.count == 1)
  }

  // Two refreshes of two threads at once: the caches' own locks allow it.
  @Test func refreshesOfTwoThreads() {
    let outcome = Marbles(
      """
      a cache1   : a(  ohH   t    v)A
      b cache2   :   a( oh Ht   v)A
      mm outside :                        swrekd
      """
    ).replayed()
    #expect(outcome.decisions == ["accepted agrees", "accepted agrees"])
    #expect(outcome.refreshes.map(\.outcome) == [.mapped, .mapped])
  }
}
