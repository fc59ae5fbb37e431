// What the tables of a database say of each other: results of one recording, by one version of gpc-replay.

extension Connection {
  /// Throws `disagreeing` unless the results in the database are of its recording: made by the version that imported
  /// it, and none without what it was made from.
  func checkFacts() throws(TraceStoreError) {
    let row = try prepare(
      """
      SELECT CASE
        WHEN NOT EXISTS (SELECT 1 FROM trace) THEN 'it has no recording'
        WHEN EXISTS (SELECT 1 FROM replay, trace WHERE replay.tool_version <> trace.tool_version)
          THEN 'another version of gpc-replay replayed the recording than imported it'
        WHEN EXISTS (SELECT 1 FROM exploration, trace WHERE exploration.tool_version <> trace.tool_version)
          THEN 'another version of gpc-replay explored the recording than imported it'
        WHEN EXISTS (SELECT 1 FROM counterexample WHERE exploration_id NOT IN (SELECT id FROM exploration))
          THEN 'it has a counterexample of no exploration'
        WHEN NOT EXISTS (SELECT 1 FROM replay) AND (
          EXISTS (SELECT 1 FROM cache) OR EXISTS (SELECT 1 FROM refresh) OR EXISTS (SELECT 1 FROM finding)
          OR EXISTS (SELECT 1 FROM form_agreement) OR EXISTS (SELECT 1 FROM form_cost))
          THEN 'it has results of a replay, and no settings of one'
        WHEN EXISTS (SELECT 1 FROM form_cost WHERE is_modelled = 1)
          AND NOT EXISTS (SELECT 1 FROM form_cost WHERE form = 'recorded' AND is_modelled = 0)
          THEN 'it compares forms, and not with the recorded kernel'
        END AS what
      """)
    if try row.step(), let what = row.optionalText("what") { throw .disagreeing(path: path, what: what) }
  }

  /// Throws `disagreeing` if a result of `version` would be in one database with an import of another.
  func checkTool(_ version: String) throws(TraceStoreError) {
    let row = try prepare("SELECT tool_version FROM trace")
    guard try row.step(), row.text("tool_version") != version else { return }
    throw .disagreeing(path: path, what: "gpc-replay \(row.text("tool_version")) imported it, and this is \(version)")
  }
}
