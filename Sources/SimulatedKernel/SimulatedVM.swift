// A VM: its memslots, its caches, and the protocol's state.

import GPCProtocol
import KVMEvents
import Results

final class SimulatedVM {
  struct Memslot {
    var gpa: UInt64
    var size: UInt64
    var uhva: UInt64
    /// `KVM_MEMSLOT_INVALID`: being removed. The hooks still see its range, a gpa is no longer resolved by it.
    var isInvalid = false

    var range: HVARange { HVARange(start: UHVA(rawValue: uhva), end: UHVA(rawValue: uhva + size)) }
  }

  /// A `gfn_to_pfn_cache` under its pointer; a new one after each `kvm_gpc_init()`.
  struct Cache {
    let pointer: GPCPointer
    /// Its index in the engine's state.
    let index: Int
    /// The pfn that the last accepted round stored, as it is printed.
    private(set) var pfn = PFN.errorFault
    /// The accepted round whose page it uses.
    private(set) var mapping: Int?

    init(pointer: GPCPointer, index: Int) {
      self.pointer = pointer
      self.index = index
    }

    mutating func store(_ pfn: PFN, round: Int) {
      self.pfn = pfn
      mapping = round
    }

    /// Where the kernel maps it: in its map of all memory.
    var khva: UInt64 { 0xff2d_067d_8000_0000 + pfn.rawValue << 12 }
  }

  let number: Int
  let kvm: KVMPointer
  let mm: SimulatedMM
  var state = RecordingState()
  var caches: [Cache] = []
  var slots: [UInt32: Memslot] = [:]
  /// `kvm_memslots(kvm)->generation`.
  var generation: UInt64 = 0
  /// `kvm->slots_lock` is held.
  var isChangingSlots = false
  /// Invalidations between the hooks, or in one of them after its first lock.
  var openInvalidations = 0
  /// Tasks in one of its hooks.
  var runningHooks = 0
  /// Its notifier is in the address space's list: from its creation to its end.
  var isRegistered = false
  /// What `mmu_invalidate_seq` was when the simulation began.
  let firstSeq: UInt64

  /// `offsetof(struct kvm, mmu_notifier)` of Debian's 6.12.95.
  static let notifierOffset: UInt64 = 39_560
  static let generationInProgress: UInt64 = 1 << 63

  init(number: Int, kvm: KVMPointer, mm: SimulatedMM, firstSeq: UInt64) {
    self.number = number
    self.kvm = kvm
    self.mm = mm
    self.firstSeq = firstSeq
  }

  var mn: NotifierPointer { NotifierPointer(rawValue: kvm.rawValue + Self.notifierOffset) }
  var activeInvalidations: UInt32 { state.kvm.activeInvalidations }
  var seq: UInt64 { printed(seq: state.kvm.invalidateSeq) }

  /// The engine begins at 1.
  func printed(seq: UInt64) -> UInt64 { seq - 1 + firstSeq }

  func hitsMemslot(_ range: HVARange) -> Bool { slots.values.contains { $0.range.overlaps(range) } }

  /// `gfn_to_hva_memslot()`: an error if no memslot covers the page.
  func resolve(_ gpa: GPA) -> UHVA {
    let page = gpa.rawValue & ~(pageSize - 1)
    let slot = slots.values.first { !$0.isInvalid && $0.gpa <= page && page < $0.gpa + $0.size }
    return slot.map { UHVA(rawValue: $0.uhva + page - $0.gpa) } ?? GfnToPfnCache.errorUHVA
  }

  /// What a refresh of the cache in its current state requests.
  func request(of cache: Int) -> RefreshRequest {
    let fields = self.fields(of: cache)
    return fields.isGPABased ? request(fields.gpa) : .uhva(fields.uhva)
  }

  func request(_ gpa: GPA) -> RefreshRequest {
    .gpa(gpa, resolved: resolve(gpa), generation: MemslotsGeneration(rawValue: generation))
  }

  /// The pfn as it is printed: the engine has other names.
  func pfn(of cache: Int) -> PFN { fields(of: cache).pfn.isError ? .errorFault : caches[cache].pfn }

  func fields(of cache: Int) -> GfnToPfnCache { state.caches[caches[cache].index].fields }

  func isFresh(_ fields: GfnToPfnCache) -> Bool { fields.generation.rawValue == generation }
}
