// What `kvm_gpc_check()` answers, and why not.

package enum CheckAnswer: Hashable, Sendable {
  /// Why a check said no, in the order in which the kernel tests.
  package enum Reason: String, Hashable, Sendable {
    /// `!gpc->active`.
    case inactive
    /// 6.1 only: the caller's gpa is not the cache's.
    case otherGPA = "other_gpa"
    /// gpa-based, and the memslots changed since the cache was resolved.
    case generationStale = "generation_stale"
    /// `kvm_is_error_hva(gpc->uhva)`.
    case errorUHVA = "error_uhva"
    /// The access would leave the page.
    case beyondPage = "beyond_page"
    /// `!gpc->valid`.
    case invalid
  }

  case yes
  case no(Reason)

  package var isYes: Bool { self == .yes }
}
