-- The tables and views of a fleet database: what many recordings say, without their events. `gpc-replay batch` writes
-- one for each recording, a result; `gpc-replay merge` puts any number of them into one. Columns that a recording's
-- database has as well have its names and mean the same (schema.sql, views.sql).

PRAGMA application_id = 0x67706366; -- "gpcf"
PRAGMA user_version = 1;

-- What all pages of the file were when gpc-replay last wrote to it: one row. Each page ends with a checksum of its own.
CREATE TABLE page_seal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  change_counter INTEGER NOT NULL,  -- of the file's header: a program that writes to the file counts it up
  page_count INTEGER NOT NULL,
  checksum INTEGER NOT NULL         -- of the pages' checksums in their order, without page 1 and this table's
) STRICT;
INSERT INTO page_seal VALUES (1, 0, 0, 0);

-- The recordings: one row each, also of those that could not be judged.
CREATE TABLE recording (
  id INTEGER PRIMARY KEY,           -- 1, 2, … in the order of their names
  name TEXT NOT NULL UNIQUE,        -- of its result: the content's hash, the version of this layout, and a digest of the options
  status TEXT NOT NULL CHECK (status IN ('judged', 'unreadable', 'out_of_memory', 'out_of_time', 'crashed')),
  error TEXT,                       -- a sentence saying why it is not judged; NULL: it is
  file_name TEXT NOT NULL,          -- without its folder
  content_hash TEXT,                -- of the file's bytes; NULL: it could not be read
  byte_count INTEGER,               -- as read, before decompression
  options TEXT NOT NULL,            -- those that change the result
  tool_version TEXT NOT NULL,
  -- the columns from here on are NULL unless it is judged
  verdict TEXT CHECK (verdict IN ('clean', 'findings', 'unknown', 'incomplete')),
  is_limited INTEGER CHECK (is_limited IN (0, 1)), -- 1: something could hide a missed invalidation, or another one
  kernel_release TEXT,              -- of the recorded kernel (uname -r); NULL: the recording does not name it
  form TEXT,                        -- the form of the gfn_to_pfn_cache code that divergences are counted from
  form_reason TEXT,
  delta_ns INTEGER,
  format TEXT,
  clock TEXT,
  stamp_unit TEXT,                  -- tick: its times are not nanoseconds, and no view adds them up
  resolution_ns INTEGER,
  incomplete TEXT,
  line_count INTEGER,
  event_count INTEGER,
  length_ns INTEGER,                -- first to last event
  vm_count INTEGER,
  cache_count INTEGER,
  invalidation_count INTEGER,
  refresh_count INTEGER,
  failed_count INTEGER,             -- refreshes that failed
  round_count INTEGER,
  necessary_count INTEGER,          -- rounds repeated for an invalidation of the page
  false_count INTEGER,              -- for none
  false_ns INTEGER,                 -- the time that these took
  undecided_count INTEGER,          -- repeated rounds whose cause is open or unknown
  longest_stall_ns INTEGER,         -- the longest of a refresh's retry loop
  check_count INTEGER,
  failed_check_count INTEGER        -- checks that said no
) STRICT;

-- What is known of where a recording comes from: `batch --label host=…,kernel=…`.
CREATE TABLE label (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  name TEXT NOT NULL,               -- host, kernel and workload have columns in view labelled
  value TEXT NOT NULL,
  PRIMARY KEY (recording_id, name)
) STRICT, WITHOUT ROWID;

-- The reasons for a verdict, as sentences.
CREATE TABLE verdict_reason (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  position INTEGER NOT NULL,        -- 1, 2, …
  sentence TEXT NOT NULL,
  PRIMARY KEY (recording_id, position)
) STRICT, WITHOUT ROWID;

-- How many findings of each kind there are.
CREATE TABLE finding_count (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  kind TEXT NOT NULL,
  certainty TEXT NOT NULL CHECK (certainty IN ('certain', 'possible')),
  count INTEGER NOT NULL,
  PRIMARY KEY (recording_id, kind, certainty)
) STRICT, WITHOUT ROWID;

-- The findings, at most 100 of a recording, the worst first.
CREATE TABLE finding (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  position INTEGER NOT NULL,        -- 1, 2, …
  id INTEGER NOT NULL,              -- of the recording's own database: `explain DB ID`
  kind TEXT NOT NULL,
  certainty TEXT NOT NULL CHECK (certainty IN ('certain', 'possible')),
  event_id INTEGER NOT NULL,        -- the event that is wrong: its line or its number in the recording
  since_start_ns INTEGER NOT NULL,
  summary TEXT NOT NULL,
  proof TEXT NOT NULL,              -- the events that prove it
  PRIMARY KEY (recording_id, position)
) STRICT, WITHOUT ROWID;

-- Does the recorded kernel decide as the rules say?
CREATE TABLE conformance (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  subject TEXT NOT NULL,
  forced_agreeing INTEGER NOT NULL,
  forced INTEGER NOT NULL,
  open INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  PRIMARY KEY (recording_id, subject)
) STRICT, WITHOUT ROWID;

-- Why something is open, unknown or undecided.
CREATE TABLE doubt_count (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  subject TEXT NOT NULL,
  verdict TEXT NOT NULL,
  doubt TEXT NOT NULL,
  meaning TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (recording_id, subject, verdict, doubt)
) STRICT, WITHOUT ROWID;

-- Why rounds of the retry loop were repeated, and the time that they took.
CREATE TABLE retry_by_cause (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  cause TEXT NOT NULL,
  sub_cause TEXT NOT NULL,          -- '': none
  rounds INTEGER NOT NULL,
  refreshes INTEGER NOT NULL,
  lost_ns INTEGER NOT NULL,
  PRIMARY KEY (recording_id, cause, sub_cause)
) STRICT, WITHOUT ROWID;

-- What a recording shows about each form of the protocol.
CREATE TABLE form_agreement (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  form TEXT NOT NULL,
  test_count INTEGER NOT NULL,
  agreeing_test_count INTEGER NOT NULL,
  refuted_count INTEGER NOT NULL,
  refuted_by TEXT,
  PRIMARY KEY (recording_id, form)
) STRICT, WITHOUT ROWID;

-- What each form would have saved compared with the recorded kernel's own form, both modelled: `batch --compare`.
CREATE TABLE form_saving (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  form TEXT NOT NULL,
  against TEXT NOT NULL,            -- the recorded kernel's form
  rounds_saved INTEGER NOT NULL,
  lookups_saved INTEGER NOT NULL,
  spinning_saved_ns INTEGER NOT NULL,
  slept_instead_ns INTEGER NOT NULL,
  latency_saved_ns INTEGER NOT NULL,
  stall_saved_ns INTEGER NOT NULL,
  checks_failing_instead INTEGER NOT NULL,
  missed_invalidations INTEGER NOT NULL,
  stuck_count INTEGER NOT NULL,
  PRIMARY KEY (recording_id, form)
) STRICT, WITHOUT ROWID;

-- Probes that a recording lacks, and what is unknown without them.
CREATE TABLE missing_probe (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  probe TEXT NOT NULL,
  unknown_without_it TEXT NOT NULL,
  PRIMARY KEY (recording_id, probe, unknown_without_it)
) STRICT, WITHOUT ROWID;

-- Where events were dropped.
CREATE TABLE loss_by_cpu (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  cpu INTEGER NOT NULL,             -- -1: the recording does not say
  gaps INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  gaps_of_unknown_size INTEGER NOT NULL,
  PRIMARY KEY (recording_id, cpu)
) STRICT, WITHOUT ROWID;

-- How often each kind of malformed input occurred.
CREATE TABLE import_issue_count (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (recording_id, kind)
) STRICT, WITHOUT ROWID;

-- How long refreshes took, counted in steps of at most 1/64 of a duration, the same in all recordings: percentiles of
-- many recordings are those of the sums. Only where stamps are nanoseconds.
CREATE TABLE latency_bucket (
  recording_id INTEGER NOT NULL REFERENCES recording (id),
  -- in the retry loop, first top to last, of those that reached it / request to entry: in it refresh_lock was taken / entry to return
  kind TEXT NOT NULL CHECK (kind IN ('stall', 'lock_wait', 'duration')),
  lower_ns INTEGER NOT NULL,        -- the shortest that is counted here
  upper_ns INTEGER NOT NULL,        -- the longest
  count INTEGER NOT NULL,
  PRIMARY KEY (recording_id, kind, lower_ns)
) STRICT, WITHOUT ROWID;

-- The recordings with the labels that questions group by. The kernel is the label, or else what the recording names.
CREATE VIEW labelled AS
SELECT recording.*,
  (SELECT value FROM label WHERE recording_id = recording.id AND label.name = 'host') AS host,
  coalesce((SELECT value FROM label WHERE recording_id = recording.id AND label.name = 'kernel'), kernel_release) AS kernel,
  (SELECT value FROM label WHERE recording_id = recording.id AND label.name = 'workload') AS workload
FROM recording;

-- The recordings with the number of missed invalidations, contract and stale.
CREATE VIEW missed_count AS
SELECT labelled.*,
  (SELECT coalesce(sum(count), 0) FROM finding_count
   WHERE recording_id = labelled.id AND kind IN ('contract', 'stale') AND certainty = 'certain') AS missed_certain,
  (SELECT coalesce(sum(count), 0) FROM finding_count
   WHERE recording_id = labelled.id AND kind IN ('contract', 'stale') AND certainty = 'possible') AS missed_possible
FROM labelled;

-- Recordings of one content that are there more than once, by other options or labels: sums count each of them.
CREATE VIEW repeated AS
SELECT content_hash, count(*) AS times, group_concat(name, ' ') AS names
FROM (SELECT content_hash, name FROM recording WHERE content_hash IS NOT NULL ORDER BY name)
GROUP BY content_hash HAVING count(*) > 1;
