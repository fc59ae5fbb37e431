// The columns of the table `event` that hold fields, in the order of `EventField`.

import KVMEvents

/// The places in the table `event`.
enum EventColumn {
  /// Behind id, ts_ns, cpu, task_id, name_id and kind_id.
  static let firstField = 6
}

extension EventField {
  /// The column of the table `event`; the contract with schema.sql.
  var column: String {
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
}
