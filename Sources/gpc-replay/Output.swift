// What is written: to standard output and to files, each write looked at.

import ArgumentParser
import Glibc
import Pipeline
import TextLayout

/// What became of something written.
enum Output: Equatable {
  case written
  /// The reader is gone (`| head`): not an error.
  case closed
  case failed(errno: Int32)

  static func write(_ bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) -> Output {
    do {
      try writeAll(bytes, to: descriptor)
      return .written
    } catch {
      return error.errno == EPIPE ? .closed : .failed(errno: error.errno)
    }
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

/// Prints why an output file is not there, and ends the verb with `EX_IOERR`.
func unwritten(_ path: String, _ error: OutputFileError) -> ExitCode {
  let reason =
    switch error {
    case .exists: "exists: --force replaces it, another name leaves it as it is"
    case .isDirectory: "is a directory"
    case .failed(let errno): "cannot be written: \(String(cString: strerror(errno)))"
    }
  let name = path == "-" ? "standard output" : path
  printError("gpc-replay: \(name.printable) \(reason).\n")
  return ExitStatus.unwritable.code
}

/// What a verb reads is not replaced by what it writes.
func checkOutput(_ path: String, isNot inputs: String...) throws {
  var (output, input) = (stat(), stat())
  guard path != "-", stat(path, &output) == 0 else { return }
  for name in inputs where stat(name, &input) == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino {
    throw fail("\(path) is what is read: name another file for what is written.")
  }
}

/// Writes a file whole or not at all, or says why not.
func write(_ text: String, to path: String, replaces: Bool) throws {
  try writing(path) { () throws(OutputFileError) in
    let file = try OutputFile(path, replaces: replaces)
    defer { file.discard() }
    try file.write(Array(text.utf8))
    try file.finish()
  }
}

/// What is not written ends the verb with `EX_IOERR`.
func writing(_ path: String, _ work: () throws(OutputFileError) -> Void) throws {
  do throws(OutputFileError) { try work() } catch { throw unwritten(path, error) }
}
