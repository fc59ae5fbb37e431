// What the documents show is what the binary prints: every console block is run, in the order of its file.

import Foundation
import Testing

@Suite struct DocumentTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let files = ["README.md", "docs/schema.md"]

  /// The blocks of one file share a working directory, so that one block may ask the database of an earlier one.
  @Test(arguments: files) func consoleBlocksPrintWhatTheyShow(file: String) throws {
    let text = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
    let blocks = ConsoleBlock.blocks(of: text, file: file)
    #expect(!blocks.isEmpty)
    let folder = FileManager.default.temporaryDirectory.appending(path: "gpc-replay-docs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "traces"), withDestinationURL: Self.root.appending(path: "traces"))
    for block in blocks {
      for step in block.steps {
        let printed = try run(step.command, in: folder)
        #expect(printed == step.output, "\(block): \(step.command)")
      }
    }
    try FileManager.default.removeItem(at: folder)
  }

  /// The worked questions that the issue of the database asks for.
  @Test func tenWorkedQuestions() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/schema.md"), encoding: .utf8)
    let queries = ConsoleBlock.blocks(of: text, file: "docs/schema.md").flatMap(\.steps).filter {
      $0.command.hasPrefix("gpc-replay query")
    }
    #expect(queries.count >= 10)
  }

  /// A command as a shell runs it; `gpc-replay` is the binary built beside these tests. Standard output, then the rest of the story.
  private func run(_ command: String, in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = Self.products.path + ":" + (environment["PATH"] ?? "")
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The folder of the test bundle, where the package manager puts all products.
  private static var products: URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
  }
}
