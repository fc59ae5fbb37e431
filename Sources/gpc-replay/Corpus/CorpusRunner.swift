// All cases of a folder, as many at once as there are cores.

import Corpus
import Explore
import Forms
import GPCProtocol
import Glibc
import Synchronization

/// Runs the cases of a corpus. The outcome is the same for any number at once.
struct CorpusRunner: Sendable {
  let folder: String
  let cases: [CorpusCase]
  let jobCount: Int
  /// What the cases are searched under.
  var forms = ProtocolForm.all

  func run() -> (outcome: CorpusOutcome, coverage: Coverage) {
    let begun = ContinuousClock.now
    let progress = Mutex(CorpusProgress(caseCount: cases.count))
    // No more recordings in memory than are under way.
    let results = inParallel(cases.count, jobCount: jobCount) { index in
      let result = CaseRunner(corpusCase: cases[index], forms: forms).run()
      progress.withLock { $0.update(finished: result.outcome.row.name) }
      return result
    }
    progress.withLock { $0.finish() }
    var coverage = Coverage(under: forms)
    for result in results { coverage.add(result.coverage) }
    let elapsed = (ContinuousClock.now - begun).components
    let outcome = CorpusOutcome(
      folder: folder, forms: forms.map(\.id), cases: results.map(\.outcome), jobCount: jobCount,
      wallNs: elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
    return (outcome, coverage)
  }

  static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// On standard error, where that is a terminal: how many cases are done, and which was the last.
private struct CorpusProgress: Sendable {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let caseCount: Int
  private var finishedCount = 0

  init(caseCount: Int) { self.caseCount = caseCount }

  mutating func update(finished name: String) {
    finishedCount += 1
    if isShown { printError("\r\u{1b}[K\(finishedCount) of \(caseCount) cases: \(name)") }
  }

  func finish() {
    if isShown { printError("\r\u{1b}[K") }
  }
}
