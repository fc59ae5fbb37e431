// A recording to import, and how: what the command line, or a case, asks for.

import KVMEvents
import TraceReaders
import TraceStore

/// One import that is asked for. A plain value: verbs make it from their options, cases from their descriptions.
package struct ImportRequest: Sendable {
  package var input: TraceInput
  /// The database to write.
  package var database: DatabaseLocation
  /// Import again, even if the database holds this very recording.
  package var isForced = false
  /// An input that is cut short is taken as a recording that ends there.
  package var allowsTruncated = false
  /// Of the recording, where it does not say; nil: what such recordings have by convention.
  package var clock: TraceClock?
  /// nil: what the first lines look like.
  package var format: InputFormat?
  /// Events that the probe catalogue does not have are stored, too.
  package var keepsUnknown = false
  /// The path of a probe catalogue that goes before the built-in one.
  package var probes: String?
  /// Bytes that may come out of a packed input; nil: the reader's own bound.
  package var unpackedMax: Int64?

  package init(_ input: TraceInput, database: DatabaseLocation) {
    self.input = input
    self.database = database
  }

  /// The database in the working directory that a recording has where none is named: `overlap/report.txt.zst` has
  /// `report.db`.
  package static func database(of input: TraceInput) -> DatabaseLocation {
    guard case .file(let path) = input else { return .file("stdin.db") }
    var name = fileName(path)
    for suffix in [".zst", ".gz", ".xz", ".txt", ".dat"] where name.hasSuffix(suffix) && name.count > suffix.count {
      name.removeLast(suffix.count)
    }
    return .file(name + ".db")
  }

  /// As the database has it: without its folder; `-` for what is no file.
  var fileName: String {
    switch input {
    case .file(let path): Self.fileName(path)
    case .standardInput, .bytes: "-"
    }
  }

  private static func fileName(_ path: String) -> String {
    let name = String(path.split(separator: "/").last ?? "-")
    return name == "-" ? "./-" : name
  }
}

extension ImportRequest {
  /// What the reader is told.
  package func readOptions() throws(PipelineError) -> TraceReadOptions {
    var options = TraceReadOptions()
    options.format = format
    options.keepsUnknown = keepsUnknown
    if let unpackedMax {
      options.unpackedMax = unpackedMax
      options.spooledBytesMax = unpackedMax
    }
    if let probes { options.catalogue = try Self.catalogue(probes) }
    return options
  }

  /// Opens the recording.
  package func reader() throws(PipelineError) -> TraceReader {
    let options = try readOptions()
    do throws(TraceReadError) {
      return try TraceReader(input, options: options)
    } catch {
      throw .unreadable(error, input)
    }
  }

  /// What has to follow the recording's name on a command line for it to be read the same again.
  package var arguments: [String] {
    var words: [String] = []
    if let format { words += ["--format", format.argument] }
    if let clock { words += ["--clock", clock.rawValue] }
    if allowsTruncated { words.append("--allow-truncated") }
    if let probes { words += ["--probes", probes] }
    return words
  }

  private static func catalogue(_ path: String) throws(PipelineError) -> ProbeCatalogue {
    do throws(ProbesFileError) {
      return try ProbeCatalogue.embedded.overridden(byFileAt: path)
    } catch {
      throw .probes(error, path: path)
    }
  }

  /// The options that change what is read: a database imported with others does not hold what is asked for.
  func storedOptions() throws(PipelineError) -> String {
    var words: [String] = []
    if let format { words.append("--format \(format.argument)") }
    if keepsUnknown { words.append("--keep-all") }
    if let unpackedMax { words.append("--max-bytes \(unpackedMax)") }
    if let probes {
      // What is no catalogue may have no end either: it is not hashed.
      _ = try Self.catalogue(probes)
      do throws(TraceReadError) {
        words.append("--probes \(try ContentHash(ofFileAt: probes))")
      } catch {
        throw .unreadable(error, .file(path: probes))
      }
    }
    return words.joined(separator: " ")
  }
}
