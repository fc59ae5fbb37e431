-- The questions that have a name: `gpc-replay query DB NAME`. Each is a line with its name and its sentence, and one
-- SELECT.

-- missed: Was an invalidation missed, how sure is that, and which events prove it?
SELECT id, kind, certainty, cache_id, invalidation_id, event_id, seconds, proof, summary
FROM finding_report WHERE kind IN ('contract', 'stale');

-- hidden: Where could a missed invalidation hide, because the recorded order leaves it open?
SELECT subject, event_id, cache_id, invalidation_id, refresh_id, check_id FROM hidden_miss;

-- findings: What was found, the worst first?
SELECT id, kind, certainty, cache_id, event_id, seconds, summary FROM finding_report;

-- causes: Why were rounds of the retry loop repeated, and what did it cost?
SELECT cause, sub_cause, rounds, refreshes, lost_ns FROM retry_by_cause;

-- caches: Which caches retry most?
SELECT cache_id, gpc_hex, last_uhva_hex, refreshes, rounds, rounds_max, necessary_rounds, false_rounds, stall_ns
FROM cache_retry;

-- stalls: Which refreshes stalled longest in the retry loop, when, and whose are they?
SELECT refresh_id, since_start_ns, stall_ns, false_ns, rounds, comm, pid, cache_id, gpc_hex, outcome, entry_event_id
FROM stall;

-- waits: Which tasks wait in retry loops and for refresh_lock?
SELECT comm, pid, refreshes, rounds, stall_ns, false_ns, lock_wait_ns FROM task_wait;

-- issuers: Whose invalidations made rounds repeat?
SELECT comm, pid, count(*) AS invalidations, sum(rounds) AS rounds, sum(necessary_rounds) AS necessary_rounds,
  sum(false_rounds) AS false_rounds, CAST(total(lost_ns) AS INTEGER) AS lost_ns
FROM invalidation_retry GROUP BY comm, pid ORDER BY lost_ns DESC, comm, pid;

-- invalidations: Which invalidations made rounds repeat?
SELECT invalidation_id, comm, pid, hva_start_hex, hva_end_hex, mn_event, rounds, necessary_rounds, false_rounds, lost_ns
FROM invalidation_retry;

-- durations: What kinds of invalidation are there, do they meet a memslot, and how long do they take?
SELECT mn_event, hits_memslot, count(*) AS invalidations, CAST(avg(duration_ns) AS INTEGER) AS duration_mean_ns,
  max(duration_ns) AS duration_max_ns
FROM invalidation GROUP BY mn_event, hits_memslot;

-- valid: What was valid while it was being invalidated?
SELECT witness, event_id, invalidation_id, cache_id, gpc_hex, uhva_hex, hva_start_hex, hva_end_hex, is_in_contract_window
FROM valid_during_invalidation;

-- unfinished: What was open when the recording ended, and what does it wait for?
SELECT kind, comm, pid, cache_id, gpc_hex, open_ns, event_id, last_event_id, invalidation_id, range, waits_at
FROM never_ended_report;

-- errors: Which refreshes failed, and how many lookups did they take?
SELECT refresh.ret, count(DISTINCT refresh.id) AS refreshes, count(retry_round.id) AS lookups
FROM refresh LEFT JOIN retry_round ON retry_round.refresh_id = refresh.id
WHERE refresh.outcome = 'failed' GROUP BY refresh.ret;

-- decisions: Does the recorded kernel decide as the protocol says?
SELECT subject, forced_agreeing, forced, open, unknown FROM conformance;

-- doubts: Why is something open, unknown or undecided?
SELECT subject, verdict, doubt, count, meaning FROM doubt_count;

-- forms: Which forms does the recording agree with, and what refutes the others?
SELECT form, agreeing_test_count, test_count, refuted_count, refuted_event_id, refuted_by FROM form_agreement;

-- savings: What would each form have saved, as compare models it?
SELECT form, rounds_saved, lookups_saved, spinning_saved_ns, slept_instead_ns, latency_saved_ns, missed_invalidations
FROM form_saving;

-- orders: Which other orders of the recorded steps would have gone wrong, as explore found them?
SELECT id, form, verdict, window, title, events FROM counterexample_report;

-- vms: Which VMs are there, and what happened to each?
SELECT vm_id, kvm_hex, caches, memslots, invalidations, refreshes, findings, is_created_in_trace, is_gone FROM vm_activity;

-- names: Which events were recorded, and how many of each?
SELECT name, kind, count, is_stored FROM event_count;

-- gaps: Where were events dropped?
SELECT cpu, gaps, lost, gaps_of_unknown_size, first_line, last_line FROM loss_by_cpu;

-- probes: Which probes are missing, and what is unknown without them?
SELECT probe, unknown_without_it FROM missing_probe;

-- issues: What of the input could not be read, or was odd?
SELECT kind, severity, count FROM import_issue_count ORDER BY count DESC, kind;
