// Events the tracer dropped; a row of the table `loss`.

import KVMEvents

/// A gap on one CPU: events were dropped after `afterEvent` and before `beforeEvent`.
package struct EventLoss: Sendable {
  package let cpu: Int32
  /// The line of the marker.
  package let line: EventID
  /// The CPU's last event before the gap; nil: none.
  package let afterEvent: EventID?
  /// Events dropped; nil: the tracer does not say.
  package let count: Int64?

  package init(cpu: Int32, line: EventID, afterEvent: EventID?, count: Int64?) {
    self.cpu = cpu
    self.line = line
    self.afterEvent = afterEvent
    self.count = count
  }
}
