// Progress of work on the corpus, on standard error where that is a terminal.

import Corpus
import Explore
import GPCProtocol
import Glibc
import Pipeline
import TextLayout

enum CorpusProgress {
  /// Runs the cases: how many are through, and which was the last, is shown meanwhile.
  static func shown(
    of corpus: CorpusFolder, _ folder: String, _ forms: [ProtocolForm], lacking: [String] = [], jobCount: Int,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws -> (outcome: CorpusOutcome, coverage: Coverage) {
    let isShown = isatty(STDERR_FILENO) == 1
    let caseCount = corpus.cases.count
    var run = CorpusRun(folder: folder, cases: corpus.cases, forms: forms, jobCount: jobCount) { finishedCount, name in
      if isShown { printError("\r\u{1b}[K\(finishedCount) of \(caseCount) cases: \(name)") }
    }
    run.lacking = lacking
    run.isInterrupted = isInterrupted
    defer { if isShown { printError("\r\u{1b}[K") } }
    return run.run()
  }

  /// How far the shrinking of a cut is; nil: it is over.
  static var ofCut: (CutProgress?) -> Void {
    let isShown = isatty(STDERR_FILENO) == 1
    var shownAt = ContinuousClock.now
    return { progress in
      guard isShown else { return }
      guard let progress else { return printError("\r\u{1b}[K") }
      guard ContinuousClock.now - shownAt > .milliseconds(200) else { return }
      shownAt = ContinuousClock.now
      printError(
        "\r\u{1b}[K\(progress.candidateCount) candidates tried: \(progress.unitCount) operations, \(progress.lineCount) lines left"
      )
    }
  }
}
