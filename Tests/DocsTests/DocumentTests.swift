// What the documents show is what the binary prints: every console block is run, in the order of its file.

import Foundation
import RealBinary
import Testing

@Suite struct DocumentTests {
  /// The blocks of one file share a working directory, so that one block may ask the database of an earlier one.
  @Test(arguments: ["README.md", "docs/schema.md", "docs/forms.md"]) func consoleBlocksPrintWhatTheyShow(file: String)
    throws
  {
    let blocks = ConsoleBlock.blocks(of: try text(of: file), file: file)
    #expect(!blocks.isEmpty)
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.file("traces"), withDestinationURL: CorpusTrace.root.appending(path: "traces"))
    for (name, text) in ConsoleBlock.files(of: try text(of: file)) { _ = try folder.write(name, text) }
    for block in blocks {
      for step in block.steps {
        let printed = try Invocation(shell: step.command, in: folder.url).text
        #expect(printed == step.output, "\(block): \(step.command)")
      }
    }
  }

  @Test func tenWorkedQuestions() throws {
    let steps = ConsoleBlock.blocks(of: try text(of: "docs/schema.md"), file: "docs/schema.md").flatMap(\.steps)
    #expect(steps.count { $0.command.hasPrefix("gpc-replay query") } >= 10)
  }

  private func text(of file: String) throws -> String {
    try String(contentsOf: CorpusTrace.root.appending(path: file), encoding: .utf8)
  }
}
