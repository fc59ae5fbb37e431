// The source of a recording.

package enum TraceInput: Equatable, Sendable {
  case file(path: String)
  case standardInput
  /// Text in memory.
  case bytes([UInt8])

  /// Its name on a command line: `-` is standard input, anything else a path.
  package init(argument: String) {
    self = argument == "-" ? .standardInput : .file(path: argument)
  }

  /// In a sentence.
  package var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "standard input"
    case .bytes: "the text"
    }
  }
}
