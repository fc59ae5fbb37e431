// Any number of results into one fleet database.

import FileSystem
import Glibc
import TraceStore

/// Puts the recordings of fleet databases into one: the same bytes in whatever order they are named, and however often.
package struct FleetMerge {
  /// Files, and folders that are searched for results.
  private let inputs: [String]
  private let output: String
  /// Opened at a time; a fleet database is read recording by recording.
  private static let openMax = 64

  package struct Outcome: Sendable {
    package var recordings = 0
    /// Results that were there more than once.
    package var duplicates = 0
    /// Contents that are there more than once, by other options or labels.
    package var repeated = 0
    /// Folders without a result.
    package var empty: [String] = []
  }

  private struct Source {
    var path: String
    var entry: FleetDatabase.Entry

    /// Of results with one name: a recording that was judged once is judged. Of files with one content the first name.
    func isBetter(than other: Source) -> Bool {
      func rank(_ source: Source) -> (Int, String, String) {
        (source.entry.status == .judged ? 0 : 1, source.entry.error ?? "", source.entry.fileName)
      }
      return rank(self) < rank(other)
    }
  }

  package init(_ inputs: [String], into output: String) {
    self.inputs = inputs
    self.output = output
  }

  /// Throws `TraceStoreError`.
  package func run(_ listener: Listener = Listener()) throws(TraceStoreError) -> Outcome {
    var outcome = Outcome()
    var sources: [String: Source] = [:]
    // An output that is there is added to.
    let former = try FleetDatabase.isOne(output) ? [output] : []
    let state = Self.state(of: output)
    let writer = try FleetWriter(at: output, isResult: false)
    for path in former + (try files(&outcome)) {
      for entry in try FleetDatabase(at: path).entries() {
        let source = Source(path: path, entry: entry)
        guard let other = sources[entry.name] else {
          sources[entry.name] = source
          continue
        }
        outcome.duplicates += 1
        if source.isBetter(than: other) { sources[entry.name] = source }
      }
    }
    var open: [String: FleetDatabase] = [:]
    for (index, source) in sources.values.sorted(by: { $0.entry.name < $1.entry.name }).enumerated() {
      if open[source.path] == nil {
        if open.count >= Self.openMax { open = [:] }
        open[source.path] = try FleetDatabase(at: source.path)
      }
      guard let fleet = open[source.path] else { preconditionFailure("it was just opened") }
      try writer.copy(source.entry.name, of: fleet, as: Int64(index + 1))
      listener.progress(WorkProgress(.recordings, Int64(index + 1), of: Int64(sources.count)))
    }
    listener.progress(nil)
    open = [:]
    // Another merge may have added to it meanwhile.
    guard Self.state(of: output) == state else { throw .busy(path: output) }
    try writer.finish()
    outcome.recordings = sources.count
    outcome.repeated = try FleetDatabase(at: output).repeatedCount()
    return outcome
  }

  /// Which file it is; empty: none.
  private static func state(of path: String) -> [Int] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
  }

  /// The fleet databases among the inputs, but for the output.
  private func files(_ outcome: inout Outcome) throws(TraceStoreError) -> [String] {
    var files: [String] = []
    var seen: Set<String> = [FinalPath.resolve(output)]
    for input in inputs {
      guard let kind = try TraceStoreError.kind(of: input) else { throw .notFound(path: input) }
      let found = kind == .folder ? try Self.results(in: input) : [input]
      if found.isEmpty { outcome.empty.append(input) }
      for path in found where seen.insert(FinalPath.resolve(path)).inserted { files.append(path) }
    }
    return files
  }

  /// Of a folder and those in it; other files, among them databases of recordings and unfinished results, are none.
  private static func results(in folder: String) throws(TraceStoreError) -> [String] {
    let names: [String]
    do throws(SystemCallError) { names = try namesInFolder(folder) } catch { throw TraceStoreError(error) }
    var results: [String] = []
    for name in names where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      var status = stat()
      // Links are not followed: they may lead around.
      guard lstat(path, &status) == 0 else {
        // Gone meanwhile; anything else would leave a result out.
        if errno == ENOENT { continue }
        throw .system(errno: errno, doing: "lstat", path: path)
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        results += try Self.results(in: path)
      } else if status.st_mode & S_IFMT == S_IFREG, name.hasSuffix(".db") {
        guard access(path, R_OK) == 0 else { throw .system(errno: errno, doing: "open", path: path) }
        // What has the name of a result is one: opening it says what is wrong with it.
        let isResult = if ResultName.isOne(name) { true } else { try FleetDatabase.isOne(path) }
        if isResult { results.append(path) }
      }
    }
    return results
  }
}
