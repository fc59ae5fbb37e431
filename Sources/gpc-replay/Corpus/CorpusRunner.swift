// All cases of a folder, as many at once as there are cores.

import Corpus
import Explore
import Glibc

/// Runs the cases of a corpus. The outcome is the same for any number at once.
struct CorpusRunner {
  let folder: String
  let cases: [CorpusCase]
  let jobCount: Int

  func run() async -> (outcome: CorpusOutcome, coverage: Coverage) {
    let begun = ContinuousClock.now
    var outcomes = [CaseOutcome?](repeating: nil, count: cases.count)
    var coverage = Coverage.ofAllForms
    var progress = CorpusProgress(caseCount: cases.count)
    await withTaskGroup(of: (Int, CaseRunner.Result).self) { group in
      // No more recordings in memory than are under way.
      var next = min(jobCount, cases.count)
      for index in 0..<next { group.addTask { [cases] in (index, await CaseRunner(corpusCase: cases[index]).run()) } }
      for await (index, result) in group {
        outcomes[index] = result.outcome
        coverage.add(result.coverage)
        progress.update(finished: result.outcome.row.name)
        if next < cases.count {
          group.addTask { [cases, next] in (next, await CaseRunner(corpusCase: cases[next]).run()) }
          next += 1
        }
      }
    }
    progress.finish()
    let elapsed = (ContinuousClock.now - begun).components
    let outcome = CorpusOutcome(
      folder: folder, cases: outcomes.compactMap { $0 }, jobCount: jobCount,
      wallNs: elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
    return (outcome, coverage)
  }

  static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// On standard error, where that is a terminal: how many cases are done, and which was the last.
private struct CorpusProgress {
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
