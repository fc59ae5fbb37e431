// `batch-recording`, a verb that no help lists: one recording of a batch, in a process of its own.

import ArgumentParser
import Dispatch
import Glibc
import Pipeline

struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "batch-recording", shouldDisplay: false)

  @OptionGroup var arguments: ResultArguments

  @Argument var recording: String

  func run() throws {
    let request = try arguments.request()
    let limits = RecordingLimits(request)
    let isMemoryAllowed = limits.isMemoryAllowed
    limits.set()
    let go = Self.watchBatch()
    do {
      let content = try RecordingJudge.Content(ofFileAt: recording)
      let judge = RecordingJudge(request, options: try request.options(), path: recording, content)
      try say(.content(content))
      go.wait()
      let isDone = try judge.isDone()
      if !isDone { try judge.judge(isMemoryAllowed: isMemoryAllowed) }
      try say(.done(isNew: !isDone))
    } catch let failure as JudgeFailure {
      try say(.failed(failure))
    }
  }

  private func say(_ report: JudgeReport) throws { try printOut(report.line) }

  /// Signalled when the batch says go. When the batch is gone, this process ends, as by a signal, and takes what it has
  /// not finished with it.
  private static func watchBatch() -> DispatchSemaphore {
    let go = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      var byte: UInt8 = 0
      while true {
        let count = read(STDIN_FILENO, &byte, 1)
        if count == 1 {
          go.signal()
        } else if count == 0 || errno != EINTR {
          break
        }
      }
      kill(getpid(), SIGTERM)
    }
    return go
  }
}
