// What the replay does not hold yet: the one place where tests of it are closed.

import Foundation

/// A property whose tests wait for the replay. Whoever makes one hold moves it to `open`; it never goes back.
/// `GPC_REPLAY_GATES=open` opens all of them for a run.
enum Gate: String, CaseIterable {
  /// No finding, decision, cause, answer or clean verdict of a part against the whole (evidence, rule 19).
  case monotone
  /// Nor anything that is only more than the whole says: forced from open or unknown, a cause from none, rows paired
  /// across a gap.
  case saysNoMore
  /// What is forced without the points inside functions (rule 18).
  case functionLevel

  private static let open: Set<Gate> = [.monotone, .saysNoMore, .functionLevel]

  var isOpen: Bool { Self.open.contains(self) || ProcessInfo.processInfo.environment["GPC_REPLAY_GATES"] == "open" }
}
