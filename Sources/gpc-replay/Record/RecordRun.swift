// One run of `record`: signals, the command, the time, progress, and what is said in the end.

import ArgumentParser
import Glibc
import Recorder

struct RecordRun {
  private let files: any TraceFiles
  private let tracefs: String
  private let settings: RecordingSettings
  private let probes: ProbesToRecord
  private let buildIDs: String
  private let root: String
  private let watched = SignalWatch([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD])

  init(
    _ files: any TraceFiles, tracefs: String, _ settings: RecordingSettings, _ probes: ProbesToRecord,
    buildIDs: String, root: String
  ) {
    self.files = files
    self.tracefs = tracefs
    self.settings = settings
    self.probes = probes
    self.buildIDs = buildIDs
    self.root = root
  }

  func run() throws {
    let left = TraceInstance.removeLeftovers(files, tracefs: tracefs)
    for name in left.removed { printError("removed what a recording that was killed left: \(name)\n") }
    for name in left.kept { printError("left by a recording that was killed, and still in use: \(name)\n") }
    let recording: Recording
    do throws(RecordingError) {
      recording = try Recording(files, tracefs: tracefs, settings: settings, pid: getpid())
    } catch {
      throw fail(error.sentence)
    }
    watched.block()
    let guardian = RecordGuard(recording.instance, output: settings.output, root: root)
    var status: Int32 = 0
    do throws(RecordingError) {
      status = try record(recording)
    } catch {
      removed(recording)
      guardian.dismiss()
      throw fail(error.sentence)
    }
    removed(recording)
    guardian.dismiss()
    if status != 0 { throw ExitCode(status) }
  }

  private func removed(_ recording: Recording) {
    let error = recording.remove()
    if error != 0 {
      printError(
        "the instance \(recording.instance.name) could not be removed (\(String(cString: strerror(error)))): "
          + "docs/recording.md says how to do it by hand\n")
    }
  }

  private var facts: [String] {
    let release = files.text("/proc/sys/kernel/osrelease").map { String($0.prefix { $0 != "\n" }) } ?? "?"
    return [
      "recorded on \(release) x86_64 by gpc-replay \(settings.version), clock \(settings.clock), "
        + "\(settings.bufferKiB) KiB per CPU, no filter",
      "build-id \(buildIDs)",
    ] + probes.facts
  }

  private func record(_ recording: Recording) throws(RecordingError) -> Int32 {
    try recording.start(probes.list, facts: facts)
    for refused in recording.refused {
      printError("refused: \(refused.event): \(refused.reason). Without it: \(refused.lost)\n")
    }
    let child = settings.command.isEmpty ? nil : ChildProcess(settings.command)
    if let child, child.pid == nil {
      printError("\(settings.command[0]) cannot be started: \(String(cString: strerror(child.errno)))\n")
      return 127
    }
    let begun = ContinuousClock.now
    var progress = RecordProgress()
    var flight = FlightRecorder(settings)
    defer { flight?.stop() }
    var status: Int32 = 0
    loop: while true {
      switch watched.wait(milliseconds: 250) {
      case SIGCHLD:
        if let ended = child?.poll() {
          status = ended
          break loop
        }
      case .some: break loop
      case nil: break
      }
      try recording.drain()
      if let seconds = settings.seconds, ContinuousClock.now - begun >= .seconds(seconds) { break }
      if let free = freeBytes(besides: settings.output), free < RecordingHost.freeBytesMin {
        progress.finish()
        printError("the recording ends here: only \(free >> 20) MiB are left on the disk\n")
        break
      }
      if try flight?.update(recording) ?? false {
        progress.finish()
        printError("found: \(settings.until.joined(separator: " or ")), certain. The recording ends here\n")
        break
      }
      progress.update(recording, since: begun)
    }
    progress.finish()
    let missed = recording.missed()
    let counts = recording.counts()
    try recording.finish()
    sum(recording, counts, missed)
    return status
  }

  private func sum(_ recording: Recording, _ counts: Recording.Counts, _ missed: [(event: String, count: Int)]) {
    var lines = [
      "\(settings.output): \(counts.read + counts.waiting) events of \(recording.defined.count) probes, "
        + "\(counts.lost) lost"
    ]
    if counts.lost > 0 { lines.append("  lost events leave verdicts unknown: a larger --buffer keeps more") }
    for (event, count) in missed { lines.append("  \(event): \(count) hits were missed by its probe") }
    lines += probes.absent.map { "  not recorded: \($0)" }
    lines.append("look at it: gpc-replay \(settings.output)")
    printError(lines.map { $0 + "\n" }.joined())
  }
}

/// Events, rate, loss and size on one line of a terminal, once a second; and a warning when events begin to be lost.
private struct RecordProgress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var shownAt = ContinuousClock.now
  private var lastEvents = 0
  private var hasWarned = false

  mutating func update(_ recording: Recording, since begun: ContinuousClock.Instant) {
    let now = ContinuousClock.now
    guard now - shownAt >= .seconds(1) else { return }
    let counts = recording.counts()
    if counts.lost > 0 && !hasWarned {
      hasWarned = true
      printError("\(isShown ? "\r\u{1b}[K" : "")events are being lost: a larger --buffer keeps more\n")
    }
    let events = counts.read + counts.waiting
    if isShown {
      let seconds = Double((now - shownAt).components.seconds) + Double((now - shownAt).components.attoseconds) / 1e18
      printError(
        "\r\u{1b}[K\((now - begun).components.seconds) s, \(events) events, "
          + "\(Int(Double(events - lastEvents) / seconds)) events/s, \(counts.waiting) wait, \(counts.lost) lost, "
          + "\(recording.bytes >> 20) MiB")
    }
    lastEvents = events
    shownAt = now
  }

  func finish() {
    if isShown { printError("\r\u{1b}[K") }
  }
}
