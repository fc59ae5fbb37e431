// From one recording to its result.

import Corpus
import FileSystem
import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Report
import Results
import TraceReaders
import TraceStore

/// Why there is no result: for none of these reasons would another run on the same bytes end as this one did.
package enum JudgeFailure: Error, Equatable {
  /// The file is not there, or may not be read.
  case unreadable(String)
  /// Its reading failed, or it changed meanwhile.
  case unsteady(String)
  /// No space for temporary files.
  case noSpace(String)
  /// The host gave less memory than one recording may take.
  case noMemory(String)
  /// The folder of results cannot be written.
  case unwritable(String)
}

/// Judges one recording: imports and replays it, compares forms where that is asked, and writes the result. What is
/// wrong with its bytes is a result, too.
package struct RecordingJudge {
  private let request: ResultRequest
  /// As `ResultRequest.options()`.
  private let options: String
  private let path: String
  private let content: Content

  /// What a recording is known by.
  package struct Content: Equatable, Sendable {
    package let hash: ContentHash
    package let byteCount: Int64

    package init(hash: ContentHash, byteCount: Int64) {
      self.hash = hash
      self.byteCount = byteCount
    }

    /// Reads the file once.
    package init(ofFileAt path: String) throws(JudgeFailure) {
      do throws(TraceReadError) {
        hash = try ContentHash(ofFileAt: path)
      } catch {
        throw JudgeFailure(reading: error) ?? .unreadable("it \(error.predicate)")
      }
      var status = stat()
      guard stat(path, &status) == 0 else { throw .unsteady("it \(TraceReadError.cannotOpen(errno: errno).predicate)") }
      byteCount = Int64(status.st_size)
    }
  }

  package init(_ request: ResultRequest, options: String, path: String, _ content: Content) {
    self.request = request
    self.options = options
    self.path = path
    self.content = content
  }

  package var name: ResultName { request.name(of: content.hash, options: options) }

  /// There is a result of these bytes and options, and the recording's own database if that is to be kept.
  package func isDone() throws(JudgeFailure) -> Bool {
    let place = request.path(name.place)
    guard access(place, F_OK) == 0 else { return false }
    // A process that was killed once it had its name left its turn; no later one comes to write there.
    removeLeftovers(beside: name.place)
    if request.keepsEvents { removeLeftovers(beside: name.eventsPlace) }
    do {
      guard let recording = try FleetDatabase(at: place).only()?.recording, recording.name == name.text else {
        return false
      }
      guard recording.byteCount == content.byteCount else {
        throw JudgeFailure.unwritable("\(place) is the result of another recording that has the same hash.")
      }
      return !request.keepsEvents || recording.status != .judged
        || access(request.path(name.eventsPlace), F_OK) == 0
    } catch TraceStoreError.notOurs, TraceStoreError.ofOtherKind, TraceStoreError.otherVersion {
      throw .unwritable("\(place) is not a result of gpc-replay.")
    } catch let failure as JudgeFailure {
      throw failure
    } catch {
      // Damaged: it is made again.
      return false
    }
  }

  private func removeLeftovers(beside place: String) {
    UnfinishedPlace(beside: FinalPath.resolve(request.path(place))).removeLeftovers()
  }

  /// Makes the result.
  /// - Parameter isMemoryAllowed: the process may have as much as is meant for one recording.
  package func judge(isMemoryAllowed: Bool) throws(JudgeFailure) {
    try makeFolder()
    try write(try result(isMemoryAllowed))
  }

  /// Writes that the recording could not be judged, and removes what was not finished.
  package func write(_ status: FleetRecording.Status, _ error: String) throws(JudgeFailure) {
    try makeFolder()
    if request.keepsEvents { removeLeftovers(beside: name.eventsPlace) }
    try write(failed(status, error))
  }

  private func failed(_ status: FleetRecording.Status, _ error: String) -> FleetResult {
    FleetResult(
      FleetRecording(
        name: name.text, status: status, error: error, fileName: fileName, contentHash: content.hash.description,
        byteCount: content.byteCount, options: options, toolVersion: Tool.version), labels: request.labels)
  }

  /// The recording's name, or what takes its place.
  private var fileName: String {
    request.isAnonymised ? Self.anonymousName : ImportRequest.fileName(path)
  }

  /// Of every recording whose name is not kept.
  package static let anonymousName = "anonymous"

  // MARK: Stages

  private func result(_ isMemoryAllowed: Bool) throws(JudgeFailure) -> FleetResult {
    do {
      return try judged()
    } catch let failure as JudgeFailure {
      throw failure
    } catch PipelineError.unreadable(.noMemory, _) {
      return try outOfMemory(isMemoryAllowed)
    } catch PipelineError.unreadable(let error, _) {
      if let failure = JudgeFailure(reading: error) { throw failure }
      return failed(.unreadable, "it \(error.predicate)")
    } catch PipelineError.deltaOfTicks {
      return failed(.unreadable, "its stamps are ticks, and --delta needs a clock of time")
    } catch let error as TraceStoreError {
      if error.isOfMemory { return try outOfMemory(isMemoryAllowed) }
      throw failure(of: error)
    } catch {
      throw .unsteady("\(error)")
    }
  }

  /// What a host that gives less than meant has no memory for says nothing of the recording.
  private func outOfMemory(_ isMemoryAllowed: Bool) throws(JudgeFailure) -> FleetResult {
    guard isMemoryAllowed else { throw .noMemory(Self.hostMemorySentence) }
    return failed(.outOfMemory, Self.memorySentence)
  }

  /// Of a recording whose process ended for want of memory.
  package static let memorySentence = "judging it needed more memory than one recording may take"
  package static let hostMemorySentence = "judging it needed more memory than this host gives a process"

  /// Of the recording's own database: in the folder of results, or temporary.
  private func failure(of error: TraceStoreError) -> JudgeFailure {
    if error.isOfShortage { return .unsteady(error.sentence) }
    if request.keepsEvents { return .unwritable(error.sentenceOfFolder(request.folder)) }
    switch error {
    case .noSpace, .system:
      return .noSpace(error.sentenceOfFolder(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"))
    case _: return .unsteady(error.sentence)
    }
  }

  private func judged() throws -> FleetResult {
    var reading = request.reading
    reading.input = .file(path: path)
    reading.database = request.keepsEvents ? .file(request.path(name.eventsPlace)) : .memory
    reading.isForced = true
    reading.looksAtFreeSpace = false
    let recording = try RecordingImport(reading, replay: request.replay, Listener()).run().recording
    guard try recording.database.facts().contentHash == content.hash.description else {
      throw JudgeFailure.unsteady("it changed while it was read")
    }
    if request.compares { _ = try recording.compare(ProtocolForm.all, isInterrupted: { false }) }
    if request.isAnonymised { try recording.database.rewriteSummaries { AnonymousSummaries($0).texts } }
    var result = try FleetResult(
      of: recording.database, name: name.text, options: options, labels: request.labels)
    result.recording.fileName = fileName
    return result
  }

  // MARK: The folder

  /// That of the result, in that of all results.
  private func makeFolder() throws(JudgeFailure) {
    let folder = FinalPath.split(request.path(name.place)).folder
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw .unwritable("\(folder) cannot be made: \(String(cString: strerror(errno))).")
    }
  }

  private func write(_ result: FleetResult) throws(JudgeFailure) {
    do {
      try result.write(to: request.path(name.place))
    } catch {
      // Another worker has just written the same.
      if case .busy = error, try isDone() { return }
      if error.isOfShortage { throw .unsteady(error.sentence) }
      throw .unwritable(error.sentenceOfFolder(request.folder))
    }
  }
}

extension JudgeFailure {
  /// nil: it is the bytes that are wrong.
  package init?(reading error: TraceReadError) {
    switch error {
    case .isDirectory: self = .unreadable("it \(error.predicate)")
    case .cannotOpen(let errno) where [ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG].contains(errno):
      self = .unreadable("it \(error.predicate)")
    case .noMemory: self = .noMemory(RecordingJudge.hostMemorySentence)
    case .cannotOpen, .readFailed: self = .unsteady("it \(error.predicate)")
    case .cannotSpool: self = .noSpace("it \(error.predicate)")
    case .notATrace, .unusableForm, .notOfForm, .part, .damagedFile, .unpackedTooLarge, .damagedFromTheStart:
      return nil
    }
  }
}

extension TraceStoreError {
  /// The host has no more of something that others give back.
  fileprivate var isOfShortage: Bool {
    if case .system(let errno, _, _) = self { [EMFILE, ENFILE, ENOMEM, EAGAIN].contains(errno) } else { false }
  }

  /// As its sentence, which names the option of other verbs.
  fileprivate func sentenceOfFolder(_ folder: String) -> String {
    switch self {
    case .noSpace: "\(folder): no space is left, or a limit on file sizes is reached."
    case .system(let errno, _, let path): "\(path) cannot be written: \(String(cString: strerror(errno)))."
    case _: sentence
    }
  }
}
