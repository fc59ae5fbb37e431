// Packing and unpacking. The two must name the same fields in the same order.

import GPCProtocol
import KVMEvents

private let pageBits = 3
private let noPage: UInt64 = 7

extension StateLayout {
  /// Of a `TaskStep.code`.
  static let stepBits = 7
  /// Of what a vCPU has copied.
  static let copyBits = pageBits

  func pack(_ state: borrowing ProtocolState) -> PackedState {
    var packed = BitWriter()
    packShared(state, &packed)
    for task in 0..<taskCount { packTask(task, state, &packed) }
    return packed.finish()
  }

  /// The bits of the kvm and the caches alone.
  func section(of packed: PackedState) -> PackedState {
    var section = PackedState()
    section.replace(upTo: taskPositions[0], with: packed)
    return section
  }

  func setSection(_ section: PackedState, _ packed: inout PackedState) {
    packed.replace(upTo: taskPositions[0], with: section)
  }

  /// The bits of one task.
  func own(_ task: Int, _ packed: PackedState) -> UInt64 { packed.take(taskWidths[task], at: taskPositions[task]) }

  func setOwn(_ own: UInt64, _ task: Int, _ packed: inout PackedState) {
    packed.replace(own, taskWidths[task], at: taskPositions[task])
  }

  /// The positions of the tasks.
  func places(_ packed: PackedState) -> TaskPlaces {
    var places = TaskPlaces()
    for task in 0..<taskCount {
      let own = own(task, packed)
      let operation = own >> UInt64(Self.stepBits) & (1 << UInt64(tasks[task].operationBits) - 1)
      let step = TaskStep(code: UInt8(own & (1 << UInt64(Self.stepBits) - 1)))
      places.set(task, step: step, operation: Int(operation))
    }
    return places
  }

  /// Is some task between its hooks?
  func hasOpenWindow(_ packed: PackedState) -> Bool { packed.hasAny(of: windowBits) }

  /// What a seq bump does to all snapshots: they differ from the seq now.
  func bumpSeq(_ packed: inout PackedState) { packed.add(seqBits) }

  private func packShared(_ state: borrowing ProtocolState, _ packed: inout BitWriter) {
    packed.put(UInt64(state.kvm.activeInvalidations), holderBits)
    packed.put(UInt64(state.kvm.invalidateLock.holder), holderBits)
    packed.put(UInt64(state.kvm.listLock.holder), holderBits)
    packed.put(UInt64(state.kvm.mmuLock.holder), holderBits)
    if hasRange {
      packed.put(code(state.kvm.rangeStart), pageBits)
      packed.put(code(state.kvm.rangeEnd), pageBits)
    }
    for cache in 0..<cacheCount { pack(cache, state, &packed) }
  }

  private func pack(_ index: Int, _ state: borrowing ProtocolState, _ packed: inout BitWriter) {
    let cache = state.caches[index]
    packed.put(cache.fields.valid)
    packed.put(cache.fields.hasKHVA)
    packed.put(code(cache.fields.pfn, state), pageBits)
    if hasFlag { packed.put(cache.fields.needsInvalidation) }
    if hasKHVABit { packed.put(cache.fields.isKHVAUnmapped) }
    packed.put(UInt64(cache.lock.writer.holder), holderBits)
    packed.put(UInt64(cache.lock.readers.bits), taskCount)
    packed.put(UInt64(cache.refreshLock.holder), holderBits)
    if hasGuests {
      packed.put(UInt64(cache.guestMode.holder), holderBits)
      packed.put(code(cache.copiedPFN, state), pageBits)
    }
    guard cachesChange else { return }
    packed.put(cache.fields.active)
    packed.put(cache.isListed)
    packed.put(code(cache.fields.uhva), pageBits)
    packed.put(code(cache.fields.gpa), pageBits)
  }

  private func packTask(_ index: Int, _ state: borrowing ProtocolState, _ packed: inout BitWriter) {
    let task = state.tasks[index]
    let layout = tasks[index]
    packed.put(UInt64(task.step.code), Self.stepBits)
    packed.put(UInt64(task.operation), layout.operationBits)
    packed.put(UInt64(task.range), layout.rangeBits)
    packed.put(UInt64(task.walked), layout.walkedBits)
    if hasGuests {
      packed.put(UInt64(task.hitGuests), layout.hitBits)
      if layout.copies { packed.put(task.hasHandledEvents) }
    }
    packed.put(task.isInWindow)
    guard layout.refreshes else { return }
    packed.put(task.snapshot != state.kvm.invalidateSeq)
    packed.put(code(task.newPFN, state), pageBits)
    if hasBuffers { packed.put(task.hasBufferedValid) }
    if hasKHVABit { packed.put(task.keepsKHVA) }
    guard hasQueue else { return }
    packed.put(task.hasWaited)
    packed.put(task.isWoken)
  }

  func unpack(_ packed: PackedState) -> ProtocolState {
    var packed = BitReader(packed)
    var state = initial
    state.kvm.activeInvalidations = UInt8(packed.take(holderBits))
    state.kvm.invalidateLock.holder = UInt8(packed.take(holderBits))
    state.kvm.listLock.holder = UInt8(packed.take(holderBits))
    state.kvm.mmuLock.holder = UInt8(packed.take(holderBits))
    state.kvm.invalidateSeq = 1
    if hasRange {
      state.kvm.rangeStart = uhva(packed.take(pageBits))
      state.kvm.rangeEnd = uhva(packed.take(pageBits))
    }
    for cache in 0..<cacheCount { unpack(cache, &state, &packed) }
    for task in 0..<taskCount { unpackTask(task, &state, &packed) }
    return state
  }

  private func unpack(_ index: Int, _ state: inout ProtocolState, _ packed: inout BitReader) {
    state.caches[index].fields.valid = packed.takeBool()
    state.caches[index].fields.hasKHVA = packed.takeBool()
    state.caches[index].fields.pfn = pfn(packed.take(pageBits))
    if hasFlag { state.caches[index].fields.needsInvalidation = packed.takeBool() }
    if hasKHVABit { state.caches[index].fields.isKHVAUnmapped = packed.takeBool() }
    state.caches[index].lock.writer.holder = UInt8(packed.take(holderBits))
    state.caches[index].lock.readers.bits = UInt8(packed.take(taskCount))
    state.caches[index].refreshLock.holder = UInt8(packed.take(holderBits))
    if hasGuests {
      state.caches[index].guestMode.holder = UInt8(packed.take(holderBits))
      state.caches[index].copiedPFN = pfn(packed.take(pageBits))
    }
    guard cachesChange else { return }
    state.caches[index].fields.active = packed.takeBool()
    state.caches[index].isListed = packed.takeBool()
    state.caches[index].fields.uhva = uhva(packed.take(pageBits))
    state.caches[index].fields.gpa = gpa(packed.take(pageBits))
  }

  private func unpackTask(_ index: Int, _ state: inout ProtocolState, _ packed: inout BitReader) {
    let layout = tasks[index]
    state.tasks[index].step = TaskStep(code: UInt8(packed.take(Self.stepBits)))
    state.tasks[index].operation = UInt8(packed.take(layout.operationBits))
    state.tasks[index].range = UInt8(packed.take(layout.rangeBits))
    state.tasks[index].walked = UInt8(packed.take(layout.walkedBits))
    if hasGuests {
      state.tasks[index].hitGuests = UInt8(packed.take(layout.hitBits))
      if layout.copies { state.tasks[index].hasHandledEvents = packed.takeBool() }
    }
    state.tasks[index].isInWindow = packed.takeBool()
    guard layout.refreshes else { return }
    state.tasks[index].snapshot = packed.takeBool() ? 0 : state.kvm.invalidateSeq
    state.tasks[index].newPFN = pfn(packed.take(pageBits))
    if hasBuffers { state.tasks[index].hasBufferedValid = packed.takeBool() }
    if hasKHVABit { state.tasks[index].keepsKHVA = packed.takeBool() }
    guard hasQueue else { return }
    state.tasks[index].hasWaited = packed.takeBool()
    state.tasks[index].isWoken = packed.takeBool()
  }
}

// Page names: an address as its page, a pfn as error (0), freed (1), or the page that it is now (2 and up).
extension StateLayout {
  private func code(_ address: UHVA) -> UInt64 { address.isError ? noPage : UInt64(address.pageIndex) }

  private func uhva(_ code: UInt64) -> UHVA { code == noPage ? GfnToPfnCache.errorUHVA : .page(Int(code)) }

  private func code(_ gpa: GPA) -> UInt64 { gpa == .invalid ? noPage : gpa.rawValue >> 20 - 1 }

  private func gpa(_ code: UInt64) -> GPA { code == noPage ? .invalid : .page(Int(code)) }

  private func code(_ pfn: PFN, _ state: borrowing ProtocolState) -> UInt64 {
    guard !pfn.isError else { return 0 }
    let page = Int(pfn.rawValue >> 16) - 1
    guard page >= 0 && page < ProtocolState.pagesMax else { return 1 }
    return pfn == .named(state.pageNames[page], page: page) ? UInt64(page) + 2 : 1
  }

  private func pfn(_ code: UInt64) -> PFN {
    switch code {
    case 0: .errorFault
    case 1: .freed
    default: .named(1, page: Int(code) - 2)
    }
  }
}
