// What the input's options ask of the reader, and what of it a database has to remember.

import ArgumentParser
import TraceReaders

extension ImportOptions {
  func readOptions() throws -> TraceReadOptions {
    var options = TraceReadOptions()
    options.format = format
    options.keepsUnknown = keepAll
    if let maxBytes {
      options.unpackedMax = maxBytes.bytes
      options.spooledBytesMax = maxBytes.bytes
    }
    if let probes { options.catalogue = try catalogue(probes) }
    return options
  }

  /// What has to stand behind the recording's name for it to be read the same again.
  var readingArguments: [String] {
    var words: [String] = []
    if let format { words += ["--format", format.argument] }
    if let clock { words += ["--clock", clock.rawValue] }
    if allowTruncated { words.append("--allow-truncated") }
    if let probes { words += ["--probes", probes] }
    return words
  }

  private func catalogue(_ path: String) throws -> ProbeCatalogue {
    do throws(ProbesFileError) {
      return try ProbeCatalogue.embedded.overridden(byFileAt: path)
    } catch {
      switch error {
      case .file(.unreadable(.isDirectory)): throw fail("\(path) is a directory, not a probe catalogue.")
      case .file(.unreadable(let reason)): throw fail("\(path) \(reason.predicate).")
      case .file(.tooLarge): throw fail("\(path) is no probe catalogue: it is too large.")
      case .wrong(let wrong): throw fail("\(path), line \(wrong.line): \(wrong.reason).")
      }
    }
  }

  /// The options that change what is read: a database imported with others does not hold what is asked for.
  func importOptions() throws -> String {
    var words: [String] = []
    if let format { words.append("--format \(format.argument)") }
    if keepAll { words.append("--keep-all") }
    if let maxBytes { words.append("--max-bytes \(maxBytes.bytes)") }
    if let probes {
      // What is no catalogue may have no end either: it is not hashed.
      _ = try catalogue(probes)
      do throws(TraceReadError) {
        words.append("--probes \(try ContentHash(ofFileAt: probes))")
      } catch {
        throw fail("\(probes) \(error.predicate).")
      }
    }
    return words.joined(separator: " ")
  }
}

extension InputFormat: ExpressibleByArgument {
  public init?(argument: String) {
    guard let format = Self.allCases.first(where: { $0.argument == argument }) else { return nil }
    self = format
  }

  public static var allValueStrings: [String] { allCases.map(\.argument) }
}

/// A number of bytes on the command line: `4096`, `500M`, `64G`.
struct ByteCountArgument: ExpressibleByArgument {
  let bytes: Int64

  init?(argument: String) {
    let units: [(suffix: String, shift: Int64)] = [("K", 10), ("M", 20), ("G", 30), ("T", 40)]
    let unit = units.first { argument.hasSuffix($0.suffix) }
    guard let count = Int64(argument.dropLast(unit == nil ? 0 : 1)), count > 0 else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << (unit?.shift ?? 0))
    if overflow { return nil }
    self.bytes = bytes
  }
}
