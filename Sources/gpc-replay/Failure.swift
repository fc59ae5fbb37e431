// What goes wrong, in sentences, and the exit status that it has.

import ArgumentParser
import Corpus
import Glibc
import KVMEvents
import Pipeline
import TextLayout
import TraceReaders
import TraceStore

/// Prints what was wrong on standard error.
/// - Parameter status: that the verb ends with.
func fail(_ sentence: String, _ status: ExitStatus = .unreadable) -> ExitCode {
  printError("gpc-replay: \(sentence.printable)\n")
  return status.code
}

func printError(_ text: String) { _ = Output.write(Array(text.utf8), to: STDERR_FILENO) }

/// What ends the process for an error that a verb threw: errors of the stages are printed here, once for all verbs.
func exitError(_ error: any Error) -> any Error {
  switch error {
  case let error as PipelineError: fail(error.sentence)
  case let error as TraceStoreError: fail(error.sentence, error.isOfOutput ? .unwritable : .unreadable)
  case let error as CutFault: fail(error.sentence)
  case let error as CaseFault: fail("\(error.sentence).")
  case _: error
  }
}

extension PipelineError {
  var sentence: String {
    switch self {
    case .unreadable(let error, let input): "\(input.name) \(error.predicate)."
    case .probes(let error, let path):
      switch error {
      case .file(let error): "\(path) \(error.predicate("probe catalogue"))."
      case .wrong(let wrong): "\(path), line \(wrong.line): \(wrong.reason)."
      }
    case .formOfFile(let id, let database):
      "\(database ?? "The database") was replayed by the form '\(id)' of a file: name that file with --kernel."
    case .holdsAnother(let database, let input):
      "\(Notice.other(database)): its numbers are not those of \(input.name). Name that one's database, or import it first."
    case .wouldReplace(let database, _):
      "\(Notice.other(database)): --force replaces it, another --db leaves it as it is."
    case .deltaOfTicks: "--delta \(Notice.needsTime)."
    }
  }
}

extension Notice {
  var sentence: String {
    switch self {
    case .clockNotUsed(let asked, let recorded, let input):
      "--clock \(asked.rawValue) is not used: \(input.name) says that its clock is \(recorded.rawValue)."
    case .stallMaxOfTicks: "--stall-max is not used: it \(Self.needsTime)."
    case .besides(let other, let database): "\(Self.other(other)); this recording's is \(database)."
    }
  }

  fileprivate static func other(_ database: String) -> String {
    "\(database) holds another recording, or another version's import"
  }

  fileprivate static let needsTime =
    "needs a clock of time, and the stamps are ticks (--clock says of which clock those of a text are)"
}

extension Listener {
  /// Notices and progress on standard error.
  static var terminal: Listener {
    var listener = Listener()
    listener.notice = { printError("gpc-replay: \($0.sentence.printable)\n") }
    var progress = Progress()
    listener.progress = { if let state = $0 { progress.update(state) } else { progress.finish() } }
    return listener
  }
}
