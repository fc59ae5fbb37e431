// What is read and where its database goes.

import ArgumentParser
import KVMEvents
import Pipeline
import TraceReaders
import TraceStore

/// How a recording is read.
struct ReadingOptions: ParsableArguments {
  @Flag(help: "Treat a truncated input as a trace that ends there.")
  var allowTruncated = false

  @Option(help: "The trace clock of a recording that does not name it (no text form does).")
  var clock: TraceClock?

  @Option(help: "Read the input as this form instead of detecting it.")
  var format: InputFormat?

  @Flag(help: "Also store events that are not in the probe catalogue; by default they are only counted.")
  var keepAll = false

  @Option(help: "A probe catalogue of your own; its entries override the built-in ones of the same event name.")
  var probes: String?

  @Option(
    help: """
      Maximum size of a decompressed input, such as 500M or 2G; a larger one is truncated. Default: 64G, or twice what is free \
      where the database is written, if that is less (not in a batch).
      """)
  var maxBytes: ByteCountArgument?
}

extension ReadingOptions {
  /// Something was asked for.
  var isGiven: Bool {
    allowTruncated || clock != nil || format != nil || keepAll || probes != nil || maxBytes != nil
  }

  func request(_ input: TraceInput, database: DatabaseLocation) -> ImportRequest {
    var request = ImportRequest(input, database: database)
    request.allowsTruncated = allowTruncated
    request.clock = clock
    request.format = format
    request.keepsUnknown = keepAll
    request.probes = probes
    request.unpackedMax = maxBytes?.bytes
    return request
  }
}

/// How a recording is imported.
struct ImportOptions: ParsableArguments {
  @Option(
    help: """
      The database to write; :memory: for none. Default: the trace's name in the working directory, with .db, and with a part \
      of its hash if that database holds another recording.
      """)
  var db: String?

  @Flag(help: "Import again even if the database already holds this trace, or replace another one's that --db names.")
  var force = false

  @OptionGroup var reading: ReadingOptions
}

extension ImportOptions {
  /// Something was asked for.
  var isGiven: Bool { db != nil || force || reading.isGiven }
}

struct InputArguments: ParsableArguments {
  @Argument(
    help: """
      A recorded trace: \(InputFormat.list); plain or packed by zstd, gzip \
      or xz; - for standard input.
      """)
  var trace: String

  @OptionGroup var options: ImportOptions

  var request: ImportRequest { options.request(trace) }

  /// The input, if it is a database rather than a recording.
  var database: String? {
    guard case .file(let path) = request.input, Recording.isDatabase(path) else { return nil }
    return path
  }
}

extension ImportOptions {
  /// - Parameter trace: a path, or `-`.
  func request(_ trace: String) -> ImportRequest {
    let input = TraceInput(argument: trace)
    let database = db.map { DatabaseLocation($0) } ?? ImportRequest.database(of: input)
    var request = reading.request(input, database: database)
    request.isDatabaseByDefault = db == nil
    request.isForced = force
    return request
  }
}

extension TraceClock: ExpressibleByArgument {}

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
