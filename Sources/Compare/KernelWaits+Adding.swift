// What the recorded kernel waited itself, added up over its refreshes.

import KVMEvents
import Results

extension KernelWaits {
  /// - Parameters:
  ///   - waits: by round of one refresh.
  ///   - stallNs: from its first loop's top to its last, in nanoseconds.
  mutating func add(_ waits: [RecordedWait?], stallNs: Int64) {
    for (index, wait) in waits.enumerated() {
      guard let wait else { continue }
      byCause.count(wait.cause)
      ns.addClamped(wait.ns)
      if index < waits.count - 1 { inRepeatedRoundsNs.addClamped(wait.ns) }
    }
    stallMaxNs = max(stallMaxNs, stallNs.addingClamped(waits.last.flatMap { $0?.ns } ?? 0))
  }
}
