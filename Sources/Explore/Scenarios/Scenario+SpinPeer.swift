// The scenario of the Promela model that the search is measured against (tools/bench.d/explore-bench/gpc.pml).

import GPCProtocol
import KVMEvents
import Results

extension Scenario {
  /// Two invalidators of two rounds, each round over one page, the other, both, or a third; two users, each of its own
  /// cold cache.
  package static let spinPeer = Scenario(
    name: "spin-peer", summary: "Two invalidators of two rounds, two users, two caches: the peer's model.",
    setup: ProtocolSetup(
      caches: [ProtocolSetup.Cache(page: 0, warmth: .cold), ProtocolSetup.Cache(page: 1, warmth: .cold)],
      memslots: [.everything],
      programs: [
        TaskProgram("mm", [anyRange, anyRange]), TaskProgram("mm2", [anyRange, anyRange]),
        TaskProgram("vcpu0", [.use(cache: 0, .gpaPage(0))], repeats: true),
        TaskProgram("vcpu1", [.use(cache: 1, .gpaPage(1))], repeats: true),
      ]))

  private static let anyRange = TaskOperation.invalidate(
    [.pages(0..<1), .pages(1..<2), .pages(0..<2), .pages(2..<3)].map { InvalidatedRange($0) })
}

extension ProtocolForm {
  /// As the peer walks: the write lock at once.
  package static func spinPeer(_ form: ProtocolForm) -> ProtocolForm {
    form.followed(by: form.id, title: form.title, source: form.source) { $0.walk.locking = .write }
  }
}
