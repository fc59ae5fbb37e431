// VMs and caches behind pointers that are used again: rules 11 and 12 of the evidence.

import KVMEvents
import Testing

@testable import Replay

@Suite struct IdentityTests {
  @Test func cacheIsPointerAndEpoch() {
    let recording = Marbles(
      """
      a cache1 :i a(ohHtv)A zZ      i
      a cache2 :               c0n       i
      """, after: .running)
    let outcome = recording.replayed()
    let first = outcome.caches.filter { $0.gpc == TestMemory.gpc(1, 1) }
    #expect(first.map(\.epoch) == [1, 2])
    #expect(first.map(\.firstEvent) == [recording.id("a", "i", 1), recording.id("a", "i", 2)])
    // It was there before its first recorded initialisation.
    #expect(outcome.caches.filter { $0.gpc == TestMemory.gpc(1, 2) }.map(\.epoch) == [0, 1])
  }

  // What is known of an epoch ends with it: the new cache is not valid.
  @Test func newEpochIsInvalid() {
    let outcome = Marbles("vcpu : a(ohHtv)A cy zZ i cn cy").replayed()
    #expect(outcome.checks == ["yes agrees", "no agrees", "yes disagrees"])
  }

  // a: VM 1 is made, used, and its last event is its cache's deactivation; the same pointers are then initialised anew.
  @Test func vmIsGoneWhenItsPointerIsInitialisedAnew() throws {
    let recording = Marbles("a : imM a(ohHtv)A zZ      i mM a(ohHtv)A", after: .running)
    let vms = recording.replayed().vms.filter { $0.kvm == TestMemory.kvm(1) }
    #expect(vms.map(\.gone) == [true, false])
    #expect(vms.map(\.createdInTrace) == [true, true])
    #expect(vms.map(\.firstEvent) == [recording.id("a", "i", 1), recording.id("a", "i", 2)])
  }

  // Its memslots went with it: the second VM has none of the first's, so `far` bumps nothing there.
  @Test func memslotsOfAVMThatIsGone() {
    let outcome = Marbles(
      """
      a      :imM a(ohHtv)A   zZ   i
      mm far :            swrekd      swrekd
      """, after: .running
    ).replayed()
    // The first is the running VM's; its slot is hit. Nothing covers the second.
    #expect(outcome.invalidations("mm").map(\.hitsMemslot) == [true, false])
  }

  @Test func vmIsGoneWhenItsPointerNeverComesAgain() {
    let outcome = Marbles("vcpu : a(ohHtv)A zZ").replayed()
    #expect(outcome.vms.filter { $0.kvm == TestMemory.kvm(1) }.map(\.gone) == [true])
  }

  // The guest gave its cache back, and the VM goes on: its pointer comes again.
  @Test func deactivatedIsNotGone() {
    let outcome = Marbles(
      """
      vcpu   : a(ohHtv)A zZ
      mm far :                swrekd
      """
    ).replayed()
    #expect(outcome.vms.filter { $0.kvm == TestMemory.kvm(1) }.map(\.gone) == [false])
  }

  @Test func vmWhoseCachesWereNeverUsedIsNotGone() {
    let outcome = Marbles("mm far : swrekd").replayed()
    #expect(outcome.vms.filter { $0.kvm == TestMemory.kvm(1) }.map(\.gone) == [false])
  }

  // An active cache initialised again (its deactivation is not recorded) is a new epoch of the same VM.
  @Test func activeCacheInitialisedAnewKeepsItsVM() {
    let outcome = Marbles("vcpu : a(ohHtv)A  i").replayed()
    #expect(outcome.vms.filter { $0.kvm == TestMemory.kvm(1) }.count == 1)
  }

  // A VM can be destroyed between its hooks: the open start is closed by the VM's end.
  //
  // mm  : s w r
  // vcpu:          z Z
  @Test func openStartOfAVMThatIsGone() {
    let outcome = Marbles(
      """
      mm far :              swr
      vcpu   : a(ohHtv)A         zZ
      """
    ).replayed()
    #expect(outcome.invalidations("mm").map(\.close) == [.vmGone])
    #expect(outcome.restOnOpen.isEmpty)
  }

  // 6.1: `gpc_init` names no VM. It is learnt with the first event that names both, and the walks of that VM reach the
  // cache from then on.
  @Test func vmOfACacheIsLearntLaterOn61() throws {
    let recording = Marbles(
      """
      vcpu   :  i (ohHtv)  cy      cn
      mm own :                swr      ekd
      """, kernel: .linux61)
    let outcome = recording.replayed()
    let cache = try #require(outcome.caches.first { $0.firstEvent == recording.id("vcpu", "i") })
    let vm = outcome.vms.first { $0.kvm == TestMemory.kvm(1) }
    #expect(cache.vm == vm?.id)
    #expect(outcome.checks == ["yes agrees", "no agrees"])
  }

  // The idle task is one per CPU: pid 0 of two CPUs are two threads. Each has a check under way, each return is its
  // own.
  @Test func idleTasksOfTwoCPUs() throws {
    var recording = Marbles(
      """
      a        : c      y
      b cache2 :   c  n
      """, after: .mapped)
    recording.makeIdle("a", "b")
    let outcome = recording.replayed()
    let answers = outcome.cacheChecks.sorted { $0.id < $1.id }.map(\.answer)
    #expect(answers == [true, false])
  }
}
