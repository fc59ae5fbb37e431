// `record --until`: looks at what was recorded, again and again, while the recording goes on.

import Glibc
import Recorder

/// A recording that keeps what led to a finding, and gives up what did not.
///
/// Every `keepSeconds` what is there, two stretches as a rule, is written beside the recording and replayed by a
/// process of its own. Where it finds nothing, the older stretch is given up. So each event is looked at with at least
/// `keepSeconds` before it.
struct FlightRecorder {
  private let kinds: [String]
  private let period: Duration
  private var look: (process: ChildProcess, path: String)?
  private var lookedAt = ContinuousClock.now

  /// nil: nothing is waited for.
  init?(_ settings: RecordingSettings) {
    if settings.until.isEmpty { return nil }
    kinds = settings.until
    period = .seconds(settings.keepSeconds)
  }

  /// - Returns: such a finding is there, and the recording can end.
  mutating func update(_ recording: Recording) throws(RecordingError) -> Bool {
    if let (process, path) = look {
      // One that could not be started is as good as one that failed.
      guard let status = process.pid == nil ? RecordLookCommand.failed : process.poll() else { return false }
      unlink(path)
      look = nil
      if status == RecordLookCommand.found { return true }
      if status != 0 {
        printError("what was recorded could not be looked at: it is kept\n")
      } else if recording.stretchCount > 2 {
        // The last one that was looked at comes again, in front of what is recorded now.
        try recording.dropStretch()
      }
    }
    if ContinuousClock.now - lookedAt >= period {
      lookedAt = .now
      let path = try recording.writeSoFar()
      look = (
        ChildProcess(["/proc/self/exe", "record-look", path, kinds.joined(separator: ",")], isApart: true), path
      )
    }
    return false
  }

  /// The recording ends: nobody asks any more.
  func stop() {
    guard let (process, path) = look else { return }
    if let pid = process.pid { kill(pid, SIGKILL) }
    process.wait()
    unlink(path)
  }
}
