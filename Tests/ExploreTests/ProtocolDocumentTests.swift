// docs/protocol.md says what the code does.

import Foundation
import GPCProtocol
import Testing

@testable import Explore

@Suite struct ProtocolDocumentTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/protocol.md")

  /// With GPC_REPLAY_BLESS set the file is written anew, and this run fails all the same.
  @Test func fileIsWhatTheCodeSays() throws {
    let expected = ProtocolDocument().lines().joined(separator: "\n") + "\n"
    let isThere = FileManager.default.fileExists(atPath: Self.file.path)
    let written = isThere ? try String(contentsOf: Self.file, encoding: .utf8) : ""
    let difference = expected.split(separator: "\n").difference(from: written.split(separator: "\n"))
    for change in difference.prefix(40) { print(change) }
    if !difference.isEmpty && ProcessInfo.processInfo.environment["GPC_REPLAY_BLESS"] != nil {
      try expected.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(written == expected)
  }
}
