// The bounds that the replay reached.

import Results

extension TraceDatabase {
  /// In their order; none: nothing was given up.
  package func givenUp() throws(TraceStoreError) -> [GivenUp] {
    try rows("SELECT bound, limit_value, event_id, ends_replay FROM given_up ORDER BY id") {
      (row) throws(TraceStoreError) in
      GivenUp(
        bound: try row.word("bound"), limit: row.integer("limit_value"), event: row.integer("event_id"),
        endsReplay: row.flag("ends_replay"))
    }
  }
}
