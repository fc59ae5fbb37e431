// Where a recording comes from.

package enum TraceInput: Equatable, Sendable {
  case file(path: String)
  case standardInput
  /// Text in memory.
  case bytes([UInt8])

  /// What a command line calls it: `-` is standard input, all else a path.
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
