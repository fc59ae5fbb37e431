// The tasks of the simulated machine: a plan that can be shrunk by removing operations.

import KVMEvents

/// Which task does what, in which order. The schedule decides when.
package struct Workload: Sendable {
  package enum Kind: Sendable {
    /// The VM's notifier joins its address space. No probe shows it.
    case create(vm: Int)
    /// `kvm_gpc_init()`.
    case initialise(vm: Int, cache: Int)
    /// `KVM_SET_USER_MEMORY_REGION`; size 0 deletes.
    case setMemslot(vm: Int, slot: UInt32, gpa: UInt64, size: UInt64, uhva: UInt64)
    case activate(vm: Int, cache: Int, gpa: GPA, len: UInt64)
    case activateHva(vm: Int, cache: Int, uhva: UHVA, len: UInt64)
    case deactivate(vm: Int, cache: Int)
    case refresh(vm: Int, cache: Int, len: UInt64)
    case check(vm: Int, cache: Int, len: UInt64)
    /// The kernel's idiom: check; while it says no, refresh and check again, `tries` times.
    case use(vm: Int, cache: Int, len: UInt64, tries: Int)
    case invalidate(mm: Int, MMInvalidation)
    /// The VM's end: its caches are deactivated, its notifier leaves the address space. No probe shows it.
    case destroy(vm: Int)
    /// `kvm_zap_gfn_range()` (MTRRs, APICv, …): moves `mmu_invalidate_seq` with neither hook nor count. No probe shows
    /// it.
    case moveSeq(vm: Int)
    /// An ordinary page fault looks a page up, too.
    case fault(vm: Int, uhva: UHVA)
    /// Something irrelevant to the replay.
    case userspaceExit
  }

  package struct Operation: Sendable {
    /// The name of its random stream: an operation's numbers do not depend on the others.
    package var id: Int
    package var kind: Kind
  }

  package struct Task: Sendable {
    package var comm: String
    /// 0: the idle task of its CPU.
    package var pid: Int32
    package var cpu: Int
    /// An interrupt on top of this task: it has its pid and its CPU, and runs to its end.
    package var host: Int?
    /// It begins when these have nothing left to do.
    package var after: [Int]
    package var operations: [Operation]
  }

  package struct Machine: Sendable {
    /// The address space of each VM.
    package var mmOfVM: [Int] = [0]
    /// The memory of each VM's structures: a VM may reuse an earlier one's.
    package var placeOfVM: [Int] = [0]
    package var cachesOfVM: [Int] = [1]
    /// What `mmu_invalidate_seq` was before.
    package var firstSeq: UInt64 = 0
    package var cpuCount = 4

    package func kvm(ofVM number: Int) -> KVMPointer {
      KVMPointer(rawValue: 0xff52_9c43_c1d8_5000 + UInt64(placeOfVM[number]) * 0x2_0000)
    }
  }

  package var machine = Machine()
  package var tasks: [Task] = []

  package var operationCount: Int { tasks.reduce(0) { $0 + $1.operations.count } }
}

/// An invalidation of a range of an address space.
package struct MMInvalidation: Sendable {
  package var range: HVARange
  /// `enum mmu_notifier_event`: 0 unmap, 1 clear, 2 protection of a vma, 3 protection of a page, 6 migrate.
  package var mnEvent: UInt32
  package var freesPages: Bool
  /// The freed pages are the next ones allocated.
  package var comesBack: Bool
}
