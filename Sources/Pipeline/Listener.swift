// What the one who asked is told while a stage works.

import KVMEvents
import TraceReaders

/// Takes notices and progress; as it is made, it drops them.
package struct Listener {
  package var notice: (Notice) -> Void = { _ in }
  /// nil: the work is over.
  package var progress: (ImportProgress?) -> Void = { _ in }

  package init() {}
}

/// Something that was asked for and is not done, or is done otherwise.
package enum Notice {
  /// The recording names its own clock.
  case clockNotUsed(asked: TraceClock, recorded: TraceClock, TraceInput)
  /// A threshold in time, where the stamps are ticks.
  case stallMaxOfTicks
  /// The database holds another recording, or another version's import, and gives way.
  case replaces(database: String)
}

/// How far an import is.
package struct ImportProgress {
  /// Read from the input, before decompression.
  package let bytes: Int64
  /// nil: not known beforehand.
  package let bytesTotal: Int64?
  package let events: Int64
}
