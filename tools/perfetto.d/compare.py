# Holds a Perfetto trace that gpc-replay exported against its database. Prints what differs; the exit status is 1 then.
import sqlite3
import sys

from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as protos

import trace_processor

# A question of the trace, and the same of the database.
PAIRS = {
    "errors": ("SELECT name, value FROM stats WHERE severity IN ('error', 'data_loss') AND value > 0", "SELECT 1 WHERE 0"),
    "VMs": (
        "SELECT name FROM process WHERE name GLOB 'VM [0-9]*' ORDER BY 1",
        "SELECT 'VM ' || id || coalesce(' kvm ' || kvm_hex, '') FROM vm_hex"
        " WHERE id IN (SELECT vm_id FROM cache UNION SELECT vm_id FROM invalidation) ORDER BY 1"),
    "invalidations": (
        "SELECT EXTRACT_ARG(arg_set_id, 'debug.invalidation'), ts, EXTRACT_ARG(arg_set_id, 'debug.start'),"
        " EXTRACT_ARG(arg_set_id, 'debug.end') FROM slice WHERE name GLOB 'invalidation*' ORDER BY 1",
        "SELECT id, (SELECT ts_ns FROM event WHERE id = coalesce(start_event_id, (SELECT min(e) FROM (SELECT walk_event_id AS e"
        " UNION SELECT start_ret_event_id UNION SELECT end_event_id UNION SELECT end_ret_event_id)))),"
        " hva_start, hva_end FROM invalidation ORDER BY 1"),
    "their durations": (
        "SELECT EXTRACT_ARG(arg_set_id, 'debug.invalidation'), dur FROM slice"
        " WHERE name GLOB 'invalidation*' AND name NOT GLOB '*, *' AND dur >= 0 ORDER BY 1",
        "SELECT invalidation.id, b.ts_ns - a.ts_ns FROM invalidation JOIN event a ON a.id = start_event_id JOIN event b"
        " ON b.id = max(start_event_id, coalesce(walk_event_id, 0), coalesce(start_ret_event_id, 0),"
        " coalesce(end_event_id, 0), coalesce(end_ret_event_id, 0)) WHERE close = 'end' ORDER BY 1"),
    "contract windows": (
        "SELECT ts, dur FROM slice WHERE name = 'contract window' AND dur >= 0 ORDER BY 1, 2",
        "SELECT a.ts_ns, b.ts_ns - a.ts_ns FROM invalidation JOIN event a ON a.id = start_ret_event_id"
        " JOIN event b ON b.id = end_event_id ORDER BY 1, 2"),
    "the count, up and down": (
        "SELECT count(*) FROM counter",
        "SELECT count(*) + count(*) FILTER (WHERE close <> 'open') FROM invalidation"),
    "the most at a time": (
        "SELECT max(value) FROM counter",
        "SELECT max(n) * 1.0 FROM (SELECT sum(step) OVER (PARTITION BY vm_id ORDER BY event, step) AS n FROM ("
        "SELECT vm_id, coalesce(iif(walk_event_id < coalesce(start_ret_event_id, end_event_id, 9e18), walk_event_id, NULL),"
        " start_ret_event_id, start_event_id) AS event, 1 AS step FROM invalidation"
        " UNION ALL SELECT vm_id, end_ret_event_id, -1 FROM invalidation WHERE close = 'end'))"
        " WHERE NOT EXISTS (SELECT 1 FROM loss)"),
    "refreshes": (
        "SELECT substr(name, 10), count(*), total(EXTRACT_ARG(arg_set_id, 'debug.rounds')),"
        " total(EXTRACT_ARG(arg_set_id, 'debug.stall_ns')) FROM slice WHERE name GLOB 'refresh: *' GROUP BY 1 ORDER BY 1",
        "SELECT outcome || iif(entry_event_id IS NULL, ', entry not recorded', ''), count(*), total(round_count),"
        " total(stall_ns) FROM refresh GROUP BY 1 ORDER BY 1"),
    "their lengths": (
        "SELECT EXTRACT_ARG(arg_set_id, 'debug.refresh'), dur FROM slice WHERE name GLOB 'refresh: *'"
        " AND name NOT GLOB '*, *' AND name <> 'refresh: unfinished' ORDER BY 1",
        "SELECT id, duration_ns FROM refresh WHERE duration_ns IS NOT NULL AND outcome <> 'unfinished' ORDER BY 1"),
    "rounds by cause": (
        "SELECT substr(name, 8), count(*) FROM slice WHERE name GLOB 'round: *' GROUP BY 1 ORDER BY 1",
        "SELECT coalesce(cause || coalesce(' ' || sub_cause, ''), outcome), count(*) FROM retry_round GROUP BY 1 ORDER BY 1"),
    "time lost by cause": (
        "SELECT substr(name, 8), sum(dur) FROM slice WHERE name GLOB 'round: *' AND dur >= 0"
        " AND substr(name, 8) NOT IN ('accepted', 'failed', 'unfinished', 'unknown') GROUP BY 1 ORDER BY 1",
        "SELECT cause || coalesce(' ' || sub_cause, '') AS why, lost_ns FROM retry_by_cause WHERE why <> 'unknown' ORDER BY 1"),
    "rounds are inside their refreshes": (
        "SELECT count(*) FROM slice WHERE name GLOB 'round: *' AND depth <> 1 OR name = 'contract window' AND depth <> 1"
        " OR name = 'hva_to_pfn' AND EXTRACT_ARG(arg_set_id, 'debug.event') IS NULL AND depth <> 2",
        "SELECT 0"),
    "lookups": (
        "SELECT ts FROM slice WHERE name = 'hva_to_pfn' AND EXTRACT_ARG(arg_set_id, 'debug.event') IS NULL ORDER BY 1",
        "SELECT ts_ns FROM retry_round JOIN event ON event.id = lookup_event_id ORDER BY 1"),
    "retry tests": (
        "SELECT ts, EXTRACT_ARG(arg_set_id, 'debug.decision') FROM slice WHERE name GLOB 'retry test: *' ORDER BY 1, 2",
        "SELECT ts_ns, decision FROM retry_round JOIN event ON event.id = test_event_id ORDER BY 1, 2"),
    # In the order of time, which within --delta may have a test before the beginning of its invalidation.
    "arrows between an invalidation and its rounds": (
        "SELECT EXTRACT_ARG(slice.arg_set_id, 'debug.invalidation') AS i, count(*) FROM flow JOIN slice ON slice.id = slice_in"
        " GROUP BY 1 ORDER BY 1",
        "SELECT invalidation_id, count(*) FROM retry_round WHERE invalidation_id IS NOT NULL AND test_event_id IS NOT NULL"
        " GROUP BY 1 ORDER BY 1"),
    "checks": (
        "SELECT ts, substr(name, 8, iif(name GLOB '*yes*', 3, 2)), EXTRACT_ARG(arg_set_id, 'debug.decision') FROM slice"
        " WHERE name GLOB 'check: *' ORDER BY 1, 2, 3",
        "SELECT ts_ns, iif(answer = 1, 'yes', 'no'), decision FROM cache_check"
        " JOIN event ON event.id = coalesce(return_event_id, entry_event_id) ORDER BY 1, 2, 3"),
    "findings": (
        "SELECT EXTRACT_ARG(arg_set_id, 'debug.finding'), ts, name FROM slice WHERE name GLOB '#*' ORDER BY 1",
        "SELECT finding.id, ts_ns, '#' || finding.id || ' ' || kind || ', ' || certainty FROM finding"
        " JOIN event ON event.id = event_id ORDER BY 1"),
    "recorded events": (
        "SELECT count(*) FROM slice WHERE EXTRACT_ARG(arg_set_id, 'debug.event') IS NOT NULL",
        "SELECT count(*) FROM event WHERE task_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM replay)"),
    "losses": (
        "SELECT track.name, ts, ts + dur FROM slice JOIN track ON track.id = track_id WHERE track.name GLOB 'lost events*'"
        " ORDER BY 1, 2, 3",
        "SELECT 'lost events, ' || iif(loss.cpu < 0, 'CPU unknown', 'CPU ' || loss.cpu), coalesce(a.ts_ns, first_ts_ns),"
        " max(b.ts_ns, first_ts_ns) FROM trace, loss LEFT JOIN event a ON a.id = after_event_id JOIN event b ON b.id = line ORDER BY 1, 2, 3"),
    "valid, set by gpc_refresh_done": (
        "SELECT ts FROM slice WHERE EXTRACT_ARG(arg_set_id, 'debug.since') = 'gpc_refresh_done' ORDER BY 1",
        "SELECT ts_ns FROM event JOIN event_kind ON event_kind.id = kind_id WHERE event_kind.name = 'gpc_refresh_done'"
        " AND EXISTS (SELECT 1 FROM replay) ORDER BY 1"),
    "valid, where a check reads it": (
        "WITH span AS (SELECT ts, ts + dur AS over, CAST(substr(track.name, 7, instr(track.name, ':') - 7) AS INT) AS cache"
        " FROM slice JOIN track ON track.id = track_id"
        " WHERE track.name GLOB '*: valid (derived)' AND slice.name GLOB 'valid*' AND slice.name <> 'valid: unknown')"
        " SELECT cache, ts, over FROM span ORDER BY 1, 2", None),
}


def packets(data):
    """Every byte of the trace is a field of a message that Perfetto describes."""
    trace = protos.Trace.FromString(data)
    for packet in trace.packet:
        packet_copy = protos.TracePacket()
        packet_copy.CopyFrom(packet)
        packet_copy.DiscardUnknownFields()
        if packet_copy.ByteSize() != packet.ByteSize():
            yield f"a field that Perfetto does not know: {packet}"
        if packet.trusted_packet_sequence_id == 0 and not packet.HasField("clock_snapshot"):
            yield f"a packet of no sequence: {packet}"
        interned = packet.interned_data
        names = [name.name for name in [*interned.event_names, *interned.debug_annotation_names]]
        names += [word.str.decode() for word in interned.debug_annotation_string_values]
        names += [packet.track_descriptor.name, packet.track_descriptor.process.process_name, packet.track_event.name]
        if not all(name.isprintable() for name in names):
            yield f"a name with control characters: {names}"
    if trace.ByteSize() != len(data):
        yield f"{len(data)} bytes, of which Perfetto reads {trace.ByteSize()}"


def valid_at_checks(spans, database):
    """A check that reads valid = 1 lies in a slice, one that reads 0 in none; their ends belong to both."""
    checks = database.execute(
        "SELECT cache_id, ts_ns, valid FROM cache_check JOIN event ON event.id = entry_event_id WHERE valid IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM implausible_field WHERE kind_id = event.kind_id AND field = 'valid') ORDER BY 1, 2")
    by_cache = {}
    for cache, start, end in spans:
        by_cache.setdefault(cache, []).append((start, end))
    for cache, ts, valid in checks:
        around = [(start, end) for start, end in by_cache.get(cache, []) if start <= ts and (ts <= end or end < start)]
        inside = any(start < ts and (ts < end or end < start) for start, end in around)
        if valid and not around or not valid and inside:
            yield f"cache {cache} at {ts}: the check read valid = {valid}"


def beside_another(data):
    """Laid over another recording, whose first clock is boot time, what happened at one moment stays at one moment: in both orders."""
    mine = protos.Trace.FromString(data).packet
    clock = next((packet.clock_snapshot.clocks[0] for packet in mine if packet.HasField("clock_snapshot")), None)
    boot, ahead = 6, 10**12
    if clock is None or clock.clock_id == boot:
        return
    # A mark of the other recording at each of the first retry tests of this one.
    tests = "SELECT ts FROM slice WHERE name GLOB 'retry test: *' ORDER BY ts LIMIT 100"
    moments = [ts for ts, in trace_processor.ask(data, [tests])[0]]
    other = protos.Trace()

    def packet():
        return other.packet.add(trusted_packet_sequence_id=1)

    snapshot = packet().clock_snapshot
    snapshot.primary_trace_clock = boot
    snapshot.clocks.add(clock_id=boot, timestamp=clock.timestamp + ahead)
    snapshot.clocks.add(clock_id=clock.clock_id, timestamp=clock.timestamp)
    packet().track_descriptor.uuid = 1
    for ts in moments:
        mark = packet()
        mark.timestamp, mark.timestamp_clock_id = ts + ahead, boot
        mark.track_event.type, mark.track_event.track_uuid, mark.track_event.name = 3, 1, "theirs"
    theirs = other.SerializeToString()
    for both, shift in [(theirs + data, ahead), (data + theirs, 0)]:
        ours, others, errors = trace_processor.ask(
            both, [tests, "SELECT ts FROM slice WHERE name = 'theirs' ORDER BY ts", PAIRS["errors"][0]])
        expected = [[ts + shift] for ts in moments]
        if [list(row) for row in ours] != expected or [list(row) for row in others] != expected or list(errors):
            yield f"beside a recording in boot time: {ours[:1]}, {others[:1]}, by this trace {expected[:1]}; {errors}"


def main(path, database_path):
    with open(path, "rb") as file:
        data = file.read()
    wrong = [*packets(data), *beside_another(data)]
    database = sqlite3.connect(f"file:{database_path}?mode=ro", uri=True)
    answers = trace_processor.ask(data, [trace for trace, _ in PAIRS.values()])
    for (name, (_, sql)), shown in zip(PAIRS.items(), answers):
        if sql is None:
            wrong += [f"{name}: {text}" for text in valid_at_checks(shown, database)]
            continue
        expected = [list(row) for row in database.execute(sql)]
        shown = [list(row) for row in shown]
        if expected == [[None]]:  # SQL does not know.
            continue
        if shown != expected:
            at = next((i for i, (a, b) in enumerate(zip(shown, expected)) if a != b), min(len(shown), len(expected)))
            wrong.append(
                f"{name}: {len(shown)} rows, by SQL {len(expected)}; row {at + 1}: {shown[at : at + 1]}, {expected[at : at + 1]}")
    for text in wrong[:20]:
        print(text)
    print(f"{len(PAIRS)} questions, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: compare.py TRACE.pftrace DB")
    sys.exit(main(sys.argv[1], sys.argv[2]))
