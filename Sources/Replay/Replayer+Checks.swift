// `kvm_gpc_check()`, `kvm_gpc_deactivate()` and the memslots.

import GPCProtocol
import KVMEvents

extension Replayer {
  mutating func check(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    caches[cache].see(uhva: event.uhva, gpa: event[.oldGpa].map(GPA.init(rawValue:)) ?? event.gpa)
    if let generation = event[.slotsGeneration] { caches[cache].vm?.memslots.see(generation: generation) }
    checkCount += 1
    // A check does not nest in a check but by an interrupt; what was tainted by lost events will not return any more.
    if !threads[thread].checks.isEmpty {
      giveUpChecks(of: thread) { $0.isTainted }
      if threads[thread].checks.count == Self.nestingMax { giveUp(threads[thread].checks.removeFirst()) }
    }
    threads[thread].checks.append(
      CheckState(
        id: checkCount, cache: cache, task: event.task, entry: moment, othersHold: Self.othersHold(event),
        recordedValid: event[.valid].map { $0 == 1 }, uhva: caches[cache].uhva,
        isNested: threads[thread].isInside, isTainted: false))
  }

  /// The conditions of `kvm_gpc_check()` beside `valid`, from the fields that its probe read under the same lock; nil where one is missing.
  private static func othersHold(_ event: RecordedEvent) -> Bool? {
    guard let active = event[.active] else { return nil }
    guard active == 1 else { return false }
    guard let uhva = event.uhva, let gpa = event.gpa, let length = event[.len] else { return nil }
    var cache = GfnToPfnCache()
    cache.active = true
    cache.valid = true
    cache.uhva = uhva
    cache.gpa = event[.oldGpa].map(GPA.init(rawValue:)) ?? gpa
    var isFresh = true
    if cache.isGPABased {
      guard let generation = event[.generation], let slots = event[.slotsGeneration] else { return nil }
      isFresh = generation == slots
    }
    return cache.check(len: length, requestedGPA: gpa, generationIsFresh: isFresh).isYes
  }

  /// A task, a soft interrupt, an interrupt, one that cannot be masked: deeper is a check without a return.
  private static var nestingMax: Int { 4 }

  /// Checks whose returns are not recorded: rows without an answer.
  mutating func giveUpChecks(of thread: ThreadNumber, where isOver: (CheckState) -> Bool = { _ in true }) {
    let over = threads[thread].checks.filter(isOver)
    if over.isEmpty { return }
    threads[thread].checks.removeAll(where: isOver)
    for check in over { giveUp(check) }
  }

  private mutating func giveUp(_ check: CheckState) {
    rows.append(
      .cacheCheck(
        CacheCheck(
          id: check.id, cache: caches[check.cache].id, task: check.task, entryEvent: check.entry.id, returnEvent: nil,
          answer: nil, decision: nil)))
  }

  mutating func checkRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let state = threads[thread].checks.popLast(), let ret = event.ret else { return }
    // Only the lowest byte of the register is the answer; probes that print the whole of it leave rubbish above.
    let answer = ret & 0xff != 0
    record(state, answer: answer, moment)
    pending.append(
      .check(PendingCheck(state: state, ret: moment, answer: answer, mapping: caches[state.cache].mapping)))
  }

  mutating func deactivate(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    caches[cache].deactivate(uhva: event.uhva, gpa: event.gpa, at: moment, order)
    caches[cache].vm?.lastDeactivation = event.id
    if let (former, _) = threads[thread].deactivating { giveUpDeactivation(of: former, at: moment) }
    threads[thread].deactivating = (cache, moment)
    beginBusy(caches[cache].vm, moment)
  }

  mutating func deactivateRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let (cache, entry) = threads[thread].deactivating else { return }
    threads[thread].deactivating = nil
    caches[cache].validity.settle(after: entry, before: moment)
    caches[cache].lastEvent = moment.id
    recordDeactivation(of: cache, event.task, from: entry, to: moment)
  }

  mutating func setMemoryRegion(_ event: RecordedEvent, _ thread: ThreadNumber) {
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
    threads[thread].memoryRegionVM = vm
  }

  mutating func setMemoryRegionRet(_ event: RecordedEvent, _ thread: ThreadNumber) {
    guard let vm = threads[thread].memoryRegionVM else { return }
    threads[thread].memoryRegionVM = nil
    vm.see(event)
    if let ended = vm.memslots.finish(thread: thread, ret: event.ret ?? -1, at: event.id) {
      rows.append(.memslot(ended))
    }
  }
}
