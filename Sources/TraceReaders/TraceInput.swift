// Where a recording comes from.

package enum TraceInput: Equatable, Sendable {
  case file(path: String)
  case standardInput

  /// What a command line calls it: `-` is standard input, all else a path.
  package init(argument: String) {
    self = argument == "-" ? .standardInput : .file(path: argument)
  }
}
