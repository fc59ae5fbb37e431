-- The questions of a kernel developer, as views. The report is SELECTs over them.
--
-- * One type per column name, in all tables and views. A u64 column X is an INTEGER everywhere; its value in hex is a
--   TEXT called X_hex. A literal in hex is an integer: WHERE gpc = 0xffff88810000a668 finds the rows that
--   WHERE gpc_hex = '0xffff88810000a668' does.
-- * ts_ns is the recorded time stamp, since_start_ns counts from the first event. seconds is a REAL of the trace clock,
--   as `trace-cmd report` prints it; NULL where stamps are ticks.
-- * Times and losses are summed by total(): where a damaged recording has stamps centuries apart, sum() fails.

-- The times of an event.
CREATE VIEW event_time AS
SELECT id, ts_ns,
  -- CAST: SQLite makes a REAL of a difference that 64 bits cannot hold.
  CAST(ts_ns - (SELECT first_ts_ns FROM trace) AS INTEGER) AS since_start_ns,
  iif((SELECT stamp_unit = 'ns' FROM trace), ts_ns / 1e9, NULL) AS seconds
FROM event;

-- The recorded events, with all columns of the table, and its addresses also in hex.
CREATE VIEW event_hex AS
SELECT *,
  iif(kvm IS NULL, NULL, printf('0x%x', kvm)) AS kvm_hex,
  iif(gpc IS NULL, NULL, printf('0x%x', gpc)) AS gpc_hex,
  iif(uhva IS NULL, NULL, printf('0x%x', uhva)) AS uhva_hex,
  iif(gpa IS NULL, NULL, printf('0x%x', gpa)) AS gpa_hex,
  iif(pfn IS NULL, NULL, printf('0x%x', pfn)) AS pfn_hex,
  iif(generation IS NULL, NULL, printf('0x%x', generation)) AS generation_hex,
  iif(slots_generation IS NULL, NULL, printf('0x%x', slots_generation)) AS slots_generation_hex,
  iif(hva_start IS NULL, NULL, printf('0x%x', hva_start)) AS hva_start_hex,
  iif(hva_end IS NULL, NULL, printf('0x%x', hva_end)) AS hva_end_hex,
  iif(mn IS NULL, NULL, printf('0x%x', mn)) AS mn_hex,
  iif(mm IS NULL, NULL, printf('0x%x', mm)) AS mm_hex,
  iif(old_gpa IS NULL, NULL, printf('0x%x', old_gpa)) AS old_gpa_hex,
  iif(old_uhva IS NULL, NULL, printf('0x%x', old_uhva)) AS old_uhva_hex,
  iif(khva IS NULL, NULL, printf('0x%x', khva)) AS khva_hex
FROM event;

-- The virtual machines, with all columns of the table, and its addresses also in hex.
CREATE VIEW vm_hex AS
SELECT *,
  iif(kvm IS NULL, NULL, printf('0x%x', kvm)) AS kvm_hex,
  iif(mn IS NULL, NULL, printf('0x%x', mn)) AS mn_hex,
  iif(mm IS NULL, NULL, printf('0x%x', mm)) AS mm_hex
FROM vm;

-- The caches, with all columns of the table, and its addresses also in hex.
CREATE VIEW cache_hex AS
SELECT *,
  printf('0x%x', gpc) AS gpc_hex,
  iif(last_gpa IS NULL, NULL, printf('0x%x', last_gpa)) AS last_gpa_hex,
  iif(last_uhva IS NULL, NULL, printf('0x%x', last_uhva)) AS last_uhva_hex
FROM cache;

-- The memslots, with all columns of the table, and its addresses also in hex.
CREATE VIEW memslot_hex AS
SELECT *,
  printf('0x%x', gpa) AS gpa_hex,
  printf('0x%x', uhva) AS uhva_hex
FROM memslot;

-- The invalidations, with all columns of the table, and its addresses also in hex.
CREATE VIEW invalidation_hex AS
SELECT *,
  printf('0x%x', hva_start) AS hva_start_hex,
  printf('0x%x', hva_end) AS hva_end_hex
FROM invalidation;

-- The rounds of the retry loop, with all columns of the table, and its addresses also in hex.
CREATE VIEW retry_round_hex AS
SELECT *,
  iif(uhva IS NULL, NULL, printf('0x%x', uhva)) AS uhva_hex
FROM retry_round;

-- Every event as text: its times, comm and pid, name, and the recorded fields as `fields` (addresses in hex).
CREATE VIEW event_text AS
SELECT event.id, event.ts_ns, event_time.since_start_ns, event_time.seconds,
  event.cpu,
  task.comm,
  task.pid,
  coalesce(event_name.name, event_kind.name) AS name, -- of a loss marker: its kind's
  ltrim(
    iif(kvm IS NULL, '', printf(' kvm=0x%x', kvm)) || iif(gpc IS NULL, '', printf(' gpc=0x%x', gpc))
    || iif(mn IS NULL, '', printf(' mn=0x%x', mn)) || iif(mm IS NULL, '', printf(' mm=0x%x', mm))
    || iif(hva_start IS NULL, '', printf(' start=0x%x', hva_start)) || iif(hva_end IS NULL, '', printf(' end=0x%x', hva_end))
    || iif(slot IS NULL, '', printf(' slot=%d', slot)) || iif(flags IS NULL, '', printf(' flags=0x%x', flags))
    || iif(mn_event IS NULL, '', printf(' event=%d', mn_event))
    || iif(gpa IS NULL, '', printf(' gpa=0x%x', gpa)) || iif(uhva IS NULL, '', printf(' uhva=0x%x', uhva))
    || iif(old_gpa IS NULL, '', printf(' old_gpa=0x%x', old_gpa))
    || iif(old_uhva IS NULL, '', printf(' old_uhva=0x%x', old_uhva))
    || iif(pfn IS NULL, '', printf(' pfn=0x%x', pfn)) || iif(khva IS NULL, '', printf(' khva=0x%x', khva))
    || iif(len IS NULL, '', printf(' len=%d', len)) || iif(write_fault IS NULL, '', printf(' write=%d', write_fault))
    || iif(active IS NULL, '', printf(' active=%d', active)) || iif(valid IS NULL, '', printf(' valid=%d', valid))
    || iif(generation IS NULL, '', printf(' gen=0x%x', generation))
    || iif(slots_generation IS NULL, '', printf(' slotsgen=0x%x', slots_generation))
    || iif(mmu_seq IS NULL, '', printf(' mmu_seq=%d', mmu_seq))
    || iif(active_inv IS NULL, '', printf(' active_inv=%d', active_inv)) || iif(seq IS NULL, '', printf(' seq=%d', seq))
    || iif(ret IS NULL, '', printf(' ret=%d', ret))) AS fields
FROM event
JOIN event_time ON event_time.id = event.id
LEFT JOIN task ON task.id = event.task_id
LEFT JOIN event_name ON event_name.id = event.name_id
LEFT JOIN event_kind ON event_kind.id = event.kind_id;

-- What was recorded: the events by name, how often, and their kind.
CREATE VIEW event_count AS
SELECT event_name.name, event_kind.name AS kind, event_name.count, event_name.is_stored, event_kind.meaning
FROM event_name LEFT JOIN event_kind ON event_kind.id = event_name.kind_id
WHERE event_name.count > 0
ORDER BY event_name.count DESC, event_name.name;

-- Which probes are missing: a kind that never occurs although the one it goes with does, and what is unknown without
-- it. Points inside functions only narrow intervals: none of them is missing. A kind that can be absent for long (idle)
-- is missing only if the recording does not list it as set; it represents one of its alternatives.
CREATE VIEW missing_probe AS
WITH recorded (kind, came) AS (
  SELECT event_kind.name, max(count > 0) FROM event_name JOIN event_kind ON event_kind.id = kind_id
  WHERE count > 0 OR is_listed GROUP BY kind_id),
idle (kind, alternative, unknown_without_it) AS (VALUES
  ('gpc_init', NULL, 'when a cache is initialised again'),
  ('gpc_activate', 'gpc_activate_hva', 'when a cache is activated'),
  ('gpc_deactivate', NULL, 'when a cache is deactivated'),
  ('__gpc_refresh', 'gfn_to_pfn_cache_refresh', 'when a refresh has refresh_lock'),
  ('hva_to_pfn', NULL, 'when a refresh reads the page tables')),
pair (kind, goes_with, unknown_without_it) AS (VALUES
  ('mn_invalidate_range_start', 'mn_invalidate_range_start_ret', 'which VM, mm and range an invalidation is of'),
  ('mn_invalidate_range_start', 'kvm_unmap_hva_range', 'which VM, mm and range an invalidation is of'),
  ('mn_invalidate_range_start', 'mn_invalidate_range_end', 'which VM, mm and range an invalidation is of'),
  ('mn_invalidate_range_start_ret', 'mn_invalidate_range_start', 'where the contract window of an invalidation begins'),
  ('mn_invalidate_range_end', 'mn_invalidate_range_start', 'where the contract window of an invalidation is over'),
  ('mn_invalidate_range_end', 'mn_invalidate_range_end_ret', 'where the contract window of an invalidation is over'),
  ('mn_invalidate_range_end_ret', 'mn_invalidate_range_start', 'when the count of invalidations in flight goes down'),
  ('mn_invalidate_range_end_ret', 'mn_invalidate_range_end', 'when the count of invalidations in flight goes down'),
  ('gpc_invalidate_start', 'mn_invalidate_range_start', 'when, and in which hook, the caches are walked'),
  ('gpc_activate', 'gpc_activate_ret', 'when a cache is activated'),
  ('gpc_activate_ret', 'gpc_activate', 'when the activation of a cache is over'),
  ('gpc_activate_hva', 'gpc_activate_hva_ret', 'when a cache is activated'),
  ('gpc_activate_hva_ret', 'gpc_activate_hva', 'when the activation of a cache is over'),
  ('gpc_deactivate', 'gpc_deactivate_ret', 'when a cache is deactivated'),
  ('gpc_deactivate_ret', 'gpc_deactivate', 'when the deactivation of a cache is over'),
  ('__gpc_refresh', 'gpc_refresh', 'when a refresh has refresh_lock'),
  ('__gpc_refresh', '__gpc_refresh_ret', 'when a refresh has refresh_lock'),
  ('__gpc_refresh_ret', '__gpc_refresh', 'how a refresh ended'),
  ('gpc_refresh_ret', 'gfn_to_pfn_cache_refresh', 'how a refresh ended'),
  ('hva_to_pfn', '__gpc_refresh', 'when a refresh reads the page tables'),
  ('hva_to_pfn', 'gfn_to_pfn_cache_refresh', 'when a refresh reads the page tables'),
  ('hva_to_pfn', 'hva_to_pfn_ret', 'when a refresh reads the page tables'),
  ('hva_to_pfn_ret', 'hva_to_pfn', 'when a lookup has read the page tables, and its pfn'),
  ('gpc_check', 'gpc_check_ret', 'whether a check said yes where it must not'),
  ('gpc_check_ret', 'gpc_check', 'the answers of the checks'),
  ('set_memory_region', 'set_memory_region_ret', 'which ranges meet a memslot'),
  ('set_memory_region_ret', 'set_memory_region', 'which ranges meet a memslot'))
SELECT event_kind.name AS probe, event_kind.meaning, missing.unknown_without_it
FROM (
SELECT pair.kind, pair.unknown_without_it FROM pair
WHERE pair.goes_with IN (SELECT kind FROM recorded WHERE came)
  AND pair.kind NOT IN (SELECT kind FROM recorded WHERE came)
UNION
SELECT idle.kind, idle.unknown_without_it FROM idle
-- A recording without a check proves nothing anyway.
WHERE 'gpc_check' IN (SELECT kind FROM recorded WHERE came)
  AND NOT EXISTS (SELECT 1 FROM recorded WHERE recorded.kind IN (idle.kind, idle.alternative))
  -- If no cache was initialised again, there may have been no deactivation.
  AND (idle.kind <> 'gpc_deactivate' OR EXISTS (SELECT 1 FROM cache GROUP BY gpc HAVING count(*) > 1))
  -- v5.17 initialises and activates in one function.
  AND NOT (idle.kind = 'gpc_init' AND EXISTS (SELECT 1 FROM event_name WHERE name = 'kvm_gfn_to_pfn_cache_init' AND count > 0))
) AS missing JOIN event_kind ON event_kind.name = missing.kind
ORDER BY event_kind.id;

-- Fields whose values cannot be what their probes should read, and so are not used; by the events' names in this
-- recording.
CREATE VIEW implausible_probe AS
SELECT coalesce((SELECT min(name) FROM event_name WHERE kind_id = implausible_field.kind_id), event_kind.name) AS probe,
  implausible_field.field, implausible_field.sign, implausible_field.value_count, implausible_field.first_event_id
FROM implausible_field JOIN event_kind ON event_kind.id = implausible_field.kind_id
WHERE EXISTS (SELECT 1 FROM event_name WHERE kind_id = implausible_field.kind_id AND count > 0)
ORDER BY implausible_field.id;

-- Where events were dropped. lost: the sum where it is known; gaps_of_unknown_size: the gaps where it is not.
CREATE VIEW loss_by_cpu AS
SELECT cpu, count(*) AS gaps, CAST(total(event_count) AS INTEGER) AS lost,
  count(*) FILTER (WHERE event_count IS NULL) AS gaps_of_unknown_size,
  min(line) AS first_line, max(line) AS last_line
FROM loss GROUP BY cpu ORDER BY cpu;

-- Does the recorded kernel decide as the rules say? forced: every order that the recording allows gives one answer.
CREATE VIEW conformance AS
SELECT 'retry_test' AS subject,
  count(*) FILTER (WHERE decision = 'agrees') AS forced_agreeing,
  count(*) FILTER (WHERE decision IN ('agrees', 'disagrees')) AS forced,
  count(*) FILTER (WHERE decision = 'open') AS open,
  count(*) FILTER (WHERE decision = 'unknown') AS unknown
FROM retry_round
UNION ALL
SELECT 'check',
  count(*) FILTER (WHERE decision = 'agrees'),
  count(*) FILTER (WHERE decision IN ('agrees', 'disagrees')),
  count(*) FILTER (WHERE decision = 'open'),
  count(*) FILTER (WHERE decision = 'unknown')
FROM cache_check;

-- Why something is open, unknown or undecided: how many decisions, and causes of repeated rounds, depend on what.
CREATE VIEW doubt_count AS
SELECT subject, verdict, doubt, meaning, count FROM (
  SELECT 1 AS position, 'retry_test' AS subject, decision AS verdict, doubt, count(*) AS count
  FROM retry_round WHERE decision IN ('open', 'unknown') GROUP BY decision, doubt
  UNION ALL
  SELECT 2, 'check', decision, doubt, count(*) FROM cache_check WHERE decision IN ('open', 'unknown') GROUP BY decision, doubt
  UNION ALL
  SELECT 3, 'cause', cause, doubt, count(*) FROM retry_round WHERE cause IN ('undecided', 'unknown') GROUP BY cause, doubt)
LEFT JOIN doubt ON doubt.name = doubt
ORDER BY position, verdict, doubt;

-- What was open when the recording ended, and for how long; what it waits for.
CREATE VIEW never_ended_report AS
SELECT never_ended.id, never_ended.kind, never_ended.vm_id, never_ended.cache_id,
  cache_hex.gpc_hex, task.comm, task.pid,
  never_ended.event_id, never_ended.last_event_id, never_ended.open_ns, never_ended.refresh_id, never_ended.invalidation_id,
  '[' || invalidation_hex.hva_start_hex || ', ' || invalidation_hex.hva_end_hex || ')' AS range,
  never_ended.waits_at
FROM never_ended
LEFT JOIN cache_hex ON cache_hex.id = never_ended.cache_id
LEFT JOIN task ON task.id = never_ended.task_id
LEFT JOIN invalidation_hex ON invalidation_hex.id = never_ended.invalidation_id
ORDER BY never_ended.open_ns DESC, never_ended.id;

-- Why rounds of the retry loop were repeated, and the time that they took.
CREATE VIEW retry_by_cause AS
SELECT cause, sub_cause, count(*) AS rounds, count(DISTINCT refresh_id) AS refreshes,
  CAST(total(duration_ns) AS INTEGER) AS lost_ns
FROM retry_round WHERE cause IS NOT NULL
GROUP BY cause, sub_cause
ORDER BY CASE cause WHEN 'false' THEN 1 WHEN 'necessary' THEN 2 WHEN 'undecided' THEN 3 ELSE 4 END, sub_cause;

-- Which caches retry most.
CREATE VIEW cache_retry AS
SELECT cache.id AS cache_id, cache.vm_id, cache.gpc_hex, cache.epoch, cache.last_uhva_hex,
  count(refresh.id) AS refreshes,
  count(*) FILTER (WHERE refresh.necessary_count + refresh.false_count + refresh.undecided_count > 0) AS refreshes_retrying,
  CAST(total(refresh.round_count) AS INTEGER) AS rounds,
  coalesce(max(refresh.round_count), 0) AS rounds_max,
  CAST(total(refresh.necessary_count) AS INTEGER) AS necessary_rounds,
  CAST(total(refresh.false_count) AS INTEGER) AS false_rounds,
  CAST(total(refresh.undecided_count) AS INTEGER) AS undecided_rounds,
  CAST(total(refresh.stall_ns) AS INTEGER) AS stall_ns,
  coalesce(max(refresh.stall_ns), 0) AS stall_max_ns,
  CAST(total(refresh.false_ns) AS INTEGER) AS false_ns
FROM cache_hex AS cache LEFT JOIN refresh ON refresh.cache_id = cache.id
GROUP BY cache.id
ORDER BY rounds DESC, cache.id;

-- Which invalidations caused retries: those that alone give the cause of a round.
CREATE VIEW invalidation_retry AS
SELECT invalidation.id AS invalidation_id, invalidation.vm_id, task.comm, task.pid,
  invalidation.hva_start_hex, invalidation.hva_end_hex,
  invalidation.mn_event, invalidation.start_event_id, invalidation.close, invalidation.duration_ns,
  count(*) AS rounds,
  count(DISTINCT retry_round.refresh_id) AS refreshes,
  count(*) FILTER (WHERE cause = 'necessary') AS necessary_rounds,
  count(*) FILTER (WHERE cause = 'false') AS false_rounds,
  CAST(total(retry_round.duration_ns) AS INTEGER) AS lost_ns
FROM retry_round
JOIN invalidation_hex AS invalidation ON invalidation.id = retry_round.invalidation_id
LEFT JOIN task ON task.id = invalidation.task_id
WHERE retry_round.cause IN ('necessary', 'false')
GROUP BY invalidation.id
ORDER BY rounds DESC, invalidation.id;

-- Which refreshes stalled longest in the retry loop.
CREATE VIEW stall AS
SELECT refresh.id AS refresh_id, refresh.stall_ns, refresh.false_ns, refresh.lock_wait_ns,
  refresh.round_count AS rounds, refresh.necessary_count AS necessary_rounds, refresh.false_count AS false_rounds,
  refresh.undecided_count AS undecided_rounds,
  refresh.cache_id, refresh.vm_id, cache.gpc_hex, task.comm, task.pid,
  refresh.origin, refresh.outcome, refresh.ret, refresh.entry_event_id, event_time.since_start_ns
FROM refresh
JOIN cache_hex AS cache ON cache.id = refresh.cache_id
LEFT JOIN task ON task.id = refresh.task_id
LEFT JOIN event_time ON event_time.id = refresh.entry_event_id
WHERE refresh.round_count > 0
ORDER BY refresh.stall_ns DESC, refresh.id;

-- What was valid while it was being invalidated: a check that said yes, or a round that was accepted, after the start hook of
-- an invalidation of the same VM that overlaps the page had been entered and before its end hook had returned.
-- Not of invalidations whose end was lost: how long they lasted is not recorded.
-- is_in_contract_window: wholly between the start hook's return and the end hook's entry, where the page must not be used.
-- (CROSS JOIN and INDEXED BY keep SQLite on the indices over event ids: from each invalidation to what happened during it.)
CREATE VIEW valid_during_invalidation AS
WITH span AS (
  SELECT *, coalesce(end_ret_event_id, end_event_id, 9223372036854775807) AS last_event_id
  FROM invalidation_hex WHERE start_event_id IS NOT NULL AND close <> 'lost')
SELECT 'check' AS witness, cache_check.entry_event_id AS event_id, span.id AS invalidation_id, span.vm_id,
  cache_check.cache_id, cache.gpc_hex, printf('0x%x', event.uhva) AS uhva_hex,
  span.hva_start_hex, span.hva_end_hex, span.mn_event,
  coalesce(cache_check.entry_event_id > span.start_ret_event_id AND cache_check.return_event_id < span.end_event_id, 0)
    AS is_in_contract_window
FROM span
CROSS JOIN cache_check INDEXED BY cache_check_entry
  ON cache_check.entry_event_id BETWEEN span.start_event_id AND span.last_event_id
CROSS JOIN event ON event.id = cache_check.entry_event_id
CROSS JOIN cache_hex AS cache ON cache.id = cache_check.cache_id AND cache.vm_id = span.vm_id
WHERE cache_check.answer = 1 AND event.uhva >= 0
  AND span.hva_start BETWEEN 0 AND event.uhva & ~4095 AND (span.hva_end < 0 OR event.uhva & ~4095 < span.hva_end)
UNION ALL
SELECT 'accepted_round', retry_round.test_event_id, span.id, span.vm_id,
  refresh.cache_id, cache.gpc_hex, printf('0x%x', retry_round.uhva),
  span.hva_start_hex, span.hva_end_hex, span.mn_event,
  coalesce(retry_round.test_event_id > span.start_ret_event_id AND refresh.return_event_id < span.end_event_id, 0)
FROM span
CROSS JOIN retry_round INDEXED BY retry_round_accepted ON retry_round.outcome = 'accepted'
  AND retry_round.test_event_id BETWEEN span.start_event_id AND span.last_event_id
CROSS JOIN refresh ON refresh.id = retry_round.refresh_id AND refresh.vm_id = span.vm_id
CROSS JOIN cache_hex AS cache ON cache.id = refresh.cache_id
WHERE retry_round.uhva >= 0
  AND span.hva_start BETWEEN 0 AND retry_round.uhva & ~4095
  AND (span.hva_end < 0 OR retry_round.uhva & ~4095 < span.hva_end);

-- The findings, worst first, with the lines of their proof; the times are those of event_id.
CREATE VIEW finding_report AS
SELECT finding.id, finding.kind, finding.certainty, finding.summary,
  finding.vm_id, vm_hex.kvm_hex, finding.cache_id, cache_hex.gpc_hex,
  finding.event_id, event_time.ts_ns, event_time.since_start_ns, event_time.seconds,
  finding.invalidation_id, finding.refresh_id, finding.check_id,
  finding.witness, finding.no_witness, finding.witness_event_id, finding.witness_ret_event_id, finding.certainty_alone,
  (SELECT group_concat(event_id, ' ') FROM
    (SELECT event_id FROM finding_event WHERE finding_id = finding.id ORDER BY position)) AS proof
FROM finding
LEFT JOIN finding_kind ON finding_kind.name = finding.kind
LEFT JOIN event_time ON event_time.id = finding.event_id
LEFT JOIN vm_hex ON vm_hex.id = finding.vm_id
LEFT JOIN cache_hex ON cache_hex.id = finding.cache_id
LEFT JOIN refresh ON refresh.id = finding.refresh_id
ORDER BY finding_kind.position, finding.certainty, iif(finding.kind = 'excessive_retry', -refresh.false_ns, 0),
  -- The same pfn shows that the page was kept, if a freed one rarely comes back: such findings are listed after the
  -- others.
  finding.certainty = 'possible' AND finding.witness = 'same_pfn'
    AND (SELECT 10 * same_pfn_count <= after_removal_count AND after_removal_count > 0 FROM witness_weight),
  finding.id;

-- Where a missed invalidation could hide: the retry tests and checks of undecided_overlap that no finding is about, each
-- with one of the invalidations.
CREATE VIEW hidden_miss AS
SELECT subject, event_id, cache_id, min(invalidation_id) AS invalidation_id, refresh_id, check_id
FROM undecided_overlap
WHERE event_id NOT IN (SELECT event_id FROM finding WHERE kind IN ('contract', 'stale'))
  AND coalesce(refresh_id, 0) NOT IN (SELECT refresh_id FROM finding WHERE kind = 'stale' AND refresh_id IS NOT NULL)
GROUP BY subject, event_id
ORDER BY event_id;

-- The proof of each finding as a timeline, one event per row.
CREATE VIEW finding_timeline AS
SELECT finding_event.finding_id, finding_event.position, event_text.id AS event_id, event_text.ts_ns,
  event_text.since_start_ns, event_text.seconds, event_text.cpu,
  event_text.comm, event_text.pid, event_text.name, event_text.fields,
  event_text.id = finding.event_id AS is_the_wrong_one
FROM finding_event
JOIN finding ON finding.id = finding_event.finding_id
JOIN event_text ON event_text.id = finding_event.event_id
ORDER BY finding_event.finding_id, finding_event.position;

-- Who waits: the time tasks spent in retry loops and for refresh_lock.
CREATE VIEW task_wait AS
SELECT task.id AS task_id, task.comm, task.pid, count(*) AS refreshes, sum(refresh.round_count) AS rounds,
  CAST(total(refresh.stall_ns) AS INTEGER) AS stall_ns, CAST(total(refresh.false_ns) AS INTEGER) AS false_ns,
  CAST(total(refresh.lock_wait_ns) AS INTEGER) AS lock_wait_ns
FROM refresh JOIN task ON task.id = refresh.task_id
GROUP BY task.id ORDER BY stall_ns DESC, task.id;

-- The VMs of the recording and what happened to each of them.
CREATE VIEW vm_activity AS
SELECT vm.id AS vm_id, vm.kvm_hex, vm.mn_hex, vm.mm_hex, vm.first_event_id, vm.last_event_id, vm.is_created_in_trace, vm.is_gone,
  (SELECT count(*) FROM cache WHERE vm_id = vm.id) AS caches,
  (SELECT count(*) FROM memslot WHERE vm_id = vm.id) AS memslots,
  (SELECT count(*) FROM invalidation WHERE vm_id = vm.id) AS invalidations,
  (SELECT count(*) FROM refresh WHERE vm_id = vm.id) AS refreshes,
  (SELECT count(*) FROM finding WHERE vm_id = vm.id) AS findings
FROM vm_hex AS vm ORDER BY vm.id;

-- What each form would have saved compared with the recorded kernel's own form, both modelled. Below 0: it costs more.
CREATE VIEW form_saving AS
SELECT other.form, base.form AS against,
  base.round_count - other.round_count AS rounds_saved,
  base.wasted_lookup_count - other.wasted_lookup_count AS lookups_saved,
  base.spun_ns - other.spun_ns AS spinning_saved_ns,
  other.slept_ns - base.slept_ns AS slept_instead_ns,
  base.latency_sum_ns - other.latency_sum_ns AS latency_saved_ns,
  base.stall_max_ns - other.stall_max_ns AS stall_saved_ns,
  other.failed_check_count - base.failed_check_count AS checks_failing_instead,
  other.contract_count + other.stale_count AS missed_invalidations,
  other.stuck_count
FROM form_cost AS other
JOIN replay
JOIN form_cost AS base ON base.form = replay.form
WHERE other.is_modelled = 1
ORDER BY other.id;

-- How far the model of the recorded kernel's form is off: recorded and modelled figures.
CREATE VIEW model_agreement AS
WITH pair AS (
  SELECT r.*, m.refresh_count AS m_refreshes, m.failed_count AS m_failed, m.round_count AS m_rounds,
    m.necessary_count AS m_necessary, m.false_count AS m_false, m.spun_ns AS m_spun, m.latency_sum_ns AS m_latency,
    m.failed_check_count AS m_failed_checks, m.contract_count + m.stale_count AS m_missed
  FROM form_cost AS r JOIN replay JOIN form_cost AS m ON m.form = replay.form WHERE r.is_modelled = 0),
figure (position, figure, recorded, modelled) AS (
  SELECT 1, 'refreshes', refresh_count, m_refreshes FROM pair
  UNION ALL SELECT 2, 'failed refreshes', failed_count, m_failed FROM pair
  UNION ALL SELECT 3, 'rounds', round_count, m_rounds FROM pair
  UNION ALL SELECT 4, 'necessary retries', necessary_count, m_necessary FROM pair
  UNION ALL SELECT 5, 'false retries', false_count, m_false FROM pair
  UNION ALL SELECT 6, 'ns in repeated rounds', spun_ns, m_spun FROM pair
  UNION ALL SELECT 7, 'ns from request to return', latency_sum_ns, m_latency FROM pair
  UNION ALL SELECT 8, 'checks that failed', failed_check_count, m_failed_checks FROM pair
  UNION ALL SELECT 9, 'missed invalidations', contract_count + stale_count, m_missed FROM pair)
SELECT figure, recorded, modelled, modelled - recorded AS difference FROM figure ORDER BY position;

-- What would have gone wrong in other orders of the recorded steps, by form: the counterexamples that explore found.
CREATE VIEW counterexample_report AS
SELECT counterexample.id, exploration.form, exploration.memory, exploration.delta_ns, counterexample.verdict,
  counterexample.window, counterexample.title,
  (SELECT group_concat(event_id, ' ') FROM
    (SELECT event_id FROM counterexample_event WHERE counterexample_id = counterexample.id ORDER BY position)) AS events
FROM counterexample JOIN exploration ON exploration.id = counterexample.exploration_id
ORDER BY counterexample.id;
