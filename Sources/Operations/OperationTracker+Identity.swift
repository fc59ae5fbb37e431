// Identity: threads, VMs and caches from the pointers of a recording (evidence, rules 11 and 12).

import KVMEvents

extension OperationTracker {
  @inline(__always)
  mutating func thread(of event: borrowing RecordedEvent) -> ThreadNumber {
    if let thread = cpus.thread(on: event.cpu, pid: event.pid) { return thread }
    // pid 0 is the idle task, one per CPU.
    let thread = thread(event.pid == 0 ? -1 - Int64(event.cpu) : Int64(event.pid))
    cpus.run(thread, pid: event.pid, on: event.cpu)
    return thread
  }

  private mutating func thread(_ key: Int64) -> ThreadNumber {
    if let thread = threadOfKey[key] { return thread }
    threads.append(ThreadState())
    threadOfKey[key] = threads.count - 1
    return threads.count - 1
  }

  mutating func vm(of kvm: KVMPointer, _ event: RecordedEvent) -> VMState {
    if let vm = vmOfKVM[kvm.rawValue] {
      see(event, of: vm)
      return vm
    }
    let vm = VMState(
      id: Int32(vms.count + 1), kvm: kvm, firstEvent: event.id, creationOffset: creationOffset(of: kvm, event),
      gapEnds: gapEnds)
    see(event, of: vm)
    vms.append(vm)
    vmOfKVM[kvm.rawValue] = vm
    return vm
  }

  @inline(__always)
  mutating func see(_ event: borrowing RecordedEvent, of vm: VMState) {
    vm.see(event)
    if !vm.isTouched {
      vm.isTouched = true
      touchedVMs.append(vm)
    }
  }

  @inline(__always)
  mutating func touch(_ cache: CacheNumber) {
    if !caches[cache].isTouched {
      caches[cache].isTouched = true
      touchedCaches.append(cache)
    }
    if !caches[cache].isMoved {
      caches[cache].isMoved = true
      movedCaches.append(cache)
    }
  }

  /// The cache of the shared info page is a member of `struct kvm` and initialised with it, before a memslot is set and
  /// before the notifier is registered. Any other first event may belong to an older VM. (6.1 has no kvm in `gpc_init`:
  /// there the caches initialised so far show it.)
  /// - Returns: where in `struct kvm` that cache lies, if it is one.
  private func creationOffset(of kvm: KVMPointer, _ event: RecordedEvent) -> UInt64? {
    if event.kind == .gpcInit { return event.gpc.flatMap { Self.offset(of: $0, in: kvm) } }
    guard event.kind == .setMemoryRegion else { return nil }
    return caches.lazy.filter { $0.vm == nil && $0.isInitialisedInTrace }.compactMap {
      Self.offset(of: $0.gpc, in: kvm)
    }
    .first
  }

  private static func offset(of gpc: GPCPointer, in kvm: KVMPointer) -> UInt64? {
    let offset = gpc.rawValue &- kvm.rawValue
    return offset < NotifierTie.kvmBytesMax ? offset : nil
  }

  /// The VM whose hook it is; nil if the notifier cannot be tied to a kvm.
  mutating func vm(ofHook event: RecordedEvent) -> VMState? {
    guard let mn = event.mn else { return nil }
    guard let kvm = tie.kvm(of: mn) else {
      hasUntiedNotifier = true
      return nil
    }
    let vm = vm(of: kvm, event)
    vm.tie(to: mn)
    vm.see(mm: event.mm, at: event.id)
    return vm
  }

  /// The cache that the event names, tied to its VM if the event names that too.
  mutating func cache(_ event: RecordedEvent) -> CacheNumber? {
    guard let gpc = event.gpc else { return nil }
    let cache = cacheOfGPC[gpc.rawValue] ?? addCache(gpc, epoch: 0, event.id)
    caches[cache].lastEvent = event.id
    touch(cache)
    guard let kvm = event.kvm else {
      if let vm = caches[cache].vm { see(event, of: vm) }
      return cache
    }
    // Mostly it is tied already, and its VM's pointer still means that VM.
    if let owner = caches[cache].vm, owner.kvm == kvm, !owner.isGone {
      see(event, of: owner)
      return cache
    }
    let vm = vm(of: kvm, event)
    if let owner = caches[cache].vm, owner !== vm {
      // The pointer belongs to another VM now: its initialisation is not in the recording.
      let next = addCache(gpc, epoch: caches[cache].epoch + 1, event.id)
      attach(next, to: vm)
      steps.append(.attached(next, uhva: event.uhva ?? event.oldUhva))
      return next
    }
    if caches[cache].vm == nil {
      attach(cache, to: vm)
      steps.append(.attached(cache, uhva: event.uhva ?? event.oldUhva))
    }
    return cache
  }

  /// `kvm_gpc_init()`: a new epoch of the pointer; if all caches of its previous VM are inactive, that VM is gone (a
  /// vCPU lives as long as its VM).
  mutating func gpcInit(_ event: RecordedEvent, _ moment: Moment) {
    guard let gpc = event.gpc else { return }
    let former = cacheOfGPC[gpc.rawValue].map { caches[$0] }
    if let owner = former?.vm, isInactive(owner) { retire(owner) }
    let cache = addCache(gpc, epoch: (former?.epoch ?? 0) + 1, event.id)
    caches[cache].isActive = false
    caches[cache].mayHideRefresh = false
    caches[cache].isInitialisedInTrace = true
    place.set(.initialisation, event.id, cache: cache, isWhole: true)
    steps.append(.initialised(cache, moment))
    if let kvm = event.kvm { attach(cache, to: vm(of: kvm, event)) }
  }

  private mutating func addCache(_ gpc: GPCPointer, epoch: Int32, _ first: EventID) -> CacheNumber {
    let cache = caches.count
    caches.append(CacheState(id: Int32(cache + 1), gpc: gpc, epoch: epoch, firstEvent: first))
    cacheOfGPC[gpc.rawValue] = cache
    touch(cache)
    return cache
  }

  private mutating func attach(_ cache: CacheNumber, to vm: VMState) {
    caches[cache].vm = vm
    vm.caches.append(cache)
    touch(cache)
  }

  /// None of its caches is active: a pointer of its own that is initialised again now belongs to another VM (evidence,
  /// rule 11: no probe shows a VM's end).
  private func isInactive(_ vm: VMState) -> Bool {
    !vm.caches.isEmpty && vm.caches.allSatisfy { caches[$0].isActive == false }
  }

  /// The VM was destroyed: its pointer may come again as another VM.
  mutating func retire(_ vm: VMState) {
    if vm.isGone { return }
    vm.isGone = true
    if vmOfKVM[vm.kvm.rawValue] === vm { vmOfKVM[vm.kvm.rawValue] = nil }
    for invalidation in vm.invalidations where invalidation.close == nil {
      close(invalidation, of: vm, as: invalidation.end == nil ? .vmGone : .end)
    }
  }

  /// The recording is over. If the VM's last recorded event is the deactivation of its last cache, it is gone.
  package mutating func retireIfGone(_ vm: VMState) {
    if isInactive(vm) && vm.lastEvent == vm.lastDeactivation { retire(vm) }
  }

  /// The recording is over: what is open is closed as such.
  package mutating func closeOpenInvalidations(of vm: VMState) {
    for invalidation in vm.invalidations where invalidation.close == nil {
      close(invalidation, of: vm, as: invalidation.end == nil ? .open : .end)
    }
    finishWindow(of: vm)
  }
}
