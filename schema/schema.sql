-- The tables of a gpc-replay database: one recording, and what the replay made of it.
--
-- * A u64 of the kernel (pointers, addresses, sequence numbers) is stored as the INTEGER with the same 64 bits. Kernel
--   pointers are therefore negative here; compare them for equality, never order by them. Views show them in hex, in
--   columns that end in _hex.
-- * An event's id is the number of its line in the text that was read, its ordinal in a trace.dat, or its position in
--   time stamp order (bpftrace): trace.event_place says which. So every id that a table or a view shows can be found in
--   the recording. Ids increase in replay order.
-- * Times are nanoseconds of the trace clock, durations end in _ns; if trace.stamp_unit is 'tick', both are counter
--   steps instead. Flags are 0 or 1. NULL: the recording does not say.

PRAGMA application_id = 0x67706372; -- "gpcr"
PRAGMA user_version = 9;

-- What all pages of the file were when gpc-replay last wrote to it: one row. Each page ends with a checksum of its own.
CREATE TABLE page_seal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  change_counter INTEGER NOT NULL,  -- of the file's header: a program that writes to the file counts it up
  page_count INTEGER NOT NULL,
  checksum INTEGER NOT NULL         -- of the pages' checksums in their order, without page 1 and this table's
) STRICT;
INSERT INTO page_seal VALUES (1, 0, 0, 0);

-- The recording this database holds: one row, written last.
CREATE TABLE trace (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  file_name TEXT NOT NULL,          -- without its folder; '-' for standard input
  content_hash TEXT,                -- of the file's bytes; NULL if the input is not to be recognised again
  tool_version TEXT NOT NULL,       -- the gpc-replay that wrote this database
  format TEXT NOT NULL,             -- the format that was recognised
  byte_count INTEGER NOT NULL,      -- as read, before decompression
  line_count INTEGER NOT NULL,      -- after decompression
  event_count INTEGER NOT NULL,     -- rows of event without the loss markers
  first_ts_ns INTEGER,              -- NULL: no event
  last_ts_ns INTEGER,
  clock TEXT NOT NULL,              -- the trace clock
  clock_source TEXT NOT NULL CHECK (clock_source IN ('recorded', 'convention', 'assumed')), -- convention: bpftrace's nsecs
  stamp_unit TEXT NOT NULL CHECK (stamp_unit IN ('ns', 'tick')), -- tick: of a clock that does not measure time (counter, x86-tsc)
  resolution_ns INTEGER NOT NULL,   -- of the time stamps as recorded
  incomplete TEXT,                  -- a sentence saying what is missing; NULL: the input is complete
  import_options TEXT NOT NULL,     -- options that change what is read, in the order of their names; '' if none was given
  event_place TEXT NOT NULL CHECK (event_place IN ('line', 'record', 'event')), -- what ids count; event: in time stamp order
  kernel_release TEXT               -- of the recorded kernel (uname -r); NULL: the recording does not name it
) STRICT;

-- The settings of the replay: one row, or none if the recording was only imported.
CREATE TABLE replay (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tool_version TEXT NOT NULL,       -- the gpc-replay that replayed
  form TEXT NOT NULL,               -- the form of the gfn_to_pfn_cache code that divergences are counted from
  -- why that one: --kernel / it agrees, and is mainline's in trace.kernel_release / the newest of mainline's that agree / none of mainline's
  -- agrees, the newest published one that does / no form agrees, mainline's in trace.kernel_release / no form agrees, the one with the fewest
  -- decisions against it
  form_reason TEXT NOT NULL CHECK (form_reason IN (
    'asked', 'release', 'newest', 'published', 'release_refuted', 'fewest_refuted')),
  delta_ns INTEGER NOT NULL,        -- how far the clocks of two CPUs were taken to differ
  retries_max INTEGER NOT NULL,     -- a refresh with more false retries is excessive
  stall_max_ns INTEGER NOT NULL     -- a refresh that loses more to false retries is excessive; 2^63 - 1: none, in ticks
) STRICT;

-- What the recording shows about each form of the protocol that was tested, by age.
CREATE TABLE form_agreement (
  id INTEGER PRIMARY KEY,
  form TEXT NOT NULL UNIQUE,
  test_count INTEGER NOT NULL,      -- retry tests to which the form leaves one answer
  agreeing_test_count INTEGER NOT NULL, -- of these, the ones in which the kernel gave it
  mover_count INTEGER NOT NULL,     -- repeated rounds that need a mover of mmu_invalidate_seq that is not recorded
  refuted_count INTEGER NOT NULL,   -- decisions against the form; 0: it agrees
  doubted_count INTEGER NOT NULL,   -- decisions that would be against it, unless events are missing without a marker
  refuted_event_id INTEGER,         -- the first decision against it (its event)
  refuted_by TEXT                   -- what the form would not have done
    CHECK (refuted_by IN ('test', 'wait', 'no_lookup', 'walk', 'function'))
) STRICT;

-- The points of the kernel that an event can represent.
CREATE TABLE event_kind (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  meaning TEXT NOT NULL
) STRICT;

-- The event names of this recording.
CREATE TABLE event_name (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,        -- as recorded
  kind_id INTEGER REFERENCES event_kind (id), -- NULL: no event of the catalogue
  count INTEGER NOT NULL,           -- how often it was recorded
  is_stored INTEGER NOT NULL CHECK (is_stored IN (0, 1)), -- 0: counted only
  is_listed INTEGER NOT NULL CHECK (is_listed IN (0, 1)) -- 1: the recording lists it among the events it was made with (trace.dat, perf.data)
) STRICT;

-- The tasks of this recording. A thread that renamed itself is one row per name.
CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,             -- the thread's id; 0: the idle task of a CPU
  tgid INTEGER,                     -- the process's id
  comm TEXT NOT NULL,               -- invalid UTF-8 replaced
  comm_bytes BLOB                   -- as recorded, if comm had to replace something
) STRICT;

-- The recorded events, one row each. A column per field; NULL: the probe does not record it.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,           -- the line
  ts_ns INTEGER NOT NULL,           -- time stamp of the trace clock
  cpu INTEGER NOT NULL,
  task_id INTEGER REFERENCES task (id),       -- NULL: not an event but a loss marker
  name_id INTEGER REFERENCES event_name (id), -- NULL: not an event but a loss marker
  kind_id INTEGER NOT NULL REFERENCES event_kind (id),
  kvm INTEGER,                      -- struct kvm *
  gpc INTEGER,                      -- struct gfn_to_pfn_cache *
  uhva INTEGER,                     -- the cache's, the lookup's or the memslot's user-space address
  gpa INTEGER,                      -- the cache's or the requested guest address; -1: INVALID_GPA
  pfn INTEGER,                      -- the cache's, or a lookup's result
  active_inv INTEGER,               -- mn_active_invalidate_count
  seq INTEGER,                      -- mmu_invalidate_seq
  mmu_seq INTEGER,                  -- a retry round's snapshot of mmu_invalidate_seq
  ret INTEGER,                      -- what the function returns; an errno below 0
  active INTEGER,                   -- gpc->active
  valid INTEGER,                    -- gpc->valid
  len INTEGER,                      -- bytes; of a loss marker: the events lost
  generation INTEGER,               -- gpc->generation; bit 63 is set while memslots change
  slots_generation INTEGER,         -- the memslots' generation
  hva_start INTEGER,                -- first byte of an invalidated range
  hva_end INTEGER,                  -- first byte after it
  mn INTEGER,                       -- struct mmu_notifier *
  mm INTEGER,                       -- struct mm_struct *
  flags INTEGER,                    -- mmu_notifier_range.flags, a memslot's flags; of a loss marker: 1 anywhere before it
  mn_event INTEGER,                 -- enum mmu_notifier_event: 0 unmap, 1 clear, 2/3 protection, 6 migrate
  old_gpa INTEGER,                  -- the cache's gpa, next to a requested one
  old_uhva INTEGER,                 -- the cache's uhva, next to a requested one
  khva INTEGER,                     -- gpc->khva
  slot INTEGER,                     -- a memslot's number
  write_fault INTEGER               -- a lookup's write_fault
) STRICT;

-- A virtual machine: a kvm pointer until it is initialised again.
CREATE TABLE vm (
  id INTEGER PRIMARY KEY,
  kvm INTEGER,                      -- struct kvm *
  mn INTEGER,                       -- its struct mmu_notifier *
  mm INTEGER,                       -- its struct mm_struct *
  first_event_id INTEGER NOT NULL REFERENCES event (id),
  last_event_id INTEGER NOT NULL REFERENCES event (id),
  is_created_in_trace INTEGER NOT NULL CHECK (is_created_in_trace IN (0, 1)), -- 1: so all its memslots are known
  is_gone INTEGER NOT NULL CHECK (is_gone IN (0, 1)), -- 1: destroyed before the recording ends
  unexplained_seq_moves INTEGER NOT NULL -- how far recorded mmu_invalidate_seq moved beyond what the recorded hooks explain
) STRICT;

-- A gfn_to_pfn_cache: a gpc pointer and the epoch since its kvm_gpc_init (pointers are reused).
CREATE TABLE cache (
  id INTEGER PRIMARY KEY,
  vm_id INTEGER REFERENCES vm (id), -- NULL: no event ties it to a VM
  gpc INTEGER NOT NULL,             -- struct gfn_to_pfn_cache *
  epoch INTEGER NOT NULL,           -- 0: it existed before its first recorded kvm_gpc_init
  first_event_id INTEGER NOT NULL REFERENCES event (id),
  last_event_id INTEGER NOT NULL REFERENCES event (id),
  last_gpa INTEGER,
  last_uhva INTEGER
) STRICT;

-- A memslot from the call that set it to the one that changed or deleted it.
CREATE TABLE memslot (
  id INTEGER PRIMARY KEY,
  vm_id INTEGER NOT NULL REFERENCES vm (id),
  slot INTEGER NOT NULL,            -- its number; the address space in the upper 16 bits
  gpa INTEGER NOT NULL,             -- guest_phys_addr
  size INTEGER NOT NULL,            -- memory_size, in bytes
  uhva INTEGER NOT NULL,            -- userspace_addr
  flags INTEGER NOT NULL,
  set_event_id INTEGER NOT NULL REFERENCES event (id),
  end_event_id INTEGER REFERENCES event (id) -- NULL: in force to the end
) STRICT;

-- One invalidate_range_start .. invalidate_range_end for one VM.
CREATE TABLE invalidation (
  id INTEGER PRIMARY KEY,
  vm_id INTEGER NOT NULL REFERENCES vm (id),
  task_id INTEGER NOT NULL REFERENCES task (id),
  hva_start INTEGER NOT NULL,       -- first byte of the range
  hva_end INTEGER NOT NULL,         -- first byte after it
  mn_event INTEGER,                 -- enum mmu_notifier_event: 0 unmap, 1 clear, 2/3 protection, 6 migrate
  hits_memslot INTEGER CHECK (hits_memslot IN (0, 1)), -- 1: its end bumps mmu_invalidate_seq
  start_event_id INTEGER REFERENCES event (id),     -- entry of the start hook; NULL: before the recording, or lost
  walk_event_id INTEGER REFERENCES event (id),      -- the count is up, the walk of the caches begins
  start_ret_event_id INTEGER REFERENCES event (id), -- return of the start hook: the contract window begins
  end_event_id INTEGER REFERENCES event (id),       -- entry of the end hook: the contract window is over
  end_ret_event_id INTEGER REFERENCES event (id),   -- return of the end hook: the count is down
  self_lookup_event_id INTEGER REFERENCES event (id), -- the lookup whose own fault caused it
  close TEXT NOT NULL CHECK (close IN ('end', 'vm_gone', 'lost', 'open')), -- how it ended
  duration_ns INTEGER               -- entry of the start hook to return of the end hook
) STRICT;

-- One run of __kvm_gpc_refresh() (6.1: kvm_gfn_to_pfn_cache_refresh()).
CREATE TABLE refresh (
  id INTEGER PRIMARY KEY,
  vm_id INTEGER REFERENCES vm (id),
  cache_id INTEGER NOT NULL REFERENCES cache (id),
  task_id INTEGER NOT NULL REFERENCES task (id),
  origin TEXT NOT NULL CHECK (origin IN ('refresh', 'activate', 'activate_hva', 'unknown')), -- what requested it
  outcome TEXT NOT NULL CHECK (outcome IN ('kept', 'mapped', 'failed', 'unfinished', 'unknown')),
  request_event_id INTEGER REFERENCES event (id), -- entry of kvm_gpc_refresh() or kvm_gpc_activate()
  entry_event_id INTEGER REFERENCES event (id),   -- entry of the refresh; NULL: before the recording, or lost
  return_event_id INTEGER REFERENCES event (id),
  ret INTEGER,                      -- 0 or an errno below 0
  round_count INTEGER NOT NULL,     -- rounds of its retry loop
  necessary_count INTEGER NOT NULL, -- of these, repeated for each cause (retry_round.cause)
  false_count INTEGER NOT NULL,
  undecided_count INTEGER NOT NULL,
  stall_ns INTEGER NOT NULL,        -- first top of the retry loop to the last
  false_ns INTEGER NOT NULL,        -- the part of it spent in rounds repeated for a false cause
  lock_wait_ns INTEGER,             -- request to refresh: in it refresh_lock was taken
  duration_ns INTEGER               -- entry to return
) STRICT;

-- Why something could not be judged.
CREATE TABLE doubt (
  name TEXT PRIMARY KEY,
  meaning TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO doubt VALUES
  ('order', 'another step lies so close that both orders are possible'),
  ('memslots', 'it is not known whether an invalidation''s range meets a memslot'),
  ('memslot_update', 'a memslot update was in progress'),
  ('loss', 'events were lost'),
  ('before', 'what began before the recording may bear on it'),
  ('unrecorded_end', 'an invalidation''s end is not recorded'),
  ('part', 'its own events or their fields are not all recorded'),
  ('probes', 'probes are missing, or their fields'),
  ('left_out', 'events were left out without a marker'),
  ('seq_other', 'mmu_invalidate_seq can only have been moved without a recorded hook'),
  ('count_other', 'the recorded count is one of invalidations that no recorded hook shows');

-- One round of hva_to_pfn_retry().
CREATE TABLE retry_round (
  id INTEGER PRIMARY KEY,
  refresh_id INTEGER NOT NULL REFERENCES refresh (id),
  number INTEGER NOT NULL,          -- 1 for the first of its refresh
  loop_event_id INTEGER REFERENCES event (id),
  lookup_event_id INTEGER REFERENCES event (id),
  lookup_ret_event_id INTEGER REFERENCES event (id),
  test_event_id INTEGER REFERENCES event (id), -- the retry test
  uhva INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'retried', 'failed', 'unfinished')),
  -- the recorded test compared with the replay; NULL: no test was reached
  decision TEXT CHECK (decision IN ('agrees', 'disagrees', 'open', 'unknown')),
  -- why it was repeated: an overlapping invalidation / none overlapped / the order is open / lost events or probes
  cause TEXT CHECK (cause IN ('necessary', 'false', 'undecided', 'unknown')),
  -- made by its own lookup / an unrelated one in flight / an unrelated one ended / only the covering range overlaps / seq was
  -- moved without a hook
  sub_cause TEXT CHECK (sub_cause IN ('self', 'count', 'seq', 'widened', 'seq_other')),
  invalidation_id INTEGER REFERENCES invalidation (id), -- one that alone gives the cause
  duration_ns INTEGER,              -- its top to the next one's (the last: to its test)
  doubt TEXT REFERENCES doubt (name) -- why the decision is open or unknown, or the cause undecided or unknown
) STRICT;

-- One kvm_gpc_check().
CREATE TABLE cache_check (
  id INTEGER PRIMARY KEY,
  cache_id INTEGER NOT NULL REFERENCES cache (id),
  task_id INTEGER NOT NULL REFERENCES task (id),
  entry_event_id INTEGER NOT NULL REFERENCES event (id),
  return_event_id INTEGER REFERENCES event (id),
  answer INTEGER CHECK (answer IN (0, 1)), -- 1: may be used
  decision TEXT CHECK (decision IN ('agrees', 'disagrees', 'open', 'unknown')), -- the answer compared with the replay
  doubt TEXT REFERENCES doubt (name) -- why it is open or unknown
) STRICT;

-- The kinds of findings, worst first.
CREATE TABLE finding_kind (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  meaning TEXT NOT NULL
) STRICT;

INSERT INTO finding_kind VALUES
  (1, 'contract', 'a check says yes inside the contract window of an overlapping invalidation'),
  (2, 'stale', 'a page is used that its uhva no longer maps'),
  (3, 'stuck', 'a refresh waits in a loop that the form cannot leave'),
  (4, 'divergence', 'the kernel decides other than the rules in every possible order'),
  (5, 'excessive_retry', 'a refresh with too many false retries, or too much time lost to them');

-- What the replay found.
CREATE TABLE finding (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL REFERENCES finding_kind (name),
  certainty TEXT NOT NULL CHECK (certainty IN ('certain', 'possible')),
  vm_id INTEGER REFERENCES vm (id),
  cache_id INTEGER REFERENCES cache (id),
  event_id INTEGER NOT NULL REFERENCES event (id), -- the event that is wrong
  invalidation_id INTEGER REFERENCES invalidation (id),
  refresh_id INTEGER REFERENCES refresh (id),
  check_id INTEGER REFERENCES cache_check (id),
  summary TEXT NOT NULL,            -- one sentence in kernel terms
  -- the columns from here on are for stale findings, NULL for the others. What the next lookup of the page returned:
  -- another pfn (then the accepted one was gone: certain), the same one (its weight: witness_weight), or there is none
  witness TEXT CHECK (witness IN ('other_pfn', 'same_pfn', 'none')),
  -- why there is none: the page was not looked up again / another removal was open before the lookup had returned / one
  -- that is not recorded may have been / the accepted pfn is not recorded / events were lost / an error pfn needs none
  -- / a refresh that is not recorded may have looked it up again / too many pages waited
  no_witness TEXT CHECK (no_witness IN (
    'not_looked_up', 'blocked', 'hidden', 'no_pfn', 'loss', 'error_pfn', 'unrecorded_refresh', 'crowded')),
  witness_event_id INTEGER REFERENCES event (id),     -- that lookup's entry
  witness_ret_event_id INTEGER REFERENCES event (id), -- and return
  certainty_alone TEXT CHECK (certainty_alone IN ('certain', 'possible')) -- what it is without the witness
) STRICT;

-- The numbers that findings had in earlier replays, so that they get them again: of one kind and event, in their order.
CREATE TABLE finding_number (
  id INTEGER PRIMARY KEY,           -- finding.id
  kind TEXT NOT NULL,
  event_id INTEGER NOT NULL REFERENCES event (id),
  ordinal INTEGER NOT NULL          -- 1, 2, …
) STRICT;

-- Where a missed invalidation could hide: retry tests that were accepted, and checks that said yes, of which the recorded
-- order leaves open whether they missed an invalidation of their page. What a finding is about may be here as well;
-- view hidden_miss leaves it out.
CREATE TABLE undecided_overlap (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL CHECK (subject IN ('retry_test', 'check')),
  event_id INTEGER NOT NULL REFERENCES event (id), -- the test, or the check's return
  cache_id INTEGER NOT NULL REFERENCES cache (id),
  invalidation_id INTEGER NOT NULL REFERENCES invalidation (id), -- the first such; a check may have a row for several
  refresh_id INTEGER REFERENCES refresh (id),
  check_id INTEGER REFERENCES cache_check (id)
) STRICT;

-- The weight of the same pfn as a witness: lookups of a cache that certainly follow a removal of the page, and how many
-- of them return the pfn that the lookup before had returned. One row.
CREATE TABLE witness_weight (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  after_removal_count INTEGER NOT NULL,
  same_pfn_count INTEGER NOT NULL
) STRICT;

-- What was open when the recording ended, if ends of its kind are recorded.
CREATE TABLE never_ended (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('request', 'refresh', 'lookup', 'check', 'deactivation', 'invalidation')), -- request: waits for refresh_lock
  vm_id INTEGER REFERENCES vm (id),
  cache_id INTEGER REFERENCES cache (id),
  task_id INTEGER NOT NULL REFERENCES task (id),
  event_id INTEGER NOT NULL REFERENCES event (id),      -- its first event
  last_event_id INTEGER NOT NULL REFERENCES event (id), -- its last one: which lock or hook it is in
  open_ns INTEGER NOT NULL,         -- from its first event to the recording's last
  refresh_id INTEGER REFERENCES refresh (id),
  invalidation_id INTEGER REFERENCES invalidation (id), -- the open one it waits for, or that overlaps its page; for an invalidation: itself
  waits_at TEXT                     -- where the form waits for that one; NULL: it does not wait there
) STRICT;

-- Where an open refresh waits under each form that waits there; form_agreement says whether the recording agrees with
-- the form.
CREATE TABLE never_ended_wait (
  never_ended_id INTEGER NOT NULL REFERENCES never_ended (id),
  form TEXT NOT NULL,
  statement TEXT NOT NULL,          -- of the form's text
  can_be_left INTEGER NOT NULL CHECK (can_be_left IN (0, 1)), -- once the invalidation is over
  PRIMARY KEY (never_ended_id, form)
) STRICT, WITHOUT ROWID;

-- The proof of a finding: every event it cites, including the wrong one, in replay order.
CREATE TABLE finding_event (
  finding_id INTEGER NOT NULL REFERENCES finding (id),
  position INTEGER NOT NULL,        -- 1, 2, …
  event_id INTEGER NOT NULL REFERENCES event (id),
  PRIMARY KEY (finding_id, position)
) STRICT, WITHOUT ROWID;

-- Fields that cannot be what their probe should read: its definition was made for another kernel. The replay does not
-- use them.
CREATE TABLE implausible_field (
  id INTEGER PRIMARY KEY,
  kind_id INTEGER NOT NULL REFERENCES event_kind (id), -- the probe
  field TEXT NOT NULL,              -- a column of event
  -- not a pointer of that kind / an impossible value / ruled out by the check's answer / 0 while invalidations are in
  -- flight / below an earlier snapshot of it / read at the same offset as a field of another probe that shows one of
  -- these
  sign TEXT NOT NULL CHECK (sign IN (
    'no_kernel_address', 'out_of_range', 'beside_answer', 'always_zero', 'below_snapshot', 'same_offset')),
  value_count INTEGER NOT NULL,     -- how many values show it; 0 for same_offset
  first_event_id INTEGER REFERENCES event (id) -- the first of them; NULL: not known
) STRICT;

-- Signs that events were omitted without a marker, by a filter of tasks or CPUs. Then no verdict depends on absent
-- events.
CREATE TABLE silent_omission (
  id INTEGER PRIMARY KEY,
  -- a count above what the recorded hooks make it / one below it / a call without its return, or an end without its start
  sign TEXT NOT NULL CHECK (sign IN ('count_above', 'count_below', 'unpaired')),
  event_count INTEGER NOT NULL,     -- how many events show it
  first_event_id INTEGER NOT NULL REFERENCES event (id),
  most_missing INTEGER              -- for counts: the largest deviation, so as many are missing at once; else NULL
) STRICT;

-- Bounds that the replay reached: all that was open became unknown, as if every CPU had dropped events right before the event.
CREATE TABLE given_up (
  id INTEGER PRIMARY KEY,
  -- bytes (--memory-max) / invalidations of one VM that are open at once
  bound TEXT NOT NULL CHECK (bound IN ('memory', 'open_invalidations')),
  limit_value INTEGER NOT NULL,
  event_id INTEGER NOT NULL,        -- the first event that was judged without what came before it
  ends_replay INTEGER NOT NULL CHECK (ends_replay IN (0, 1)) -- 1: neither it nor any later event was judged
) STRICT;

-- Here and not in indices.sql: the replay uses it to find what it withdraws while it runs.
CREATE INDEX finding_event_event ON finding_event (event_id);

-- The searches of `explore`: one row per form, memory model and delta.
CREATE TABLE exploration (
  id INTEGER PRIMARY KEY,
  tool_version TEXT NOT NULL,
  form TEXT NOT NULL,               -- the published form
  memory TEXT NOT NULL,             -- the memory model: sc, tso, tso-without-barrier
  delta_ns INTEGER,                 -- recorded times are kept within this; NULL: program order only
  window_count INTEGER NOT NULL,    -- sections between two quiet points
  complete_count INTEGER NOT NULL,  -- of these, searched to their end
  truncated_count INTEGER NOT NULL, -- cut off at a bound
  truncated_by TEXT,                -- at which: states, memory, time, interrupt, size; NULL: none was cut off
  skipped_count INTEGER NOT NULL,   -- lost events, missing probes, a missing beginning or end
  contract_count INTEGER NOT NULL,  -- windows with each verdict
  stale_count INTEGER NOT NULL,
  stuck_count INTEGER NOT NULL,     -- deadlock or livelock
  spins_count INTEGER NOT NULL,     -- spins while invalidated: for ever, which no recording shows
  state_count INTEGER NOT NULL,
  transition_count INTEGER NOT NULL,
  states_max INTEGER NOT NULL,      -- the budget of one search
  memory_max INTEGER NOT NULL,      -- in bytes
  seed INTEGER NOT NULL             -- seed for the random walks after a truncated search
) STRICT;

-- An order of steps that `explore` found, shrunk. Its id continues those of the findings: `explain --finding` takes
-- either.
CREATE TABLE counterexample (
  id INTEGER PRIMARY KEY,
  exploration_id INTEGER NOT NULL REFERENCES exploration (id),
  window INTEGER NOT NULL,          -- the window it was cut out of, from 1
  verdict TEXT NOT NULL CHECK (verdict IN ('contract', 'stale', 'deadlock', 'livelock', 'spins')),
  title TEXT NOT NULL,              -- one line
  text TEXT NOT NULL                -- as `explain` prints it
) STRICT;

-- The recorded events at which its operations begin and end.
CREATE TABLE counterexample_event (
  counterexample_id INTEGER NOT NULL REFERENCES counterexample (id),
  position INTEGER NOT NULL,        -- 1, 2, …
  event_id INTEGER NOT NULL REFERENCES event (id),
  PRIMARY KEY (counterexample_id, position)
) STRICT, WITHOUT ROWID;

-- Its schedule: which task takes each step, and the state after it.
CREATE TABLE counterexample_step (
  counterexample_id INTEGER NOT NULL REFERENCES counterexample (id),
  position INTEGER NOT NULL,        -- 1, 2, …
  task TEXT NOT NULL,               -- comm-pid
  function TEXT NOT NULL,           -- of the kernel; mm: between the hooks
  statement TEXT NOT NULL,
  locks TEXT NOT NULL,              -- held by the task at that step
  event_id INTEGER REFERENCES event (id), -- the recorded event it comes after; NULL: no recorded time
  is_what_if INTEGER NOT NULL CHECK (is_what_if IN (0, 1)), -- 1: the recording has it before an event above
  valid INTEGER NOT NULL CHECK (valid IN (0, 1)), -- gpc->valid
  needs_invalidation INTEGER CHECK (needs_invalidation IN (0, 1)), -- NULL: the form has no such flag
  pfn_state TEXT NOT NULL CHECK (pfn_state IN ('ok', 'freed', 'error')), -- of gpc->pfn
  active_inv INTEGER NOT NULL,      -- mn_active_invalidate_count
  seq INTEGER NOT NULL,             -- mmu_invalidate_seq, from 1
  is_loop INTEGER NOT NULL CHECK (is_loop IN (0, 1)), -- 1: repeated indefinitely
  PRIMARY KEY (counterexample_id, position)
) STRICT, WITHOUT ROWID;

-- A gap: events of one CPU were dropped.
CREATE TABLE loss (
  id INTEGER PRIMARY KEY,
  cpu INTEGER NOT NULL,             -- -1: the recording does not say
  line INTEGER NOT NULL,            -- of the marker
  after_event_id INTEGER REFERENCES event (id), -- the CPU's last event before it; NULL: none
  event_count INTEGER               -- how many; NULL: the tracer does not say
) STRICT;

-- How often each kind of malformed input occurred.
CREATE TABLE import_issue_count (
  kind TEXT PRIMARY KEY,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The first occurrences of each kind of malformed input.
CREATE TABLE import_issue (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL REFERENCES import_issue_count (kind),
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,             -- one sentence
  excerpt TEXT NOT NULL             -- the line's first bytes, made printable
) STRICT;

-- What the recording states about itself: the lines that `gpc-replay record` wrote into it by trace_marker, each once.
-- docs/recording.md.
CREATE TABLE recording_mark (
  id INTEGER PRIMARY KEY,
  line INTEGER NOT NULL,            -- its first occurrence, counted as event ids are
  text TEXT NOT NULL                -- 'recorded on …', 'build-id …', 'offsets …', 'define …', 'missed EVENT COUNT'
) STRICT;

-- The cost of each published form in this recording as modelled by compare, and the cost of the recorded kernel: one
-- row each.
-- For a form, everything is modelled: the recorded requests, invalidations and checks, each lookup as long as the
-- recorded ones.
CREATE TABLE form_cost (
  id INTEGER PRIMARY KEY,           -- 0: the recorded kernel; then the forms by age
  form TEXT NOT NULL UNIQUE,        -- 'recorded', or the form's id
  is_modelled INTEGER NOT NULL CHECK (is_modelled IN (0, 1)),
  refresh_count INTEGER NOT NULL,
  failed_count INTEGER NOT NULL,    -- of these, the ones that returned an error
  stuck_count INTEGER NOT NULL,     -- of these, the ones that would never have returned; they have no latency
  round_count INTEGER NOT NULL,     -- of the retry loop
  necessary_count INTEGER NOT NULL, -- rounds repeated for an overlapping invalidation
  false_count INTEGER NOT NULL,     -- none overlapped
  widened_count INTEGER NOT NULL,   -- none overlapped but the covering range of several, in forms that keep one
  undecided_count INTEGER NOT NULL, -- the recording leaves it open (recorded kernel only)
  wasted_lookup_count INTEGER NOT NULL, -- lookups of repeated rounds
  necessary_wait_count INTEGER NOT NULL, -- waits for invalidations, busy or asleep, by the same causes
  false_wait_count INTEGER NOT NULL,
  widened_wait_count INTEGER NOT NULL,
  spun_ns INTEGER NOT NULL,         -- in repeated rounds and busy-waits
  slept_ns INTEGER NOT NULL,        -- on the wait queue
  wake_up_count INTEGER NOT NULL,   -- from there
  stall_max_ns INTEGER NOT NULL,    -- the most that one refresh lost to rounds and waits
  latency_sum_ns INTEGER NOT NULL,  -- request to return, of the refreshes that return
  latency_p50_ns INTEGER,           -- percentiles are at most 1/64 too large; NULL: no refresh
  latency_p99_ns INTEGER,
  latency_max_ns INTEGER,
  check_count INTEGER NOT NULL,
  failed_check_count INTEGER NOT NULL, -- answered no
  contract_count INTEGER NOT NULL,  -- checks that said yes inside a contract window
  stale_count INTEGER NOT NULL      -- mappings accepted or used over a page that was freed
) STRICT;

-- What compare excluded, for the recorded kernel and for every form: windows about which nothing can be concluded.
CREATE TABLE left_out_window (
  id INTEGER PRIMARY KEY,
  vm_id INTEGER NOT NULL REFERENCES vm (id),
  first_event_id INTEGER NOT NULL,  -- the events excluded begin here …
  last_event_id INTEGER NOT NULL,   -- … and end here
  doubt TEXT NOT NULL CHECK (doubt IN ('lost_events', 'incomplete', 'missing_probe', 'too_long')), -- of the first of them
  window_count INTEGER NOT NULL
) STRICT;

INSERT INTO event_kind (id, name, meaning) VALUES
  (0, 'bystander', 'an event the replay does not need'),
  (1, 'mn_invalidate_range_start', 'entry of kvm_mmu_notifier_invalidate_range_start()'),
  (2, 'mn_invalidate_range_start_ret', 'its return: from here on the range must not be touched'),
  (3, 'kvm_unmap_hva_range', 'tracepoint, first statement of the start hook; names no VM'),
  (4, 'gpc_invalidate_start', 'entry of gfn_to_pfn_cache_invalidate_start(): the count is up, the walk begins'),
  (5, 'mn_invalidate_range_end', 'entry of kvm_mmu_notifier_invalidate_range_end(): the pages are unmapped and freed'),
  (6, 'mn_invalidate_end_kvm', 'inside the end hook, memslots handled, the count still up'),
  (7, 'mn_invalidate_range_end_ret', 'return of the end hook: the count is down'),
  (8, 'gpc_init', 'kvm_gpc_init()'),
  (9, 'gpc_activate', 'entry of kvm_gpc_activate()'),
  (10, 'gpc_activate_ret', 'its return'),
  (11, 'gpc_activate_hva', 'entry of kvm_gpc_activate_hva()'),
  (12, 'gpc_activate_hva_ret', 'its return'),
  (13, 'gpc_deactivate', 'entry of kvm_gpc_deactivate()'),
  (14, 'gpc_deactivate_ret', 'its return'),
  (15, 'gpc_refresh', 'entry of kvm_gpc_refresh(), before refresh_lock is taken'),
  (16, 'gpc_refresh_ret', 'its return; on 6.1 that of kvm_gfn_to_pfn_cache_refresh()'),
  (17, '__gpc_refresh', 'entry of __kvm_gpc_refresh(): every refresh, however requested'),
  (18, '__gpc_refresh_ret', 'its return'),
  (19, 'gfn_to_pfn_cache_refresh', 'entry of kvm_gfn_to_pfn_cache_refresh() (6.1)'),
  (20, 'gpc_retry_loop', 'top of the loop in hva_to_pfn_retry()'),
  (21, 'hva_to_pfn', 'entry of hva_to_pfn(); ordinary page faults call it too'),
  (22, 'hva_to_pfn_ret', 'its return'),
  (23, 'gpc_retry_check', 'the retry test, gpc->lock just taken for write'),
  (24, 'gpc_refresh_done', 'success: valid is being set'),
  (25, 'gpc_check', 'entry of kvm_gpc_check(), under the read lock'),
  (26, 'gpc_check_ret', 'its return: 1 = may be used'),
  (27, 'gpc_unmap', 'kvm_gfn_to_pfn_cache_unmap() (6.1)'),
  (28, 'mn_invalidate_range', 'kvm_mmu_notifier_invalidate_range() (6.1)'),
  (29, 'mn_change_pte', 'kvm_mmu_notifier_change_pte() (6.1)'),
  (30, 'set_memory_region', 'entry of __kvm_set_memory_region()'),
  (31, 'set_memory_region_ret', 'its return'),
  (32, 'lost_events', 'no event: the tracer dropped events of this CPU before this point');
