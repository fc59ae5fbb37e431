// Why a recording does not come through the stages.

import TraceReaders
import TraceStore

/// What ends a piece of work, beside what the store throws (`TraceStoreError`) and what a case or a cut has of its own
/// (`CaseFault`, `CutFault`).
package enum PipelineError: Error {
  /// The input cannot be read, or is no recording.
  case unreadable(TraceReadError, TraceInput)
  /// A probe catalogue of the user's own.
  case probes(ProbesFileError, path: String)
  /// Numbers of findings are asked for, and the database that this input would have holds another recording.
  case holdsAnother(database: String, TraceInput)
  /// The recording was replayed by a form of a file, which the database does not keep.
  case formOfFile(id: String, database: String?)
  /// A clock's uncertainty in time, where the stamps are ticks.
  case deltaOfTicks
}
