// Windows that are the same to the search are searched once.

import GPCProtocol

/// Results by what the search depends on: the operations, what they start from, and which of their moments are in
/// order.
struct WindowMemo {
  struct Key: Hashable {
    private let setup: ProtocolSetup
    private let timing: Timing?

    /// nil: too long to come twice.
    init?(_ scenario: Scenario, _ form: ProtocolForm) {
      let count = scenario.setup.programs.reduce(0) { $0 + $1.operations.count }
      guard count <= WindowMemo.operationsMax else { return nil }
      var setup = scenario.setup
      // The tasks' names are for people.
      for task in setup.programs.indices { setup.programs[task].name = "" }
      self.setup = setup
      let engine = ProtocolEngine(form, setup: scenario.setup)
      timing = scenario.bounds.map { Timing($0, engine) }
    }
  }

  private var known: [Key: Exploration] = [:]
  /// Bounds what a long recording keeps.
  private static let countMax = 20_000
  private static let operationsMax = 64

  subscript(key: Key) -> Exploration? {
    get { known[key] }
    set {
      if known.count >= Self.countMax { known.removeAll() }
      known[key] = newValue
    }
  }
}
