// A small situation to judge a form by, before anyone has recorded anything.

import GPCProtocol

package struct Scenario: Sendable {
  /// What `--scenario` takes.
  package let name: String
  /// One sentence.
  package let summary: String
  package let setup: ProtocolSetup

  package init(name: String, summary: String, setup: ProtocolSetup) {
    self.name = name
    self.summary = summary
    self.setup = setup
  }
}
