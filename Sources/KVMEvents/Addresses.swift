// The addresses the kernel's cache ties together: gpa -> uhva -> pfn, and the page arithmetic they share.

/// x86's page size, in bytes; every cache covers (part of) one page.
package let pageSize: UInt64 = 4096

/// A guest physical address (`gpa_t`), in bytes.
package struct GPA: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `INVALID_GPA`: the cache is hva-based or was never activated.
  package static let invalid = GPA(rawValue: .max)
}

/// A host virtual address in the VM's process (`unsigned long uhva`), in bytes.
package struct UHVA: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `kvm_is_error_hva()`: KVM's "no address" is PAGE_OFFSET, which differs per boot, so any address in the kernel half is one.
  @inlinable package var isError: Bool { rawValue >> 63 == 1 }

  /// The first byte of the page that holds this address.
  @inlinable package var page: UHVA { UHVA(rawValue: rawValue & ~(pageSize - 1)) }
}

/// A host page frame number (`kvm_pfn_t`).
package struct PFN: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `KVM_PFN_ERR_FAULT`, the first of the error values.
  package static let errorFault = PFN(rawValue: 0x7ff0_0000_0000_0000)

  /// `is_error_noslot_pfn()`: any of the bits `KVM_PFN_ERR_NOSLOT_MASK`.
  @inlinable package var isError: Bool { rawValue & 0xfff0_0000_0000_0000 != 0 }
}

/// A range of host virtual addresses, half-open as in the kernel (`struct mmu_notifier_range`): `start <= address < end`.
package struct HVARange: Hashable, Sendable {
  package let start: UHVA
  package let end: UHVA

  @inlinable package init(start: UHVA, end: UHVA) {
    self.start = start
    self.end = end
  }

  @inlinable package func contains(_ address: UHVA) -> Bool {
    start.rawValue <= address.rawValue && address.rawValue < end.rawValue
  }

  @inlinable package func overlaps(_ other: HVARange) -> Bool {
    start.rawValue < other.end.rawValue && other.start.rawValue < end.rawValue
  }

  /// The smallest range that covers both: what `mmu_gpc_invalidate_range_start/end` widens to.
  @inlinable package func hull(_ other: HVARange) -> HVARange {
    HVARange(
      start: UHVA(rawValue: min(start.rawValue, other.start.rawValue)),
      end: UHVA(rawValue: max(end.rawValue, other.end.rawValue)))
  }
}
