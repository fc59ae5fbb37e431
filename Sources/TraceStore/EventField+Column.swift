// The columns of the table `event` that hold fields: what schema.sql and the order of `EventField` agree on.

import KVMEvents

extension EventField {
  package var column: String {
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

  /// nil: no field has this column.
  init?(column: String) {
    guard let field = Self.allCases.first(where: { $0.column == column }) else { return nil }
    self = field
  }
}
