// One `kvm_gpc_check()`; a row of the table `cache_check`.

import KVMEvents

/// One recorded check of a cache.
package struct CacheCheck: Sendable {
  package let id: Int64
  package let cache: Int32
  package let task: TaskID
  package let entryEvent: EventID
  package let returnEvent: EventID?
  /// The recorded answer; nil if the return is not in the recording.
  package let answer: Bool?
  /// The answer compared with the replay; nil if there is no answer.
  package let decision: Decision?
  /// Why the decision is open or unknown.
  package let doubt: Doubt?

  package init(
    id: Int64, cache: Int32, task: TaskID, entryEvent: EventID, returnEvent: EventID?, answer: Bool?,
    decision: Decision?, doubt: Doubt? = nil
  ) {
    self.id = id
    self.cache = cache
    self.task = task
    self.entryEvent = entryEvent
    self.returnEvent = returnEvent
    self.answer = answer
    self.decision = decision
    self.doubt = doubt
  }
}
