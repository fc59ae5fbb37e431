// The kernel pointers by which a recording names its objects. They are names only: nothing is ever dereferenced.

/// `struct kvm *`: one virtual machine.
public struct KVMPointer: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// `struct mmu_notifier *`, a member of `struct kvm`: what the notifier hooks are given instead of the kvm.
public struct NotifierPointer: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// `struct mm_struct *`: one address space.
public struct MMPointer: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// `struct gfn_to_pfn_cache *`. Reused: a cache is this and the epoch since its `kvm_gpc_init`.
public struct GPCPointer: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}
