-- Lines of `gpc-replay batch` in DuckDB: Parquet by day and kernel, and the questions of a fleet, with the answers that
-- `gpc-replay query fleet.db QUESTION` gives (tools/fleet/check holds them against each other). Run where the lines are, as
-- lines/*.ndjson or packed (.ndjson.zst, .ndjson.gz):
--
--     zstd lines/*.ndjson; duckdb < tools/fleet/duckdb.sql
--
-- The types are those of schema/batch.schema.json: a key that is null in all lines would have none. A day is the label of that
-- name: `batch --label day=2026-11-30`.

SET default_null_order = 'nulls_first_on_asc_last_on_desc';

-- One row for each result, even if several lines name it. Lines without a result are left out: a fleet database has none of
-- them.
CREATE TEMP TABLE line AS
SELECT DISTINCT ON (name) *
FROM read_json('lines/*.ndjson*', format = 'newline_delimited', maximum_object_size = 67108864, columns = {
    byte_count: 'BIGINT', cache_count: 'BIGINT', cached: 'BOOLEAN', check_count: 'BIGINT', clock: 'VARCHAR', content_hash: 'VARCHAR',
    cpu_seconds: 'DOUBLE', delta_ns: 'BIGINT', error: 'VARCHAR', event_count: 'BIGINT', events: 'VARCHAR', failed_check_count: 'BIGINT',
    failed_count: 'BIGINT', false_count: 'BIGINT', false_ns: 'BIGINT', file_name: 'VARCHAR',
    findings: 'STRUCT(contract STRUCT(certain BIGINT, possible BIGINT), divergence STRUCT(certain BIGINT, possible BIGINT), excessive_retry STRUCT(certain BIGINT, possible BIGINT), stale STRUCT(certain BIGINT, possible BIGINT), stuck STRUCT(certain BIGINT, possible BIGINT))',
    form: 'VARCHAR', form_reason: 'VARCHAR',
    form_savings: 'STRUCT(against VARCHAR, checks_failing_instead BIGINT, form VARCHAR, latency_saved_ns BIGINT, lookups_saved BIGINT, missed_invalidations BIGINT, rounds_saved BIGINT, slept_instead_ns BIGINT, spinning_saved_ns BIGINT, stall_saved_ns BIGINT, stuck_count BIGINT)[]',
    format: 'VARCHAR', incomplete: 'VARCHAR', invalidation_count: 'BIGINT', is_limited: 'BIGINT', kernel_release: 'VARCHAR', kind: 'VARCHAR',
    labels: 'MAP(VARCHAR, VARCHAR)', length_ns: 'BIGINT', line_count: 'BIGINT', longest_stall_ns: 'BIGINT', name: 'VARCHAR',
    necessary_count: 'BIGINT', options: 'VARCHAR', path: 'VARCHAR', peak_rss_bytes: 'BIGINT', position: 'BIGINT', refresh_count: 'BIGINT',
    resolution_ns: 'BIGINT', result: 'VARCHAR', round_count: 'BIGINT', schema: 'BIGINT', seconds: 'DOUBLE', stamp_unit: 'VARCHAR',
    status: 'VARCHAR', tool_version: 'VARCHAR', undecided_count: 'BIGINT', verdict: 'VARCHAR', verdict_reasons: 'VARCHAR[]', vm_count: 'BIGINT'
  })
WHERE result IS NOT NULL ORDER BY name, position;

COPY (SELECT *, coalesce(labels['day'], 'unknown') AS day, coalesce(labels['kernel'], kernel_release, 'unknown') AS kernel
  FROM line ORDER BY name)
TO 'parquet' (FORMAT parquet, PARTITION_BY (day, kernel), OVERWRITE_OR_IGNORE);

CREATE TEMP VIEW recording AS
SELECT * EXCLUDE (day, kernel), row_number() OVER (ORDER BY name) AS id, labels['host'] AS host,
  coalesce(labels['kernel'], kernel_release) AS kernel, labels['workload'] AS workload,
  coalesce(findings.contract.certain + findings.stale.certain, 0) AS missed_certain,
  coalesce(findings.contract.possible + findings.stale.possible, 0) AS missed_possible
FROM read_parquet('parquet/*/*/*.parquet', hive_partitioning = true);

-- kernels: Which kernels missed an invalidation, in how many recordings?
SELECT kernel, count(*) AS recordings, count(*) FILTER (missed_certain > 0) AS certain,
  count(*) FILTER (missed_certain = 0 AND missed_possible > 0) AS possible,
  CASE WHEN count(verdict) > 0 THEN count(*) FILTER (verdict = 'clean') END AS clean,
  sum(is_limited) AS not_all_known, count(*) FILTER (status <> 'judged') AS not_judged
FROM recording GROUP BY kernel ORDER BY 3 DESC, 4 DESC, kernel;

-- retries: How many false retries per second are there, by kernel and workload?
SELECT kernel, workload, count(*) AS recordings, sum(refresh_count) AS refreshes, sum(false_count) AS false_rounds,
  sum(undecided_count) AS rounds_of_unknown_cause, round(sum(false_count) * 1e9 / nullif(sum(length_ns), 0), 2) AS false_rounds_per_s,
  round(sum(false_ns) * 1e3 / nullif(sum(length_ns), 0), 3) AS lost_ms_per_s,
  round(max(longest_stall_ns) / 1e6, 3) AS longest_stall_ms
FROM recording WHERE status = 'judged' AND stamp_unit = 'ns'
GROUP BY kernel, workload ORDER BY false_rounds_per_s DESC, kernel, workload;

-- hosts: Which hosts are worst, by missed invalidations and by time lost to false retries?
SELECT host, count(*) AS recordings, count(*) FILTER (missed_certain > 0) AS certain,
  count(*) FILTER (missed_certain = 0 AND missed_possible > 0) AS possible, sum(is_limited) AS not_all_known,
  count(*) FILTER (status <> 'judged') AS not_judged, sum(false_count) FILTER (stamp_unit = 'ns') AS false_rounds,
  round(coalesce(sum(false_ns) FILTER (stamp_unit = 'ns'), 0) / 1e6, 3) AS false_ms,
  round(max(longest_stall_ns) FILTER (stamp_unit = 'ns') / 1e6, 3) AS longest_stall_ms
FROM recording GROUP BY host ORDER BY certain DESC, possible DESC, false_ms DESC, host;

-- savings: What would each form have saved over all recordings that were compared?
SELECT saving.form, saving.against, count(*) AS recordings, sum(saving.rounds_saved) AS rounds_saved,
  sum(saving.lookups_saved) AS lookups_saved, round(sum(saving.spinning_saved_ns) / 1e6, 3) AS spinning_saved_ms,
  round(sum(saving.slept_instead_ns) / 1e6, 3) AS slept_instead_ms,
  round(sum(saving.latency_saved_ns) / 1e6, 3) AS latency_saved_ms, sum(saving.missed_invalidations) AS missed_invalidations,
  sum(saving.stuck_count) AS stuck
FROM (SELECT unnest(form_savings) AS saving FROM recording WHERE stamp_unit = 'ns')
GROUP BY saving.form, saving.against ORDER BY recordings DESC, saving.against, spinning_saved_ms DESC, saving.form;

-- unjudged: Which recordings could not be judged, or not completely, and why?
SELECT id AS recording_id, name, file_name, host, kernel, coalesce(verdict, status) AS verdict,
  coalesce(error, array_to_string(verdict_reasons, '; ')) AS why
FROM recording WHERE status <> 'judged' OR is_limited = 1
ORDER BY status = 'judged', verdict, id;

-- labels: Which labels are there?
SELECT entry.key AS name, entry.value AS value, count(*) AS recordings
FROM (SELECT unnest(map_entries(labels)) AS entry FROM recording) GROUP BY name, value ORDER BY name, value;
