// What is written: to standard output and to files, each write looked at.

import ArgumentParser
import Glibc
import Pipeline

/// What became of something written.
enum Output: Equatable {
  case written
  /// Nobody reads any more (`| head`): not an error.
  case closed
  case failed(errno: Int32)

  static func write(_ bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) -> Output {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return errno == EPIPE ? .closed : .failed(errno: errno) }
      rest = rest.dropFirst(count)
    }
    return .written
  }

  /// What could not be printed ends the verb with `EX_IOERR`: a report that was not delivered is not a clean one.
  func check() throws {
    switch self {
    case .written, .closed: return
    case .failed(let errno):
      printError("gpc-replay: standard output cannot be written: \(String(cString: strerror(errno))).\n")
      throw ExitStatus.unwritable.code
    }
  }
}

/// Prints a whole text.
func printOut(_ text: String) throws {
  try Output.write(Array(text.utf8)).check()
}

/// Writes a file whole.
func write(_ text: String, to path: String) throws {
  do {
    try writeFile(Array(text.utf8), to: path)
  } catch {
    throw fail("\(path) cannot be written: \(String(cString: strerror(error.errno))).")
  }
}
