// The fields of recorded events, under one name for each meaning, and which of them an event carries.

/// A field of a recorded event. The raw value is the field's position in `RecordedEvent`; the database has a column per
/// case in this order.
public enum EventField: Int, CaseIterable, Sendable {
  /// `struct kvm *`.
  case kvm
  /// `struct gfn_to_pfn_cache *`.
  case gpc
  /// The cache's `uhva`; the argument of `hva_to_pfn()` and `kvm_gpc_activate_hva()`; a memslot's `userspace_addr`.
  case uhva
  /// The cache's or the requested `gpa`; a memslot's `guest_phys_addr`.
  case gpa
  /// The cache's `pfn`; the result of a lookup.
  case pfn
  /// `mn_active_invalidate_count`.
  case activeInvalidations
  /// `mmu_invalidate_seq`.
  case seq
  /// The snapshot of `mmu_invalidate_seq` that a round of the retry loop holds.
  case mmuSeq
  /// A return value: errno below 0, a check's answer, else as the function's. Two's complement.
  case ret
  /// `gpc->active`, 0 or 1.
  case active
  /// `gpc->valid`, 0 or 1.
  case valid
  /// Bytes: a check's or a refresh's `len`, a memslot's `memory_size`; for `lostEvents` the number lost.
  case len
  /// `gpc->generation`. Compared for equality only; bit 63 is set while memslots change.
  case generation
  /// The memslots' `generation`.
  case slotsGeneration
  /// First byte of an invalidated range.
  case start
  /// First byte after an invalidated range.
  case end
  /// `struct mmu_notifier *`.
  case mn
  /// `struct mm_struct *`.
  case mm
  /// `mmu_notifier_range.flags` (1 = may block) or a memslot's flags; for `lostEvents`: 1 = anywhere before it.
  case flags
  /// `mmu_notifier_range.event` (`enum mmu_notifier_event`: 0 unmap, 1 clear, 2 protection of a vma, 3 protection of a
  /// page, 6 migrate).
  case mnEvent
  /// The cache's `gpa` where the event also has a requested one (`__gpc_refresh`, and 6.1's check and refresh).
  case oldGpa
  /// The cache's `uhva` where the event also has a requested one.
  case oldUhva
  /// `gpc->khva`.
  case khva
  /// A memslot's number.
  case slot
  /// `write_fault` of a lookup, 0 or 1.
  case write
}

/// The set of fields that an event carries, one bit per `EventField`.
public struct EventFieldSet: OptionSet, Hashable, Sendable {
  public var rawValue: UInt32
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  @inlinable public init(_ field: EventField) { rawValue = 1 << UInt32(field.rawValue) }

  @inlinable public mutating func insert(_ field: EventField) { rawValue |= 1 << UInt32(field.rawValue) }
  @inlinable public func contains(_ field: EventField) -> Bool { rawValue >> UInt32(field.rawValue) & 1 == 1 }
}

extension EventField {
  /// The column of `event` that holds it, its name in a probe catalogue and in JSON.
  package var name: String {
    switch self {
    case .kvm: "kvm"
    case .gpc: "gpc"
    case .uhva: "uhva"
    case .gpa: "gpa"
    case .pfn: "pfn"
    case .activeInvalidations: "active_inv"
    case .seq: "seq"
    case .mmuSeq: "mmu_seq"
    case .ret: "ret"
    case .active: "active"
    case .valid: "valid"
    case .len: "len"
    case .generation: "generation"
    case .slotsGeneration: "slots_generation"
    case .start: "hva_start"
    case .end: "hva_end"
    case .mn: "mn"
    case .mm: "mm"
    case .flags: "flags"
    case .mnEvent: "mn_event"
    case .oldGpa: "old_gpa"
    case .oldUhva: "old_uhva"
    case .khva: "khva"
    case .slot: "slot"
    case .write: "write_fault"
    }
  }

  /// nil: no field has this name.
  package init?(name: String) {
    guard let field = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = field
  }
}
