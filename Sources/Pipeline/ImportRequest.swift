// A recording to import, and how: the request of the command line, or of a case.

import FileSystem
import Glibc
import KVMEvents
import TraceReaders
import TraceStore

/// One import. A plain value: verbs make it from their options, cases from their descriptions.
package struct ImportRequest: Sendable {
  package var input: TraceInput
  /// The database to write.
  package var database: DatabaseLocation
  /// That is the recording's default one: if it holds another recording, this one's gets a name of its own.
  package var isDatabaseByDefault = false
  /// Import again, even if the database already holds this recording, or another one.
  package var isForced = false
  /// A truncated input is treated as a recording that ends there.
  package var allowsTruncated = false
  /// Of the recording, if it does not say; nil: the convention for such recordings.
  package var clock: TraceClock?
  /// nil: recognised by the first lines.
  package var format: InputFormat?
  /// Events that are not in the probe catalogue are stored, too.
  package var keepsUnknown = false
  /// The path of a probe catalogue that overrides the built-in one.
  package var probes: String?
  /// Maximum decompressed size in bytes; nil: the reader's own bound.
  package var unpackedMax: Int64?
  /// Without `unpackedMax`, lower the bound to what fits on the file system of the database. `batch` turns this off: a
  /// recording has to read the same on every host.
  package var looksAtFreeSpace = true

  package init(_ input: TraceInput, database: DatabaseLocation) {
    self.input = input
    self.database = database
  }

  /// The default database of a recording, in the working directory: `overlap/report.txt.zst` has `report.db`.
  package static func database(of input: TraceInput) -> DatabaseLocation {
    guard case .file(let path) = input else { return .file("stdin.db") }
    var name = fileName(path)
    for suffix in [".zst", ".gz", ".xz", ".txt", ".dat"] where name.hasSuffix(suffix) && name.count > suffix.count {
      name.removeLast(suffix.count)
    }
    return .file(name + ".db")
  }

  /// The same with a part of the content's hash: `report-1f2e3d4c.db`.
  static func database(_ path: String, of hash: ContentHash) -> String {
    let name = path.hasSuffix(".db") ? String(path.dropLast(3)) : path
    return "\(name)-\(hash.description.suffix(16).prefix(8)).db"
  }

  /// As in the database: without its folder; `-` for what is not a file.
  var fileName: String {
    switch input {
    case .file(let path): Self.fileName(path)
    case .standardInput, .bytes: "-"
    }
  }

  package static func fileName(_ path: String) -> String {
    let name = String(path.split(separator: "/").last ?? "-")
    return name == "-" ? "./-" : name
  }
}

extension ImportRequest {
  /// The reader's options.
  package func readOptions() throws(PipelineError) -> TraceReadOptions {
    var options = TraceReadOptions()
    options.format = format
    options.keepsUnknown = keepsUnknown
    let freeBytes = looksAtFreeSpace ? Self.freeBytes(at: database) : nil
    let unpackedMax = unpackedMax ?? Self.unpackedMax(freeBytes: freeBytes)
    options.unpackedMax = unpackedMax
    options.spooledBytesMax = unpackedMax
    if let probes { options.catalogue = try Self.catalogue(probes) }
    return options
  }

  /// Of a decompressed input, by default: a database has about half the bytes of its text, so that twice the free ones
  /// do not fit.
  package static func unpackedMax(freeBytes: Int64?) -> Int64 {
    let most = TraceReadOptions().unpackedMax
    return freeBytes.map { min(most, max(1, $0.addingClamped($0))) } ?? most
  }

  /// Where the database is written; nil: not known.
  private static func freeBytes(at database: DatabaseLocation) -> Int64? {
    let folder =
      switch database {
      case .file(let path): FinalPath.split(FinalPath.resolve(path)).folder
      case .memory: getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      }
    var status = statvfs()
    // /proc and the like have no blocks at all.
    guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
    let (bytes, overflows) = status.f_bavail.multipliedReportingOverflow(by: status.f_frsize)
    return overflows ? .max : Int64(clamping: bytes)
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

  /// The options after the recording's name on a command line that make it read the same again.
  package var arguments: [String] {
    var words: [String] = []
    if let format { words += ["--format", format.argument] }
    if let clock { words += ["--clock", clock.rawValue] }
    if allowsTruncated { words.append("--allow-truncated") }
    if keepsUnknown { words.append("--keep-all") }
    if let probes { words += ["--probes", probes] }
    if let unpackedMax { words += ["--max-bytes", String(unpackedMax)] }
    return words
  }

  private static func catalogue(_ path: String) throws(PipelineError) -> ProbeCatalogue {
    do throws(ProbesFileError) {
      return try ProbeCatalogue.embedded.overridden(byFileAt: path)
    } catch {
      throw .probes(error, path: path)
    }
  }

  /// The options that change what is read: a database imported with others does not match this request.
  func storedOptions() throws(PipelineError) -> String {
    var words: [String] = []
    if let format { words.append("--format \(format.argument)") }
    if keepsUnknown { words.append("--keep-all") }
    if let unpackedMax { words.append("--max-bytes \(unpackedMax)") }
    if let probes {
      // A path that is not a catalogue may be endless, too: it is not hashed.
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
