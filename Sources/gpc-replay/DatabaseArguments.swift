// The databases that a query reads, on the command line.

import ArgumentParser
import Glibc
import TraceStore

/// `before.db`, or `before=a/trace.db`.
struct AttachArgument: ExpressibleByArgument {
  /// nil: not given.
  let name: String?
  let path: String

  init?(argument: String) {
    if argument.isEmpty { return nil }
    guard let sign = argument.firstIndex(of: "="), Self.isIdentifier(argument[..<sign]),
      access(argument, F_OK) != 0
    else {
      name = nil
      path = argument
      return
    }
    name = String(argument[..<sign])
    path = String(argument[sign...].dropFirst())
  }

  private static func isIdentifier(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return text.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
  }
}

/// A database, and others beside it.
struct DatabaseArguments: ParsableArguments {
  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Option(
    help: ArgumentHelp(
      """
      Another database to read as well: its tables are other.event and so on, those of a second one other2.event; with \
      NAME=OTHER.db they are NAME.event. Can be given several times.
      """, valueName: "other.db"))
  var attach: [AttachArgument] = []

  mutating func validate() throws {
    let names = attached.map { $0.name.lowercased() }
    for (index, name) in names.enumerated() {
      if ["main", "temp"].contains(name) { throw ValidationError("--attach \(name)=…: SQLite uses this name itself.") }
      if names[..<index].contains(name) { throw ValidationError("--attach: two databases are called \(name).") }
    }
  }

  var attached: [AttachedDatabase] {
    attach.enumerated().map { index, argument in
      AttachedDatabase(
        name: argument.name ?? (index == 0 ? "other" : "other\(index + 1)"), path: argument.path)
    }
  }
}
