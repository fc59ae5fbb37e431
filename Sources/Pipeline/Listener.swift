// Notices and progress while a stage works.

import KVMEvents
import TraceReaders

/// Receives notices and progress; by default drops them.
package struct Listener {
  package var notice: (Notice) -> Void = { _ in }
  /// nil: the work is over.
  package var progress: (ImportProgress?) -> Void = { _ in }

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

/// How far an import is.
package struct ImportProgress {
  /// Read from the input, before decompression.
  package let bytes: Int64
  /// nil: not known beforehand.
  package let bytesTotal: Int64?
  package let events: Int64
}
