// docs/forms.md: the form that a reader makes of a patch is the one that is built in.

import Forms
import Foundation
import GPCProtocol
import Testing

@testable import Explore

@Suite struct PatchAsFormTests {
  /// The file that the document shows for 2/5 of the counter-series.
  private func shown() throws -> ProtocolForm {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/forms.md"), encoding: .utf8)
    let block = try #require(text.components(separatedBy: "```toml\n").last?.components(separatedBy: "```").first)
    return try #require(try FormFile(toml: block, known: ProtocolForm.all, name: "my").forms.first)
  }

  @Test func getsTheCellsOfSeanjc2() throws {
    let builtIn = ProtocolForm.builtIn("seanjc-2")
    let matrix = Matrix(forms: [try shown(), builtIn])
    #expect(matrix.isComplete)
    #expect(matrix.cells[0].map { $0?.verdicts } == matrix.cells[1].map { $0?.verdicts })
    #expect(matrix.cells[0].map { $0?.stateCount } == matrix.cells[1].map { $0?.stateCount })
    #expect(try shown().rules == builtIn.rules)
  }
}
