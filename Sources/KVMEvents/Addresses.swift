// The addresses the kernel's cache ties together: gpa -> uhva -> pfn, and the page arithmetic they share.

/// x86's page size, in bytes; every cache covers (part of) one page.
public let pageSize: UInt64 = 4096

/// A guest physical address (`gpa_t`), in bytes.
public struct GPA: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `INVALID_GPA`: the cache is hva-based or was never activated.
  public static let invalid = GPA(rawValue: .max)
}

/// A host virtual address in the VM's process (`unsigned long uhva`), in bytes.
public struct UHVA: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `kvm_is_error_hva()`: KVM's "no address" is PAGE_OFFSET, which differs per boot, so any address in the kernel half
  /// is one.
  @inlinable public var isError: Bool { rawValue >> 63 == 1 }

  /// The first byte of the page that holds this address.
  @inlinable public var page: UHVA { UHVA(rawValue: rawValue & ~(pageSize - 1)) }
}

/// A host page frame number (`kvm_pfn_t`).
public struct PFN: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `KVM_PFN_ERR_FAULT`, the first of the error values.
  public static let errorFault = PFN(rawValue: 0x7ff0_0000_0000_0000)

  /// `is_error_noslot_pfn()`: any of the bits `KVM_PFN_ERR_NOSLOT_MASK`.
  @inlinable public var isError: Bool { rawValue & 0xfff0_0000_0000_0000 != 0 }
}

/// A range of host virtual addresses, half-open as in the kernel (`struct mmu_notifier_range`): `start <= address <
/// end`.
public struct HVARange: Hashable, Sendable {
  public let start: UHVA
  public let end: UHVA

  @inlinable public init(start: UHVA, end: UHVA) {
    self.start = start
    self.end = end
  }

  @inlinable public func contains(_ address: UHVA) -> Bool {
    start.rawValue <= address.rawValue && address.rawValue < end.rawValue
  }

  @inlinable public func overlaps(_ other: HVARange) -> Bool {
    start.rawValue < other.end.rawValue && other.start.rawValue < end.rawValue
  }

  /// The smallest range that covers both: what `mmu_gpc_invalidate_range_start/end` widens to.
  @inlinable public func hull(_ other: HVARange) -> HVARange {
    HVARange(
      start: UHVA(rawValue: min(start.rawValue, other.start.rawValue)),
      end: UHVA(rawValue: max(end.rawValue, other.end.rawValue)))
  }
}
