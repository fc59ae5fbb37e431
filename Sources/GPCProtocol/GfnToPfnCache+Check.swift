// `kvm_gpc_check()`.

import KVMEvents

extension GfnToPfnCache {
  /// `kvm_gpc_check()`, read lock held. `requestedGPA` is the argument that the function had up to 6.1; nil where it
  /// has none. `generationIsFresh` compares the cache's generation with the memslots' and is not looked at for an
  /// hva-based cache.
  package func check(
    len: UInt64, requestedGPA: GPA? = nil, generationIsFresh: Bool, testsActive: Bool = true
  ) -> CheckAnswer {
    guard active || !testsActive else { return .no(.inactive) }
    if let requestedGPA, requestedGPA != gpa { return .no(.otherGPA) }
    if isGPABased && !generationIsFresh { return .no(.generationStale) }
    guard !uhva.isError else { return .no(.errorUHVA) }
    guard pageOffset &+ len <= pageSize else { return .no(.beyondPage) }
    guard valid else { return .no(.invalid) }
    return .yes
  }

  /// Where in its page an access begins: from the gpa, or from the uhva of an hva-based cache.
  private var pageOffset: UInt64 { (isGPABased ? gpa.rawValue : uhva.rawValue) % pageSize }
}
