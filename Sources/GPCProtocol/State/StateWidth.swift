// How wide the numbers of a state are.

/// A search copies states all the time and wants them narrow; a recording has any number of tasks and caches, and a seq
/// that only grows.
package protocol StateWidth: Hashable, Sendable {
  /// Tasks, caches, invalidations in flight.
  associatedtype Count: FixedWidthInteger & UnsignedInteger & Sendable
  /// `mmu_invalidate_seq`.
  associatedtype Seq: FixedWidthInteger & UnsignedInteger & Sendable
  /// A pfn that is no error.
  associatedtype PageName: FixedWidthInteger & UnsignedInteger & Sendable
  associatedtype Readers: ReaderSet
}

/// For the search: a handful of tasks and caches.
package enum SearchWidth: StateWidth {
  package typealias Count = UInt8
  package typealias Seq = UInt16
  package typealias PageName = UInt32
  package typealias Readers = ReaderMask
}

/// For recordings.
package enum RecordingWidth: StateWidth {
  package typealias Count = UInt32
  package typealias Seq = UInt64
  package typealias PageName = UInt64
  package typealias Readers = ReaderCount
}
