-- Built after the load: what the views and the amendments of the replay look rows up by. Events need none: every other table
-- names them by id, and a full pass over them takes a fraction of what an index over all of them costs to build. So does one over the
-- rounds, so there is none by refresh.

CREATE INDEX refresh_cache ON refresh (cache_id);
CREATE INDEX retry_round_accepted ON retry_round (test_event_id) WHERE outcome = 'accepted';
CREATE INDEX cache_check_entry ON cache_check (entry_event_id);
