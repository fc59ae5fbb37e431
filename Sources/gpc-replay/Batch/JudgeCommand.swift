// `batch-recording`, which nobody types: one recording of a batch, in a process of its own.

import ArgumentParser
import Dispatch
import Glibc
import Pipeline
import Replay

struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "batch-recording", shouldDisplay: false)

  @OptionGroup var arguments: ResultArguments

  @Argument var recording: String

  func run() throws {
    let request = try arguments.request()
    Self.setLimits(request)
    let go = Self.watchBatch()
    do {
      let content = try RecordingJudge.Content(ofFileAt: recording)
      let judge = RecordingJudge(request, options: try request.options(), path: recording, content)
      try say(.content(content))
      go.wait()
      let isDone = try judge.isDone()
      if !isDone { try judge.judge() }
      try say(.done(isNew: !isDone))
    } catch let failure as JudgeFailure {
      try say(.failed(failure))
    }
  }

  private func say(_ report: JudgeReport) throws { try printOut(report.line) }

  /// The kernel ends the process that goes beyond them. What the replay counts itself is `--memory-max`; arrays that
  /// grow exist twice, and the program, its threads' stacks and the database's caches take address space besides.
  private static func setLimits(_ request: ResultRequest) {
    let memoryMax = request.replay.memoryMax ?? ReplayOptions().memoryMax
    limit(RLIMIT_AS, 2 * memoryMax + (512 << 20))
    limit(RLIMIT_CPU, request.secondsMax, atMost: request.secondsMax + 5)
    limit(RLIMIT_CORE, 0)
  }

  /// - Parameter hard: where the kernel uses SIGKILL; nil: at once.
  private static func limit(_ resource: __rlimit_resource, _ value: Int, atMost hard: Int? = nil) {
    var limit = rlimit()
    guard getrlimit(Int32(resource.rawValue), &limit) == 0 else { return }
    // Never more than the host allows.
    limit.rlim_max = min(limit.rlim_max, rlim_t(hard ?? value))
    limit.rlim_cur = min(limit.rlim_max, rlim_t(value))
    setrlimit(Int32(resource.rawValue), &limit)
  }

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
