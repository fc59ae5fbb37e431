// What a recording says of a scenario's times, beside what it says of its operations.

import KVMEvents

/// The recorded side of a scenario that was cut out of a recording. Parallel to the setup's programs and their
/// operations.
package struct RecordedBounds: Sendable {
  package var spans: [[OperationSpan]]
  package var order: WindowOrder
  /// A task whose invalidations are made by another task's own lookup: that task.
  package var hosts: [Int?]
  /// Refreshes return when the recorded ones did. False in any form but the recorded kernel's: what follows on the same
  /// task may be late.
  package var refreshesKeepTime: Bool

  package init(spans: [[OperationSpan]], order: WindowOrder, hosts: [Int?], refreshesKeepTime: Bool) {
    precondition(spans.count == hosts.count, "a host or none for each task")
    self.spans = spans
    self.order = order
    self.hosts = hosts
    self.refreshesKeepTime = refreshesKeepTime
  }

  mutating func removeTask(_ task: Int) {
    spans.remove(at: task)
    hosts.remove(at: task)
    hosts = hosts.map { host in host.flatMap { $0 == task ? nil : $0 > task ? $0 - 1 : $0 } }
  }

  mutating func removeOperation(_ index: Int, of task: Int) { spans[task].remove(at: index) }

  /// The events that the operations begin and end at, ascending.
  var events: [EventID] { Set(spans.flatMap { $0 }.flatMap(\.lows).map(\.id)).sorted() }

  /// The recorded moments that a phase of this operation lies between.
  func interval(_ task: Int, _ operation: Int, phase: Int) -> (lower: Moment, upper: Moment) {
    let span = spans[task][operation]
    return (span.lows[phase], span.highs[phase + 1])
  }
}
