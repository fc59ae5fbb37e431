// What a batch asks of each of its recordings.

import KVMEvents
import TraceReaders
import TraceStore

/// How recordings are judged, and where their results go. A plain value, the same for all recordings of a batch.
package struct ResultRequest: Sendable {
  /// The folder of all results.
  package var folder: String
  /// How each recording is read. (Its input and its database are of none of them.)
  package var reading: ImportRequest
  package var replay = ReplayRequest()
  /// What names the form of `replay` on a command line: a published form's id, or a file; nil: none is asked for.
  package var form: FormWord?
  /// The published forms are compared, too.
  package var compares = false
  /// Values by names.
  package var labels: [String: String] = [:]
  /// Results have other addresses, and no name of a file.
  package var isAnonymised = false
  /// The recording's own database is kept beside its result.
  package var keepsEvents = false
  /// CPU time that one recording may take, in seconds.
  package var secondsMax = Self.secondsMaxByDefault

  package static let secondsMaxByDefault = 600

  package enum FormWord: Sendable {
    case published(String)
    case file(String)
  }

  package init(folder: String, reading: ImportRequest) {
    self.folder = folder
    self.reading = reading
  }

  /// The options on a command line that ask the same.
  package var arguments: [String] {
    let form =
      switch self.form {
      case .published(let word), .file(let word): word
      case nil: String?.none
      }
    let labels = labels.sorted { $0.key < $1.key }.map { "--label=\($0)=\($1)" }
    return ["--out=\(folder)"] + reading.arguments + replayArguments(form: form) + resultArguments
      + (keepsEvents ? ["--keep-events"] : []) + labels
  }

  /// The options that change a result, but for the labels: a file by the hash of its bytes.
  package func options() throws(PipelineError) -> String {
    var words: [String] = []
    let stored = try reading.storedOptions()
    if !stored.isEmpty { words.append(stored) }
    if let clock = reading.clock { words += ["--clock", clock.rawValue] }
    if reading.allowsTruncated { words.append("--allow-truncated") }
    let form: String? =
      switch self.form {
      case .published(let id): id
      case .file(let path): try Self.hash(ofFileAt: path).description
      case nil: nil
      }
    return (words + replayArguments(form: form) + resultArguments).joined(separator: " ")
  }

  /// The name of a result.
  /// - Parameter options: those of this request; a file of them is read once for many recordings.
  package func name(of content: ContentHash, options: String) -> ResultName {
    let labels = labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    let lines = [Tool.version, options] + labels
    return ResultName(content, digest: ContentHash(of: lines.joined(separator: "\n")))
  }

  package func path(_ place: String) -> String { folder.hasSuffix("/") ? folder + place : "\(folder)/\(place)" }

  private func replayArguments(form: String?) -> [String] {
    let standard = ReplayRequest()
    var words: [String] = []
    if let delta = replay.deltaNs { words += ["--delta", "\(delta)ns"] }
    if let form { words += ["--form", form] }
    if replay.retriesMax != standard.retriesMax { words += ["--retries-max", String(replay.retriesMax)] }
    if let stall = replay.stallMaxNs { words += ["--stall-max", "\(stall)ns"] }
    if let memory = replay.memoryMax { words += ["--memory-max", "\(memory >> 10)K"] }
    return words
  }

  private var resultArguments: [String] {
    (compares ? ["--compare"] : []) + (isAnonymised ? ["--anonymise"] : [])
      + (secondsMax == Self.secondsMaxByDefault ? [] : ["--time-max", String(secondsMax)])
  }

  private static func hash(ofFileAt path: String) throws(PipelineError) -> ContentHash {
    do throws(TraceReadError) {
      return try ContentHash(ofFileAt: path)
    } catch {
      throw .unreadable(error, .file(path: path))
    }
  }
}
