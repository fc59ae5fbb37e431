// Why a recording fails in a stage.

import TraceReaders
import TraceStore

/// The errors of the stages, besides those of the store (`TraceStoreError`) and of a case or a cut (`CaseFault`,
/// `CutFault`).
package enum PipelineError: Error {
  /// The input cannot be read, or is not a recording.
  case unreadable(TraceReadError, TraceInput)
  /// A probe catalogue of the user's own.
  case probes(ProbesFileError, path: String)
  /// Findings are requested by number, and the database for this input holds another recording.
  case holdsAnother(database: String, TraceInput)
  /// The database that was named holds another recording, or another version's import.
  case wouldReplace(database: String, TraceInput)
  /// The recording was replayed by a form from a file, which the database does not keep.
  case formOfFile(id: String, database: String?)
  /// A clock's uncertainty in time, while the stamps are ticks.
  case deltaOfTicks
}
