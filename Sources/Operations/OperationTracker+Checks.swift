// `kvm_gpc_check()`, `kvm_gpc_deactivate()` and the memslots.

import GPCProtocol
import KVMEvents
import Results

extension OperationTracker {
  mutating func check(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    if caches[cache].uhva == nil { steps.append(.attached(cache, uhva: event.uhva)) }
    caches[cache].see(uhva: event.uhva, gpa: event[.oldGpa].map(GPA.init(rawValue:)) ?? event.gpa)
    seeGeneration(event, of: cache)
    checkCount += 1
    place.set(.check, event.id, cache: cache)
    // A check nests in a check only by an interrupt.
    if threads[thread].checks.count == Self.nestingMax { giveUp(threads[thread].checks.removeFirst()) }
    let conditions = CheckConditions(event)
    threads[thread].checks.append(
      CheckState(
        id: checkCount, cache: cache, task: event.task, entry: moment, conditions: conditions,
        memslotChange: conditions.isGenerationMoving
          || caches[cache].vm?.memslots.mayBeChanging(at: moment, order) ?? false
          ? nil : caches[cache].vm?.memslots.changeCount,
        mayHideMemslotChange: caches[cache].vm?.memslots.mayHideChange ?? true,
        recordedValid: event[.valid].map { $0 == 1 }, uhva: caches[cache].uhva,
        mayHideRefresh: caches[cache].mayHideRefresh, isNested: threads[thread].isInside))
  }

  /// A task, a soft interrupt, an interrupt, a non-maskable one: deeper is a check without a return.
  private static var nestingMax: Int { 4 }

  /// Checks whose returns are not recorded.
  /// - Parameter event: what the thread does that it cannot do inside a check; nil: events were dropped, or it is over.
  mutating func giveUpChecks(of thread: ThreadNumber, at event: EventID? = nil) {
    if threads[thread].checks.isEmpty { return }
    if let event { omissions.noteUnpaired(lacking: .gpcCheckRet, at: event) }
    for check in threads[thread].checks { giveUp(check) }
    threads[thread].checks.removeAll()
  }

  private mutating func giveUp(_ check: CheckState) {
    steps.append(.unanswered(check))
  }

  mutating func checkRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let state = threads[thread].checks.popLast() else { return }
    place.set(.check, state.entry.id, cache: state.cache, isWhole: true)
    guard let ret = event.ret else { return }
    // Only the lowest byte of the register is the answer; probes that print the whole register leave garbage above it.
    let answer = ret & 0xff != 0
    record(state, answer: answer, moment)
    steps.append(.checked(state, return: moment, answer: answer))
  }

  mutating func deactivate(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    caches[cache].see(uhva: event.uhva, gpa: event.gpa)
    caches[cache].isActive = false
    caches[cache].vm?.lastDeactivation = event.id
    if let former = threads[thread].deactivating { giveUpDeactivation(of: former.cache, at: moment) }
    threads[thread].deactivating = (cache, event.task, moment)
    place.set(.deactivation, event.id, cache: cache)
    beginBusy(caches[cache].vm, moment)
    steps.append(.deactivated(cache, moment))
  }

  mutating func deactivateRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let (cache, _, entry) = threads[thread].deactivating else { return }
    threads[thread].deactivating = nil
    caches[cache].lastEvent = moment.id
    place.set(.deactivation, entry.id, cache: cache, isWhole: true)
    recordDeactivation(of: cache, event.task, from: entry, to: moment)
    steps.append(.deactivationEnded(cache, entry: entry, return: moment))
  }

  mutating func setMemoryRegion(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let kvm = event.kvm, let slot = event[.slot], let size = event[.len] else { return }
    let vm = vm(of: kvm, event)
    let number = UInt32(truncatingIfNeeded: slot)
    var wanted: Memslot?
    if size != 0, let uhva = event.uhva {
      wanted = Memslot(
        vm: vm.id, slot: number, gpa: event.gpa ?? .invalid, size: size, uhva: uhva,
        flags: UInt32(truncatingIfNeeded: event[.flags] ?? 0), setEvent: event.id, endEvent: nil)
    }
    vm.memslots.begin(thread: thread, slot: number, wanted: wanted)
    threads[thread].memoryRegion = (vm, event.id)
    place.set(.memslot, event.id, vm: vm.id)
    // Clocks differ: it may have taken effect before an invalidation that seems to come first.
    for invalidation in vm.invalidations
    where !order.surely(invalidation.startRet, before: moment) && vm.memslots.canChange(invalidation.range) {
      invalidation.hitsMemslot = nil
    }
  }

  mutating func setMemoryRegionRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let (vm, entry) = threads[thread].memoryRegion else { return }
    threads[thread].memoryRegion = nil
    place.set(.memslot, entry, vm: vm.id, isWhole: true)
    see(event, of: vm)
    let former = vm.memslots.count
    if let ended = vm.memslots.finish(thread: thread, ret: event.ret ?? -1, at: moment) {
      steps.append(.memslotEnded(ended))
    }
    heldMemslots += vm.memslots.count - former
  }

  /// Records the memslots' generation as an event shows it.
  mutating func seeGeneration(_ event: RecordedEvent, of cache: CacheNumber) {
    guard let generation = event[.slotsGeneration], let vm = caches[cache].vm else { return }
    if let since = vm.memslots.see(generation: generation, at: event.id) {
      steps.append(.doubted(vm, since: since, before: event.id))
    }
  }
}
