// Standard output, each write looked at.

import ArgumentParser
import Glibc

/// What became of something written to standard output.
enum Output: Equatable {
  case written
  /// Nobody reads any more (`| head`): not an error.
  case closed
  case failed(errno: Int32)

  static func write(_ bytes: [UInt8]) -> Output {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return errno == EPIPE ? .closed : .failed(errno: errno) }
      rest = rest.dropFirst(count)
    }
    return .written
  }

  /// What could not be printed ends the verb with `EX_IOERR`: a report that nobody got is not a clean one.
  func check() throws {
    switch self {
    case .written, .closed: return
    case .failed(let errno):
      printError("gpc-replay: standard output cannot be written: \(String(cString: strerror(errno))).\n")
      throw ExitCode(EX_IOERR)
    }
  }
}

/// Prints a whole text.
func printOut(_ text: String) throws {
  try Output.write(Array(text.utf8)).check()
}
