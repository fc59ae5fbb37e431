// One run of the real binary, the product that the package manager built beside the tests.

import Foundation

/// What a run of `gpc-replay` printed and how it ended.
package struct Invocation {
  package let status: Int32
  /// It was ended by this signal; 0: by itself.
  package let signal: Int32
  package let output: Data
  package let errors: Data

  package var text: String { String(decoding: output, as: UTF8.self) }
  package var errorText: String { String(decoding: errors, as: UTF8.self) }

  /// Runs the binary with these arguments.
  /// - Parameter columns: the width of what it prints, wide enough that no sentence is folded; nil: its own choice.
  package init(
    _ arguments: [String], in folder: TemporaryFolder, input: URL? = nil, columns: Int? = 1000
  ) throws {
    try self.init(command: Self.binary.path, arguments, in: folder.url, input: input, columns: columns)
  }

  /// Runs a shell command in which `gpc-replay` is the binary.
  package init(shell command: String, in folder: URL, input: URL? = nil) throws {
    try self.init(command: "/bin/bash", ["-c", command], in: folder, input: input)
  }

  private init(
    command: String, _ arguments: [String], in folder: URL, input: URL?, columns: Int? = nil
  ) throws {
    let printed = try TemporaryFolder()
    let process = try Self.process(command, arguments, in: folder, input: input, printed: printed)
    process.environment?["COLUMNS"] = columns.map { String($0) }
    try process.run()
    process.waitUntilExit()
    (status, signal) =
      process.terminationReason == .exit
      ? (process.terminationStatus, 0) : (-1, process.terminationStatus)
    output = try Data(contentsOf: printed.file("output"))
    errors = try Data(contentsOf: printed.file("errors"))
  }

  /// A run that is still to be started, its output in files of `printed`.
  package static func process(
    _ command: String, _ arguments: [String], in folder: URL, input: URL? = nil,
    printed: TemporaryFolder
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: command)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = products.path + ":" + (environment["PATH"] ?? "")
    process.environment = environment
    process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
    process.standardOutput = try printed.writing("output")
    process.standardError = try printed.writing("errors")
    return process
  }

  /// Whether the shell finds this program, which not every machine has.
  package static func hasProgram(_ name: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  package static let binary = products.appending(path: "gpc-replay")
  private static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
}
