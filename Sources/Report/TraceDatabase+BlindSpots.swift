// What no search over a recording can see.

import KVMEvents
import TraceStore

extension TraceDatabase {
  /// In sentences: if there are any, nothing is clean.
  package func blindSpots() throws(TraceStoreError) -> [String] {
    var spots: [String] = []
    if try hasDoubt() {
      spots.append(
        "part of the recording could not be read, or its format cannot report drops: findings may be missing")
    }
    if try hasLossAnywhere() {
      spots.append("events were lost at an unknown time: nothing is known about any window")
    }
    if try holds("EXISTS (SELECT 1 FROM silent_omission)") {
      spots.append("events were omitted without a marker: nothing is known about any window")
    }
    let hasVM = "EXISTS (SELECT 1 FROM vm)"
    let isWhole = try !givenUp().contains(where: \.endsReplay)
    if try holds("NOT EXISTS (SELECT 1 FROM invalidation) AND \(hasVM)") {
      spots.append(Report.noInvalidation(isWhole: isWhole))
    }
    if try holds("NOT EXISTS (SELECT 1 FROM cache_check) AND \(hasVM)") {
      spots.append(Report.noCheck(isWhole: isWhole))
    }
    return spots
  }

  /// Findings of the replay against the recorded kernel: `excessive_retry` is not one.
  package func recordedFindingCount() throws(TraceStoreError) -> Int64 {
    try number("SELECT count(*) FROM finding WHERE kind IN ('contract', 'stale', 'divergence')") ?? 0
  }

  private func holds(_ condition: String) throws(TraceStoreError) -> Bool {
    try number("SELECT \(condition)") == 1
  }
}
