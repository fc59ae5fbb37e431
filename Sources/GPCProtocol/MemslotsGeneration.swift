// The generation of a VM's memslots.

/// `kvm_memslots(kvm)->generation`. Compared for equality only; bit 63 is set while the memslots are being changed.
package struct MemslotsGeneration: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }
}
