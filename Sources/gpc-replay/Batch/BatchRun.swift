// The recordings of a batch, several at once, each in a process of its own.

import ArgumentParser
import Glibc
import Pipeline
import Report
import TextLayout
import TraceReaders
import TraceStore

/// One run of `batch`. Each recording's line is printed when it is done.
struct BatchRun {
  private let request: ResultRequest
  private let options: String
  private let limits: RecordingLimits
  private let jobCount: Int
  private var list: PathList
  private var progress: BatchProgress
  private var workers: [BatchWorker] = []
  private var position = 0
  /// Something is worth another run.
  private var isIncomplete = false
  private let interrupt = Interrupt()

  /// Milliseconds between two looks at signals and times.
  private static let pollMs: Int32 = 100
  /// A process that takes this many times the CPU time that it may have waits for a file system.
  private static let stuckFactor = 10

  init(_ request: ResultRequest, _ list: PathList, jobCount: Int) throws {
    self.request = request
    self.list = list
    self.jobCount = min(jobCount, Self.jobCountMax)
    limits = RecordingLimits(request)
    options = try request.options()
    progress = BatchProgress(total: list.count)
  }

  /// Each has a descriptor here; some are left for reading results.
  private static var jobCountMax: Int {
    var limit = rlimit()
    guard getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1 }
    return max(1, Int(clamping: limit.rlim_cur) - 32)
  }

  mutating func run() throws {
    // The processes' crashes are rows; a backtrace of each would take seconds.
    setenv("SWIFT_BACKTRACE", "enable=no", 1)
    do {
      while !interrupt.isRequested, try start() {
        try turn()
        progress.show()
      }
    } catch {
      endAll()
      progress.wipe()
      throw error
    }
    endAll()
    progress.wipe()
    if interrupt.isRequested {
      printError("gpc-replay: interrupted: \(progress.text(after: nil)); the same command goes on.\n")
      interrupt.deliver()
    }
    if isIncomplete { throw ExitStatus.temporary.code }
  }

  /// None of them leaves an unfinished result.
  private mutating func endAll() {
    for worker in workers { worker.end(by: SIGTERM) }
    for worker in workers { _ = worker.wait() }
    workers = []
  }

  // MARK: Starting

  /// Starts as many as there may be.
  /// - Returns: false: all are done.
  private mutating func start() throws -> Bool {
    while workers.count < jobCount {
      guard let path = list.next() else { return !workers.isEmpty || list.descriptor != nil }
      position += 1
      switch path {
      case .unusable(let name, let why): try printFailure(.unreadable(why), circumstances(name), name)
      case .path(let path): try start(path)
      }
      // A list of what is not there is long, too.
      if interrupt.isRequested { return false }
    }
    return true
  }

  private func circumstances(_ path: String) -> RecordingLine.Circumstances {
    RecordingLine.Circumstances(position: position, path: request.isAnonymised ? nil : path)
  }

  private mutating func start(_ path: String) throws {
    let circumstances = circumstances(path)
    if let failure = Self.failure(ofFileAt: path) { return try printFailure(failure, circumstances, path) }
    while true {
      if let worker = BatchWorker(request, path: path, circumstances) { return workers.append(worker) }
      let reason = String(cString: strerror(errno))
      // Fewer at once need less.
      guard !workers.isEmpty else {
        printError("gpc-replay: no process can be started: \(reason).\n")
        throw ExitStatus.temporary.code
      }
      try turn()
    }
  }

  /// Why it is no file that can be read; nil: it may be one. Opening a pipe would wait for its writer.
  private static func failure(ofFileAt path: String) -> JudgeFailure? {
    var status = stat()
    guard stat(path, &status) == 0 else { return JudgeFailure(reading: .cannotOpen(errno: errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return JudgeFailure(reading: .isDirectory)
    case _: return .unreadable("it is a pipe or a device, not a file")
    }
  }

  // MARK: Turns

  /// Waits until one says something, the list has more, or a moment has passed.
  private mutating func turn() throws {
    let needsPaths = workers.count < jobCount
    var waiting = workers.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
    if needsPaths, let descriptor = list.descriptor {
      waiting.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    }
    for worker in workers { worker.endIfStuck(after: .seconds(limits.seconds * Self.stuckFactor)) }
    guard poll(&waiting, nfds_t(waiting.count), Self.pollMs) > 0 else { return }
    if waiting.count > workers.count, waiting[workers.count].revents != 0, !list.fill() {
      throw fail("the list of recordings cannot be read: \(String(cString: strerror(errno))).")
    }
    for (index, worker) in workers.enumerated() where waiting[index].revents != 0 && !worker.receive() {
      workers.removeAll { $0 === worker }
      try finish(worker)
    }
    // One of several recordings with the same bytes is judged, and the others find its result.
    var underWay = Set(workers.filter(\.isGoing).compactMap { $0.content.map(name) })
    for worker in workers where !worker.isGoing {
      if let content = worker.content, underWay.insert(name(content)).inserted { worker.go() }
    }
  }

  private func name(_ content: RecordingJudge.Content) -> ResultName {
    request.name(of: content.hash, options: options)
  }

  private mutating func finish(_ worker: BatchWorker) throws {
    let end = worker.wait()
    switch worker.report {
    case .done(let isNew): try printResult(of: worker, isNew: isNew)
    case .failed(let failure): try printFailure(failure, worker)
    case .content, nil: try finishUnjudged(worker, end)
    }
  }

  /// Of a process that ended without a word: what lies in its recording is a result.
  private mutating func finishUnjudged(_ worker: BatchWorker, _ end: ChildProcess.End?) throws {
    if interrupt.isRequested { return }
    let signal = end?.signal
    let isOutOfTime =
      [SIGXCPU, SIGKILL].contains(signal) && !worker.isStuck && limits.areUsed(by: worker.circumstances.cpuSeconds ?? 0)
    let isOutside = [
      SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE, SIGXCPU,
    ].contains(signal)
    // What it says when it cannot write: that lies in the host.
    let isOfHost =
      isOutside || signal == nil && [ExitStatus.unwritable, .temporary].contains { $0.rawValue == end?.code }
    guard let content = worker.content, worker.isGoing, isOutOfTime || !isOfHost else {
      let why =
        worker.isStuck
        ? "its process used no CPU time for very long, and was ended"
        : signal == nil
          ? "its process ended early, with \(Self.cause(end))" : "its process was ended by \(Self.cause(end))"
      return try printFailure(.killed, why, worker.circumstances, worker.path, worker.content)
    }
    // What Swift says when there is no memory.
    let isOutOfMemory = worker.words.contains("failed to allocate")
    if isOutOfMemory && !limits.isMemoryAllowed {
      return try printFailure(.noMemory(RecordingJudge.hostMemorySentence), worker)
    }
    let judge = RecordingJudge(request, options: options, path: worker.path, content)
    do throws(JudgeFailure) {
      if isOutOfTime {
        try judge.write(.outOfTime, "judging it took more CPU time than \(limits.seconds) s (--time-max)")
      } else if isOutOfMemory {
        try judge.write(.outOfMemory, RecordingJudge.memorySentence)
      } else {
        try judge.write(.crashed, "gpc-replay crashed: \(Self.cause(end))")
      }
    } catch {
      return try printFailure(error, worker)
    }
    try printResult(of: worker, isNew: true)
  }

  private static func cause(_ end: ChildProcess.End?) -> String {
    guard let end else { return "an unknown cause" }
    return end.signal.map { "signal \($0) (\(String(cString: strsignal($0))))" } ?? "exit status \(end.code)"
  }

  // MARK: Lines

  private mutating func printResult(of worker: BatchWorker, isNew: Bool) throws {
    guard let content = worker.content else { preconditionFailure("a result of unknown content") }
    let name = name(content)
    var circumstances = worker.circumstances
    circumstances.isCached = !isNew
    if request.keepsEvents, access(request.path(name.eventsPlace), F_OK) == 0 {
      circumstances.events = name.eventsPlace
    }
    let line: RecordingLine
    do {
      line = try RecordingLine(FleetDatabase(at: request.path(name.place)), place: name.place, circumstances)
    } catch {
      throw unwritable(error.sentence)
    }
    try print(line, isCached: !isNew)
  }

  private mutating func printFailure(_ failure: JudgeFailure, _ worker: BatchWorker) throws {
    try printFailure(failure, worker.circumstances, worker.path, worker.content)
  }

  private mutating func printFailure(
    _ failure: JudgeFailure, _ circumstances: RecordingLine.Circumstances, _ path: String,
    _ content: RecordingJudge.Content? = nil
  ) throws {
    let (word, why): (RecordingLine.Failure, String) =
      switch failure {
      case .unreadable(let why): (.unreadable, why)
      case .unsteady(let why): (.unsteady, why)
      case .noSpace(let why): (.noSpace, why)
      case .noMemory(let why): (.noMemory, why)
      // No other recording could be written, either.
      case .unwritable(let why): throw unwritable(why)
      }
    try printFailure(word, why, circumstances, path, content)
  }

  /// - Parameter content: nil: not known.
  private mutating func printFailure(
    _ failure: RecordingLine.Failure, _ why: String, _ circumstances: RecordingLine.Circumstances, _ path: String,
    _ content: RecordingJudge.Content?
  ) throws {
    if failure.isTemporary { isIncomplete = true }
    let fileName = request.isAnonymised ? RecordingJudge.anonymousName : ImportRequest.fileName(path)
    let recording = FleetRecording(
      name: content.map { name($0).text } ?? "", status: .unreadable, error: why, fileName: fileName,
      contentHash: content?.hash.description, byteCount: content?.byteCount, options: options,
      toolVersion: Tool.version)
    try print(RecordingLine(failure, recording, labels: request.labels, circumstances), isCached: false)
  }

  private mutating func print(_ line: RecordingLine, isCached: Bool) throws {
    progress.wipe()
    try printOut(try line.text())
    progress.add(line, isCached: isCached)
  }

  private func unwritable(_ why: String) -> ExitCode {
    printError("gpc-replay: \(why.printable)\n")
    return ExitStatus.unwritable.code
  }
}
