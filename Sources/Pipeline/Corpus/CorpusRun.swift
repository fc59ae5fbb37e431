// All cases of a folder, as many in parallel as there are cores.

import Corpus
import Explore
import Forms
import GPCProtocol
import Glibc
import Results
import Synchronization

/// Runs the cases of a corpus. The outcome does not depend on the number of jobs.
package struct CorpusRun: Sendable {
  package let folder: String
  package let cases: [CorpusCase]
  /// The forms that the cases are searched under.
  package let forms: [ProtocolForm]
  /// Cases in progress at once.
  package let jobCount: Int
  /// Forms that cases may expect nothing of.
  package var lacking: [String] = []
  /// Asked before each case: those that have not begun are left out.
  package var isInterrupted: @Sendable () -> Bool = { false }
  /// Called for each finished case: how many are, and its name.
  private let progress: @Sendable (Int, String) -> Void

  package init(
    folder: String, cases: [CorpusCase], forms: [ProtocolForm] = ProtocolForm.all, jobCount: Int = coreCount,
    progress: @escaping @Sendable (Int, String) -> Void
  ) {
    self.folder = folder
    self.cases = cases
    self.forms = forms
    self.jobCount = jobCount
    self.progress = progress
  }

  package func run() -> (outcome: CorpusOutcome, coverage: Coverage) {
    let begun = ContinuousClock.now
    let finishedCount = Mutex(0)
    // No more recordings in memory than are in progress.
    let results = inParallel(cases.count, jobCount: jobCount) { index -> CaseRun.Result? in
      if isInterrupted() { return nil }
      let result = CaseRun(corpusCase: cases[index], forms: forms, lacking: lacking).run()
      finishedCount.withLock { count in
        count += 1
        progress(count, result.outcome.row.name)
      }
      return result
    }.compactMap(\.self)
    var coverage = Coverage(under: forms)
    for result in results { coverage.add(result.coverage) }
    let elapsed = (ContinuousClock.now - begun).components
    let outcome = CorpusOutcome(
      folder: folder, forms: forms.map(\.id), cases: results.map(\.outcome), jobCount: jobCount,
      wallNs: elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
    return (outcome, coverage)
  }

  package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
