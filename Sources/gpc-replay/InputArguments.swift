// What is read and where its database goes.

import ArgumentParser
import KVMEvents
import TraceReaders
import TraceStore

/// How a recording is imported.
struct ImportOptions: ParsableArguments {
  @Option(
    help: "The database to write; :memory: for none. Default: the trace's name in the working directory, with .db.")
  var db: String?

  @Flag(help: "Import again, even if the database holds this very trace.")
  var force = false

  @Flag(help: "Take a truncated input as a trace that ends there.")
  var allowTruncated = false

  @Option(help: "The trace clock of the recording, where it does not say, as no text does.")
  var clock: TraceClock?

  @Option(help: "Read the input as this form, whatever its first lines look like.")
  var format: InputFormat?

  @Flag(help: "Store the events that the probe catalogue does not have too; else they are counted only.")
  var keepAll = false

  @Option(help: "A probe catalogue of your own: what it says of an event's name takes the place of what is built in.")
  var probes: String?

  @Option(
    help: "Bytes that may come out of a packed input, such as 500M or 2G (default: 64G); more is a truncated input.")
  var maxBytes: ByteCountArgument?
}

struct InputArguments: ParsableArguments {
  @Argument(
    help: """
      A recorded trace: \(InputFormat.list); plain or packed by zstd, gzip \
      or xz; - for standard input.
      """)
  var trace: String

  @OptionGroup var options: ImportOptions

  /// The working directory's file of the trace's name: `overlap/reportt.txt.zst` gives `reportt.db`.
  var location: DatabaseLocation {
    if let db = options.db { return DatabaseLocation(db) }
    if trace == "-" { return .file("stdin.db") }
    return .file(baseName + ".db")
  }

  /// `-` for standard input alone.
  var fileName: String {
    let name = String(trace.split(separator: "/").last ?? "-")
    return name == "-" && trace != "-" ? "./-" : name
  }

  private var baseName: String {
    var name = fileName
    for suffix in [".zst", ".gz", ".xz", ".txt", ".dat"] where name.hasSuffix(suffix) && name.count > suffix.count {
      name.removeLast(suffix.count)
    }
    return name
  }
}
