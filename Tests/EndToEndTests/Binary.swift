// The real binary, run as a user runs it.

import Foundation

/// The `gpc-replay` that was built beside these tests.
enum Binary {
  struct Run {
    let output: String
    let errors: String
    let status: Int32
  }

  /// The repository's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Where the package manager puts all products: the folder of the test bundle.
  private static var products: URL { URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent() }

  /// A command line as bash runs it, `gpc-replay` in its path. Standard input is empty.
  static func shell(_ command: String, in folder: URL) throws -> Run {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = products.path + ":" + (environment["PATH"] ?? "")
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    // Files instead of pipes: neither stream can fill up while the other one is read.
    let (output, errors) = (folder.appending(path: ".stdout"), folder.appending(path: ".stderr"))
    process.standardOutput = try emptyFile(output)
    process.standardError = try emptyFile(errors)
    try process.run()
    process.waitUntilExit()
    return Run(output: try text(output), errors: try text(errors), status: process.terminationStatus)
  }

  /// A folder of its own for one test, with the corpus at hand; gone when the body is through.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gpc-replay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "traces"), withDestinationURL: root.appending(path: "traces"))
    let result = try body(folder)
    try FileManager.default.removeItem(at: folder)
    return result
  }

  private static func emptyFile(_ url: URL) throws -> FileHandle {
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  private static func text(_ url: URL) throws -> String {
    String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }
}
