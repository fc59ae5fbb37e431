-- The tables and views of a corpus.db: results of `gpc-replay corpus run`. Runs are added one by one, and never
-- changed.

PRAGMA application_id = 0x67706363; -- "gpcc"
PRAGMA user_version = 3;

-- What all pages of the file were when gpc-replay last wrote to it: one row. Each page ends with a checksum of its own.
CREATE TABLE page_seal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  change_counter INTEGER NOT NULL,  -- of the file's header: a program that writes to the file counts it up
  page_count INTEGER NOT NULL,
  checksum INTEGER NOT NULL         -- of the pages' checksums in their order, without page 1 and this table's
) STRICT;
INSERT INTO page_seal VALUES (1, 0, 0, 0);

-- One `corpus run`.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,           -- 1, 2, …: what `corpus diff` takes
  begun_at TEXT NOT NULL,           -- UTC, ISO 8601
  tool_version TEXT NOT NULL,
  folder TEXT NOT NULL,             -- as it was named
  job_count INTEGER NOT NULL,       -- cases or forms in progress at once
  case_count INTEGER NOT NULL,
  broken_count INTEGER NOT NULL,    -- cases without any result
  difference_count INTEGER NOT NULL, -- verdicts and figures that were not the expected ones
  wall_ns INTEGER NOT NULL
) STRICT;

-- One case in one run.
CREATE TABLE case_run (
  run_id INTEGER NOT NULL REFERENCES run (id),
  name TEXT NOT NULL,               -- topic/case
  title TEXT NOT NULL,              -- '' where the description cannot be read
  trace_hash TEXT,                  -- of the trace's bytes; NULL: it did not import
  event_count INTEGER,
  fault TEXT,                       -- why the case is broken; NULL: it is not
  cpu_ns INTEGER NOT NULL,          -- import, replay and compare
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- One form over one case. The form 'recorded' is what the recorded kernel itself did.
CREATE TABLE cell (
  run_id INTEGER NOT NULL,
  case_name TEXT NOT NULL,
  form TEXT NOT NULL,
  verdict TEXT NOT NULL,            -- contract, stale, deadlock, livelock, spins, divergence, excessive_retry, joined by +; clean, truncated, unknown, incomplete
  expected_verdict TEXT NOT NULL,   -- empty: a form from a file, for which the case has no expectation
  cpu_ns INTEGER NOT NULL,          -- of the search; 0 for 'recorded'
  -- of the search; 0 for 'recorded'
  window_count INTEGER NOT NULL,
  complete_count INTEGER NOT NULL,  -- windows searched to their end
  truncated_count INTEGER NOT NULL, -- cut off at the budget
  skipped_count INTEGER NOT NULL,   -- could not be judged
  contract_count INTEGER NOT NULL,  -- windows with each verdict
  stale_count INTEGER NOT NULL,
  stuck_count INTEGER NOT NULL,
  state_count INTEGER NOT NULL,
  -- as in form_cost: recorded, or modelled by `compare`
  refresh_count INTEGER NOT NULL,
  failed_count INTEGER NOT NULL,
  unending_count INTEGER NOT NULL,  -- refreshes that would never have returned (form_cost.stuck_count)
  round_count INTEGER NOT NULL,
  necessary_count INTEGER NOT NULL,
  false_count INTEGER NOT NULL,
  widened_count INTEGER NOT NULL,
  necessary_wait_count INTEGER NOT NULL,
  false_wait_count INTEGER NOT NULL,
  widened_wait_count INTEGER NOT NULL,
  spun_ns INTEGER NOT NULL,
  slept_ns INTEGER NOT NULL,
  stall_max_ns INTEGER NOT NULL,
  latency_sum_ns INTEGER NOT NULL,
  failed_check_count INTEGER NOT NULL,
  PRIMARY KEY (run_id, case_name, form),
  FOREIGN KEY (run_id, case_name) REFERENCES case_run (run_id, name)
) STRICT, WITHOUT ROWID;

-- A counted figure of a case.
CREATE TABLE figure (
  run_id INTEGER NOT NULL,
  case_name TEXT NOT NULL,
  form TEXT NOT NULL,               -- 'recorded', or the form that it is modelled for
  name TEXT NOT NULL,
  value INTEGER,                    -- NULL: there is none
  expected_value INTEGER NOT NULL,
  PRIMARY KEY (run_id, case_name, form, name),
  FOREIGN KEY (run_id, case_name) REFERENCES case_run (run_id, name)
) STRICT, WITHOUT ROWID;

-- What was not as expected.
CREATE VIEW difference AS
SELECT run_id, case_name, form, 'verdict' AS subject, expected_verdict AS expected, verdict AS found
FROM cell WHERE verdict <> expected_verdict AND expected_verdict <> ''
UNION ALL
SELECT run_id, case_name, form, name, CAST(expected_value AS TEXT), CAST(value AS TEXT)
FROM figure WHERE value IS NOT expected_value;

-- Cells that have another verdict in a later run.
CREATE VIEW verdict_change AS
SELECT before.run_id AS run_before, after.run_id AS run_after, before.case_name, before.form,
  before.verdict AS verdict_before, after.verdict AS verdict_after
FROM cell AS before
JOIN cell AS after USING (case_name, form)
WHERE before.run_id < after.run_id AND before.verdict <> after.verdict;

-- Searches that took at least half as much CPU time again in a later run, and 20 ms more; the largest first. Seconds
-- are noisy: look at state_count as well.
CREATE VIEW slow_down AS
SELECT before.run_id AS run_before, after.run_id AS run_after, before.case_name, before.form,
  before.cpu_ns AS cpu_ns_before, after.cpu_ns AS cpu_ns_after,
  round(1.0 * after.cpu_ns / max(before.cpu_ns, 1), 2) AS ratio,
  after.state_count - before.state_count AS more_states
FROM cell AS before
JOIN cell AS after USING (case_name, form)
WHERE before.run_id < after.run_id AND 2 * after.cpu_ns >= 3 * before.cpu_ns AND after.cpu_ns - before.cpu_ns >= 20000000
ORDER BY ratio DESC, before.case_name, before.form;

-- The forms of each run by the time that refreshes lost to rounds and waits over the whole corpus, the least first.
-- Forms under which some refresh would never have returned come last: such a stall has no end, and is not in stall_ns.
CREATE VIEW form_by_stall AS
SELECT run_id,
  rank() OVER (PARTITION BY run_id ORDER BY sum(unending_count) > 0, total(spun_ns + slept_ns)) AS place, form,
  CAST(total(spun_ns + slept_ns) AS INTEGER) AS stall_ns, CAST(total(spun_ns) AS INTEGER) AS spun_ns,
  CAST(total(slept_ns) AS INTEGER) AS slept_ns, max(stall_max_ns) AS stall_max_ns,
  sum(round_count) AS round_count, sum(false_count + widened_count) AS false_count,
  sum(unending_count) AS unending_count, sum(verdict LIKE '%contract%' OR verdict LIKE '%stale%') AS broken_case_count
FROM cell
GROUP BY run_id, form
ORDER BY run_id, place, form;
