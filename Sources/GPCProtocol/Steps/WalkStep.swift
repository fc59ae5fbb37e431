// The steps of the walk of the caches.

/// `gfn_to_pfn_cache_invalidate_start()`, or the same walk in the end hook.
package enum WalkStep: UInt8, CaseIterable, Sendable {
  case lockList
  case readValidBare, readUHVABare
  case lockRead, test, dropRead, unlockRead
  case lockWrite, clear, unlockWrite
  case unlockList
}
