-- The questions of a fleet database that have a name: `gpc-replay query FLEET NAME`. Each is a line with its name and
-- its sentence, and one SELECT.

-- kernels: Which kernels missed an invalidation, in how many recordings?
SELECT kernel, count(*) AS recordings, sum(missed_certain > 0) AS certain,
  sum(missed_certain = 0 AND missed_possible > 0) AS possible, sum(verdict = 'clean') AS clean,
  sum(is_limited) AS not_all_known, sum(status <> 'judged') AS not_judged
FROM missed_count GROUP BY kernel ORDER BY 3 DESC, 4 DESC, kernel;

-- missed: Which recordings missed an invalidation, how sure is that, and on which host?
SELECT missed_count.id AS recording_id, missed_count.name, file_name, host, kernel, workload, missed_certain AS certain,
  missed_possible AS possible, finding.id AS finding_id, finding.event_id, finding.summary AS worst
FROM missed_count JOIN finding ON finding.recording_id = missed_count.id AND finding.position = (
  SELECT min(position) FROM finding AS other WHERE other.recording_id = missed_count.id AND kind IN ('contract', 'stale'))
WHERE missed_certain + missed_possible > 0
ORDER BY missed_certain > 0 DESC, missed_count.id;

-- retries: How many false retries per second are there, by kernel and workload?
SELECT kernel, workload, count(*) AS recordings, sum(refresh_count) AS refreshes, sum(false_count) AS false_rounds,
  sum(undecided_count) AS rounds_of_unknown_cause,
  round(total(false_count) * 1e9 / nullif(total(length_ns), 0), 2) AS false_rounds_per_s,
  round(total(false_ns) * 1e3 / nullif(total(length_ns), 0), 3) AS lost_ms_per_s,
  round(max(longest_stall_ns) / 1e6, 3) AS longest_stall_ms
FROM labelled WHERE status = 'judged' AND stamp_unit = 'ns'
GROUP BY kernel, workload ORDER BY false_rounds_per_s DESC, kernel, workload;

-- hosts: Which hosts are worst, by missed invalidations and by time lost to false retries?
SELECT host, count(*) AS recordings, sum(missed_certain > 0) AS certain,
  sum(missed_certain = 0 AND missed_possible > 0) AS possible, sum(is_limited) AS not_all_known,
  sum(status <> 'judged') AS not_judged, sum(false_count) FILTER (WHERE stamp_unit = 'ns') AS false_rounds,
  round(total(false_ns) FILTER (WHERE stamp_unit = 'ns') / 1e6, 3) AS false_ms,
  round(max(longest_stall_ns) FILTER (WHERE stamp_unit = 'ns') / 1e6, 3) AS longest_stall_ms
FROM missed_count GROUP BY host ORDER BY certain DESC, possible DESC, false_ms DESC, host;

-- savings: What would each form have saved over all recordings that were compared?
SELECT form, against, count(*) AS recordings, sum(rounds_saved) AS rounds_saved, sum(lookups_saved) AS lookups_saved,
  round(total(spinning_saved_ns) / 1e6, 3) AS spinning_saved_ms, round(total(slept_instead_ns) / 1e6, 3) AS slept_instead_ms,
  round(total(latency_saved_ns) / 1e6, 3) AS latency_saved_ms, sum(missed_invalidations) AS missed_invalidations,
  sum(stuck_count) AS stuck
FROM form_saving WHERE recording_id IN (SELECT id FROM recording WHERE stamp_unit = 'ns')
GROUP BY form, against ORDER BY recordings DESC, against, spinning_saved_ms DESC, form;

-- unjudged: Which recordings could not be judged, or not completely, and why?
SELECT labelled.id AS recording_id, labelled.name, file_name, host, kernel, coalesce(verdict, status) AS verdict,
  coalesce(error, (SELECT group_concat(sentence, '; ') FROM
    (SELECT sentence FROM verdict_reason WHERE recording_id = labelled.id ORDER BY position))) AS why
FROM labelled WHERE status <> 'judged' OR is_limited
ORDER BY status = 'judged', verdict, labelled.id;

-- latencies: How long do refreshes take, by kernel?
WITH bucket AS (
  SELECT kernel, latency_bucket.kind, upper_ns, sum(latency_bucket.count) AS count
  FROM latency_bucket JOIN labelled ON labelled.id = recording_id GROUP BY kernel, latency_bucket.kind, upper_ns),
added AS (
  SELECT kernel, kind, upper_ns, sum(count) OVER (PARTITION BY kernel, kind ORDER BY upper_ns) AS up_to,
    sum(count) OVER (PARTITION BY kernel, kind) AS count
  FROM bucket)
SELECT kernel, kind, count AS refreshes,
  round(min(upper_ns) FILTER (WHERE up_to * 100 >= count * 50) / 1e6, 3) AS p50_ms,
  round(min(upper_ns) FILTER (WHERE up_to * 100 >= count * 99) / 1e6, 3) AS p99_ms
FROM added GROUP BY kernel, kind ORDER BY kernel, kind;

-- causes: Why were rounds of the retry loop repeated, and what did it cost?
SELECT cause, sub_cause, count(*) AS recordings, sum(rounds) AS rounds, sum(refreshes) AS refreshes,
  round(total(lost_ns) / 1e6, 3) AS lost_ms
FROM retry_by_cause WHERE recording_id IN (SELECT id FROM recording WHERE stamp_unit = 'ns')
GROUP BY cause, sub_cause ORDER BY lost_ms DESC, cause, sub_cause;

-- findings: How many findings of each kind are there, and in how many recordings?
SELECT kind, certainty, count(*) AS recordings, sum(count) AS findings
FROM finding_count GROUP BY kind, certainty ORDER BY kind, certainty;

-- forms: Which forms do the recordings of each kernel agree with?
SELECT kernel, form_agreement.form, sum(refuted_count = 0) AS agree, sum(refuted_count > 0) AS refuted
FROM form_agreement JOIN labelled ON labelled.id = recording_id
GROUP BY kernel, form_agreement.form ORDER BY kernel, agree DESC, form_agreement.form;

-- doubts: Why is something open, unknown or undecided?
SELECT subject, verdict, doubt, count(*) AS recordings, sum(count) AS count, meaning
FROM doubt_count GROUP BY subject, verdict, doubt ORDER BY count DESC, subject, verdict, doubt;

-- probes: Which probes are missing, and in how many recordings?
SELECT probe, count(DISTINCT recording_id) AS recordings, unknown_without_it
FROM missing_probe GROUP BY probe, unknown_without_it ORDER BY recordings DESC, probe, unknown_without_it;

-- gaps: Where were events dropped?
SELECT host, kernel, count(DISTINCT recording_id) AS recordings, sum(gaps) AS gaps, sum(lost) AS lost,
  sum(gaps_of_unknown_size) AS gaps_of_unknown_size
FROM loss_by_cpu JOIN labelled ON labelled.id = recording_id GROUP BY host, kernel ORDER BY gaps DESC, host, kernel;

-- labels: Which labels are there?
SELECT name, value, count(*) AS recordings FROM label GROUP BY name, value ORDER BY name, value;
