// Notices and progress while a stage works.

import KVMEvents
import TraceReaders

/// Receives notices and progress; by default drops them.
package struct Listener {
  package var notice: (Notice) -> Void = { _ in }
  /// nil: the work is over.
  package var progress: (WorkProgress?) -> Void = { _ in }

  package init() {}
}

/// Part of the request that is not done, or done differently.
package enum Notice {
  /// The recording names its own clock.
  case clockNotUsed(asked: TraceClock, recorded: TraceClock, TraceInput)
  /// A threshold in time, while the stamps are ticks.
  case stallMaxOfTicks
  /// The default database holds another recording: this one's has another name.
  case besides(other: String, database: String)
}

/// How far some work is.
package struct WorkProgress {
  package enum Unit {
    /// Of the input.
    case bytes
    /// Of a database.
    case events
    /// A form in a scenario.
    case searches
    /// Of a fleet.
    case recordings
  }

  package let unit: Unit
  package let done: Int64
  /// nil: not known beforehand.
  package let total: Int64?
  /// Read so far; nil: there are none in this work.
  package let events: Int64?

  package init(_ unit: Unit, _ done: Int64, of total: Int64?, events: Int64? = nil) {
    self.unit = unit
    self.done = done
    self.total = total
    self.events = events
  }
}
