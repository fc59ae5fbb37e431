// What is open when the recording ends: rule 25 of the evidence.

import Forms
import GPCProtocol
import KVMEvents
import Results
import Testing

@testable import Replay

@Suite struct NeverEndedTests {
  private func form(_ id: String) throws -> ProtocolForm { try #require(ProtocolForm.named(id)) }

  // patched-v32-deadlock in small: the refresh is at its loop's top while an invalidation of its page is in flight, and
  // no more comes.
  private static let atTheLoopTop = """
    mm own :        s w r
    vcpu   : (ohHtv)         (  o
    """

  @Test(arguments: [
    ("dwmw2-v3.2", ["stuck possible"], "write_lock(gpc->lock); continue"), ("dwmw2-v3.3", [], "schedule()"),
    ("seanjc-2", [], "reads mn_active_invalidate_count"),
  ])
  func atTheWait(_ id: String, _ found: [String], _ statement: String) throws {
    let recording = Marbles(Self.atTheLoopTop, after: .mapped)
    let outcome = recording.replayed(form: try form(id))
    #expect(outcome.found == found)
    let refresh = try #require(outcome.neverEnded.first { $0.kind == .refresh })
    #expect(refresh.event == recording.id("vcpu", "(", 2))
    #expect(refresh.lastEvent == recording.id("vcpu", "o", 2))
    #expect(refresh.invalidation == outcome.invalidations("mm").first?.id)
    #expect(refresh.waitsAt == statement)
    // Three columns.
    #expect(refresh.openNs == 300)
    #expect(outcome.neverEnded.map(\.kind) == [.refresh, .invalidation])
  }

  /// Each form that was asked, whatever the divergences are from.
  @Test func whereEachFormWaits() throws {
    let outcome = Marbles(Self.atTheLoopTop, after: .mapped).replayed(
      form: .v69, asked: try ["v6.9", "dwmw2-v3.2", "dwmw2-v3.3"].map(form))
    let refresh = try #require(outcome.neverEnded.first { $0.kind == .refresh })
    #expect(refresh.waitsAt == nil)
    #expect(
      refresh.waits == [
        NeverEnded.Wait(form: "dwmw2-v3.2", statement: "write_lock(gpc->lock); continue", canBeLeft: false),
        NeverEnded.Wait(form: "dwmw2-v3.3", statement: "schedule()", canBeLeft: true),
      ])
  }

  @Test func mainlineDoesNotWait() throws {
    let outcome = Marbles(Self.atTheLoopTop, after: .mapped).replayed()
    #expect(outcome.found == [])
    #expect(outcome.neverEnded.map(\.waitsAt) == [nil, nil])
  }

  // No invalidation of the page is in flight, or it is another page's: the refresh does not wait, it is only open.
  @Test(arguments: ["own : swr ekd", "far : swr"]) func nothingToWaitFor(_ mm: String) throws {
    let outcome = Marbles(
      """
      mm \(mm)
      vcpu   :             (  o
      """, after: .mapped
    ).replayed(form: try form("dwmw2-v3.2"))
    #expect(outcome.found == [])
    #expect(outcome.neverEnded.first { $0.kind == .refresh }?.waitsAt == nil)
  }

  // A form that spins on the count alone waits for any.
  @Test func countAlone() throws {
    let outcome = Marbles(
      """
      mm far : swr
      vcpu   :      (  o
      """, after: .mapped
    ).replayed(form: try form("seanjc-2"))
    #expect(outcome.neverEnded.first { $0.kind == .refresh }?.waitsAt == "reads mn_active_invalidate_count")
  }

  @Test func eachKind() {
    let outcome = Marbles(
      """
      lookup cache1  : (o h
      request cache2 : q
      check cache1   :     c
      end cache2     :       z
      mm far         :  swr e
      done far cache2 : (ohHtv) cy zZ swrekd
      """
    ).replayed()
    #expect(
      outcome.neverEnded.map(\.kind)
        == [.refresh, .lookup, .request, .check, .deactivation, .invalidation])
  }

  // After a gap its end may be among what was dropped.
  @Test func acrossAGap() throws {
    let outcome = Marbles(Self.atTheLoopTop + "\nother  :                    b x", after: .mapped)
      .replayed(form: try form("dwmw2-v3.2"))
    #expect(outcome.neverEnded.isEmpty)
    #expect(outcome.found == [])
  }

  // Where no return of that kind is recorded, nothing shows that it was open.
  @Test func withoutReturns() {
    let outcome = Marbles(Self.atTheLoopTop, after: .mapped)
      .without(.lockedRefreshRet, .gpcActivateRet, .mnInvalidateRangeEnd, .mnInvalidateEndKvm, .mnInvalidateRangeEndRet)
      .replayed()
    #expect(outcome.neverEnded.isEmpty)
  }

  // A form whose text leads on from its wait is not stuck in it; of the published ones only v3.2's does not.
  @Test func formsThatCannotLeave() {
    let stuck = ProtocolForm.all.filter { !$0.program.waits.allSatisfy(\.canBeLeft) }
    #expect(stuck.map(\.id) == ["dwmw2-v3.2"])
    #expect(ProtocolForm.all.filter { $0.rules.wait != .none }.allSatisfy { !$0.program.waits.isEmpty })
    #expect(ProtocolForm.mainline.program.waits.isEmpty)
  }
}
