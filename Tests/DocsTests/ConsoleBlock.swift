// A terminal session in a Markdown file: commands behind `$ `, what each prints below it.

import Foundation
import Testing

/// One fenced block of kind `console`.
struct ConsoleBlock: Sendable, CustomTestStringConvertible {
  struct Step: Sendable {
    let command: String
    let output: String
  }

  let file: String
  /// The line of its opening fence, first line 1.
  let line: Int
  let steps: [Step]

  var testDescription: String { "\(file):\(line)" }

  /// A document's blocks, in order.
  static func blocks(of text: String, file: String) -> [ConsoleBlock] {
    var blocks: [ConsoleBlock] = []
    var body: [Substring]?
    var opened = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line == "```console" {
        body = []
        opened = index + 1
      } else if line == "```", let lines = body {
        blocks.append(ConsoleBlock(file: file, line: opened, steps: steps(of: lines)))
        body = nil
      } else {
        body?.append(line)
      }
    }
    return blocks
  }

  private static func steps(of lines: [Substring]) -> [Step] {
    var steps: [Step] = []
    var command: String?
    var output: [Substring] = []
    func finish() {
      guard let command else { return }
      steps.append(Step(command: command, output: output.map { $0 + "\n" }.joined()))
    }
    for line in lines {
      if line.hasPrefix("$ ") {
        finish()
        command = String(line.dropFirst(2))
        output = []
      } else {
        output.append(line)
      }
    }
    finish()
    return steps
  }
}

extension ConsoleBlock {
  /// The files that a document shows: blocks of kind `toml` that begin with their name, `# my.toml`.
  static func files(of text: String) -> [(name: String, text: String)] {
    text.components(separatedBy: "```toml\n# ").dropFirst().compactMap { rest in
      guard let name = rest.split(separator: "\n").first, let end = rest.range(of: "```") else { return nil }
      return (String(name), "# " + rest[..<end.lowerBound])
    }
  }
}
