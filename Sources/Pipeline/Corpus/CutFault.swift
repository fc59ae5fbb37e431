// Why a finding cannot become a case.

import Corpus
import Glibc
import Results
import TraceReaders

/// The errors of `corpus add`. `sentence` is the message.
package enum CutFault: Error {
  /// The recording is read twice.
  case standardInput
  /// A case is read with the built-in probe catalogue.
  case ownCatalogue
  case noFinding(Int64, database: String, there: LineRanges)
  /// Not in any cut of the recording, however large.
  case notFoundAgain(Int64)
  case findingLostInText
  case unreadableText(TraceReadError)
  case issueInText(kind: String, count: Int64)
  /// A record of a trace.dat that the event formats cannot print.
  case unprintableRecord(Int64, trace: String)
  case unprintableEvent(Int64)
  /// The recording's format does not say where events were lost.
  case lossWithoutPlace(InputFormat)
  /// With other names the form has another verdict.
  case changedByNames(form: String, before: String, after: String, withCoarseTimes: Bool)
  case exists(path: String)
  case unwritable(path: String, errno: Int32)

  package var sentence: String {
    switch self {
    case .standardInput: "The recording is read twice: a file is wanted."
    case .ownCatalogue: "A case is read with the built-in probe catalogue: --probes cannot be kept in it."
    case .noFinding(let number, let database, let there):
      "\(database) has no finding \(number): \(there.ranges.isEmpty ? "it has none" : "it has \(there)")."
    case .notFoundAgain(let number):
      "Finding \(number) is not found again in the operations of the recording: what it rests on is none of them, or the search is cut off."
    case .findingLostInText:
      "The finding is not in the text of the cut, though it was in its events: nothing is written."
    case .unreadableText(let error): "The cut does not import: it \(error.predicate)."
    case .issueInText(let kind, let count):
      "The cut does not import without issues (\(count) \(kind)): nothing is written."
    case .unprintableRecord(let id, let trace):
      "Record \(id) of \(trace) cannot be put into words: cut the text that trace-cmd report -t \(trace) prints."
    case .unprintableEvent(let id): "Event \(id) cannot be put into words of trace-cmd: nothing is written."
    case .lossWithoutPlace(let format):
      "Events were lost, and \(format.words) does not say where: the text of a cut cannot express that. Nothing is written."
    case .changedByNames(let form, let before, let after, false):
      "Under other names the cut is \(after) for \(form), not \(before): nothing is written. --keep-names keeps them."
    case .changedByNames(let form, let before, let after, true):
      """
      Under other names and times the cut is \(after) for \(form), not \(before): nothing is written. That verdict may need the \
      times between events: without --coarse-times they stay.
      """
    case .exists(let path): "\(path) exists already: a case is never overwritten."
    case .unwritable(let path, let errno): "\(path) cannot be written: \(String(cString: strerror(errno)))."
    }
  }
}
