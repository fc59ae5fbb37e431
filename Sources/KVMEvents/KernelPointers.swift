// The kernel pointers by which a recording names its objects. They are names only: nothing is ever dereferenced.

/// `struct kvm *`: one virtual machine.
package struct KVMPointer: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// `struct mmu_notifier *`, a member of `struct kvm`: what the notifier hooks are given instead of the kvm.
package struct NotifierPointer: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// `struct mm_struct *`: one address space.
package struct MMPointer: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// `struct gfn_to_pfn_cache *`. Reused: a cache is this and the epoch since its `kvm_gpc_init`.
package struct GPCPointer: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }
}
