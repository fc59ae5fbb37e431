// How the recordings of a batch are judged, as options.

import ArgumentParser
import FileSystem
import Pipeline
import TraceReaders
import TraceStore

/// The same for `batch` and for the process that judges one recording.
struct ResultArguments: ParsableArguments {
  @Option(help: "The folder of the results; it is made if there is none.", completion: .directory)
  var out: String

  @Flag(help: "Keep each recording's own database, beside its result: NAME.trace.db.")
  var keepEvents = false

  @Flag(help: "Compute what each published form would have cost, as gpc-replay compare does.")
  var compare = false

  @Option(
    help: ArgumentHelp(
      "Where the recordings come from, such as host=a17,kernel=6.12.95,workload=boot; may be given several times.",
      valueName: "name=value,…"),
    transform: LabelArgument.parse)
  var label: [LabelArgument] = []

  @Flag(
    help: "Write other addresses, and no name of a file, into results and lines, as corpus add does. Labels stay.")
  var anonymise = false

  @Option(help: "CPU time that one recording may take, in seconds.")
  var timeMax = SecondsArgument(seconds: ResultRequest.secondsMaxByDefault)

  @OptionGroup(title: "Import") var reading: ReadingOptions

  @OptionGroup(title: "Replay") var replay: ReplayArguments

  func validate() throws {
    _ = try LabelArgument.merged(label)
    if out.isEmpty { throw ValidationError("--out is the folder of the results.") }
    if anonymise && keepEvents {
      throw ValidationError("--keep-events keeps what --anonymise leaves out: they exclude each other.")
    }
    guard (1...1 << 24).contains(timeMax.seconds) else {
      throw ValidationError("--time-max must be 1 to \(1 << 24) seconds.")
    }
    // Every recording reads them.
    let words = replay.form.form?.words ?? []
    for (option, path) in [("--probes", reading.probes), ("--form", words.first)] {
      if let path, (try? FileKind.of(path)) == .other {
        throw ValidationError("\(option) of a batch is a file: it is read more than once.")
      }
    }
  }

  func request() throws -> ResultRequest {
    let none = TraceInput.bytes([])
    var request = ResultRequest(folder: out, reading: reading.request(none, database: .memory))
    request.replay = try replay.request()
    request.form = replay.form.form.flatMap { $0.word }
    request.compares = compare
    request.labels = try LabelArgument.merged(label)
    request.isAnonymised = anonymise
    request.keepsEvents = keepEvents
    request.secondsMax = timeMax.seconds
    return request
  }
}

extension FormsArgument {
  /// Of an argument that names one form.
  fileprivate var word: ResultRequest.FormWord? {
    guard let form = published.first else { return words.first.map { .file($0) } }
    return .published(form)
  }
}
