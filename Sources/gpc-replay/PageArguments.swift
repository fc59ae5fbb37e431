// A page instead of text, on the command line.

import ArgumentParser
import Glibc
import Pipeline
import TextLayout

/// Where a page is written.
struct PageArguments: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write a page instead: one HTML file that can be mailed and asks for nothing from a network.",
      valueName: "file.html"))
  var output: String?

  @Flag(help: "Replace the page if it exists.")
  var force = false

  mutating func validate() throws {
    guard let output else {
      if force { throw ValidationError("--force is of -o: it replaces a page that exists.") }
      return
    }
    let name = output.lowercased()
    guard name.hasSuffix(".html") || name.hasSuffix(".htm") else {
      throw ValidationError("-o writes a page: its name ends in .html.")
    }
  }

  /// Writes the page, and prints its size.
  func write(_ text: String, to path: String) throws {
    try gpc_replay.write(text, to: path, replaces: force)
    try printOut("\(path): \(plural(text.utf8.count, "byte"))\n")
  }
}
