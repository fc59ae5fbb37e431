#!/usr/bin/env python3
"""Counts by the rules alone which retry tests a recording forces, and which of them at function level still are (docs/evidence.md, rules
2 and 4 and function level). It shares no code with the replay: what the tests expect of that was counted here.

usage: function_level.py [--delta NS] TRACE...        text of trace-cmd report -t, .zst or plain; NS is 1000 for the clock `local`

Only refreshes that return in the recording are counted. Of a recording without any gpc_retry_check it says how many tests are forced at function level.
"""
import argparse, re, subprocess

RECORD = re.compile(rb'^(?:[^:\[]*: )?\s*(.*?)-(\d+)\s+\[(\d+)\]\s+(?:\S+\s+)?(\d+)\.(\d+): (\S+?):\s+(.*)$')
FIELD = re.compile(rb'(\w+)=(\S+)')

class Moment:
    def __init__(self, line, time, cpu, thread):
        self.line, self.time, self.cpu, self.thread = line, time, cpu, thread

class Invalidation:
    """Its hooks' moments; None: not recorded."""
    def __init__(self, fields, start):
        self.mn, self.first, self.end_address = (fields[key] for key in ('mn', 'start', 'end'))
        self.start = start
        self.kvm = self.hits_memslot = self.walk = self.start_ret = self.end = self.end_kvm = self.end_ret = None

class Round:
    def __init__(self, refresh):
        self.refresh = refresh
        self.loop = self.lookup = self.lookup_ret = self.test = self.behind_test = None

class Refresh:
    def __init__(self, kvm, entry):
        self.kvm, self.entry, self.rounds, self.ret, self.exit = kvm, entry, [], None, None

class Thread:
    def __init__(self):
        self.hooks, self.refresh, self.tested, self.memslot = [], None, [], None

def records(path):
    data = subprocess.run(['zstd', '-dc', path], stdout=subprocess.PIPE, check=True).stdout \
        if path.endswith('.zst') else open(path, 'rb').read()
    for line, text in enumerate(data.split(b'\n'), 1):
        match = RECORD.match(text)
        if not match: continue
        pid, cpu = int(match[2]), int(match[3])
        time = int(match[4]) * 10**9 + int(match[5].ljust(9, b'0'))
        fields = {key.decode(): number(value) for key, value in FIELD.findall(match[7])}
        yield Moment(line, time, cpu, pid or -1 - cpu), match[6].decode(), fields

def number(text):
    try:
        return int(text, 16) if text.startswith(b'0x') else int(text)
    except ValueError:
        return None

class Recording:
    def __init__(self, path):
        self.invalidations, self.rounds, self.memslots = [], [], []
        self.offset = None       # kvm - mn, one of a kernel
        self.is_61 = False
        threads = {}
        for moment, name, fields in records(path):
            self.take(threads.setdefault(moment.thread, Thread()), moment, name, fields)
        known = {kvm for _, kvm, _, _, _ in self.memslots}
        for invalidation in self.invalidations:
            if invalidation.kvm is None and self.offset is not None: invalidation.kvm = invalidation.mn + self.offset
            if invalidation.kvm in known: invalidation.hits_memslot = self.hits_memslot(invalidation)
        self.has_tests = any(round.test for round, _ in self.rounds)

    def hits_memslot(self, invalidation):
        slots = {}
        for line, kvm, slot, address, size in self.memslots:
            if line > invalidation.start.line: break
            if kvm == invalidation.kvm: slots[slot] = (address, size)
        return any(size and invalidation.first < address + size and address < invalidation.end_address
                   for address, size in slots.values())

    def take(self, thread, moment, name, fields):
        # The next event of its context closes a test; the check of an interrupt is a context of its own.
        if thread.refresh is None or not name.startswith(('gpc_check', 'xen_set_evtchn')):
            for round in thread.tested: round.behind_test = moment
            thread.tested = []
        if name == 'mn_invalidate_range_start':
            invalidation = Invalidation(fields, moment)
            thread.hooks.append(invalidation)
            self.invalidations.append(invalidation)
        elif name == 'gpc_invalidate_start':
            hook = next((hook for hook in reversed(thread.hooks) if not hook.walk and not hook.start_ret), None)
            if hook:
                hook.walk, hook.kvm = moment, fields['kvm']
                self.offset = hook.kvm - hook.mn
        elif name == 'mn_invalidate_range_start_ret':
            hook = next((hook for hook in reversed(thread.hooks) if not hook.start_ret), None)
            if hook: hook.start_ret = moment
        elif name == 'mn_invalidate_range_end':
            hook = next((hook for hook in thread.hooks if not hook.end and (hook.mn, hook.first, hook.end_address)
                         == (fields['mn'], fields['start'], fields['end'])), None)
            if hook: hook.end = moment
        elif name == 'mn_invalidate_end_kvm':
            hook = next((hook for hook in thread.hooks if hook.end and not hook.end_kvm), None)
            if hook: hook.end_kvm = moment
        elif name == 'mn_invalidate_range_end_ret':
            ended = [hook for hook in thread.hooks if hook.end]
            if ended:
                hook = max(ended, key=lambda hook: hook.end.line)
                hook.end_ret = moment
                thread.hooks.remove(hook)
        elif name == 'set_memory_region':
            thread.memslot = tuple(fields[key] for key in ('kvm', 'slot', 'hva', 'size'))
        elif name == 'set_memory_region_ret':
            if thread.memslot and fields.get('ret') == 0: self.memslots.append((moment.line,) + thread.memslot)
            thread.memslot = None
        elif name == '__gpc_refresh' or name == 'gpc_refresh' and 'old_uhva' in fields:
            self.is_61 = name == 'gpc_refresh'
            thread.refresh = Refresh(fields.get('kvm'), moment)
        elif thread.refresh:
            self.take_in_refresh(thread, moment, name, fields)

    def take_in_refresh(self, thread, moment, name, fields):
        refresh, rounds = thread.refresh, thread.refresh.rounds
        if name == 'gpc_retry_loop':
            rounds.append(Round(refresh))
            rounds[-1].loop = moment
        elif name == 'hva_to_pfn':
            if not rounds or rounds[-1].lookup: rounds.append(Round(refresh))
            rounds[-1].lookup = moment
        elif name == 'hva_to_pfn_ret' and rounds and not rounds[-1].lookup_ret:
            rounds[-1].lookup_ret = moment
        elif name == 'gpc_retry_check' and rounds:
            rounds[-1].test = moment
            thread.tested.append(rounds[-1])
        elif name == ('gpc_refresh_ret' if self.is_61 else '__gpc_refresh_ret'):
            refresh.ret, refresh.exit = fields.get('ret'), moment
            self.rounds += [(round, index) for index, round in enumerate(rounds)]
            thread.refresh = None

class Count:
    def __init__(self, recording, delta):
        self.recording, self.delta = recording, delta
        self.of_kvm = {}
        for invalidation in recording.invalidations: self.of_kvm.setdefault(invalidation.kvm, []).append(invalidation)

    def before(self, a, b):
        if a is None or b is None: return False
        if a.thread == b.thread or a.cpu == b.cpu: return a.line <= b.line
        return a.time + self.delta < b.time

    def full(self, round, index):
        """The answer that every order allows, by all points; None: both are possible."""
        rounds = round.refresh.rounds
        if self.recording.is_61:
            former = rounds[index - 1].test if index else None
            snapshot = (former or round.refresh.entry, round.loop)
        else:
            snapshot = (round.loop, round.lookup)
        return self.answer(round.refresh.kvm, snapshot, (round.test, round.behind_test), self.recording.is_61)

    def at_function_level(self, round, index):
        """The same by entries and returns alone."""
        rounds, refresh = round.refresh.rounds, round.refresh
        is_last = index == len(rounds) - 1
        # The last round of a refresh that fails comes to no test.
        if is_last and refresh.ret != 0: return None
        snapshot = (rounds[index - 1].lookup_ret if index else refresh.entry, round.lookup)
        test = (round.lookup_ret, refresh.exit if is_last else rounds[index + 1].lookup)
        return self.answer(refresh.kvm, snapshot, test, True)

    def answer(self, kvm, snapshot, test, by_hooks):
        if None in snapshot or None in test: return None
        down_from = lambda one: one.end if by_hooks else one.end_kvm or one.end
        near = [one for one in self.of_kvm.get(kvm, []) if one.start.time <= test[1].time + self.delta
                and (one.end_ret is None or one.end_ret.time >= snapshot[0].time - self.delta)]
        if not any(self.may_cause(one, snapshot, test) for one in near): return 'accepted'
        # Those that were surely up before the test, and those that surely take over from them: count as one, until they are down.
        chain = [one for one in near if self.before(one.walk or one.start_ret, test[0])]
        seen = set(chain)
        while chain:
            one = chain.pop()
            down = down_from(one)
            if down is None or self.before(test[1], down): return 'retried'
            # Down before the test, it has bumped seq behind the snapshot.
            if one.hits_memslot and self.before(snapshot[1], down): return 'retried'
            for other in near:
                if other not in seen and self.before(other.walk or other.start_ret, down):
                    seen.add(other)
                    chain.append(other)
        return None

    def may_cause(self, one, snapshot, test):
        if self.before(test[1], one.start): return False
        if not self.before(one.end_ret, test[0]): return True
        return one.hits_memslot is not False and not self.before(one.end_ret, snapshot[0])

def recorded(round, index):
    is_last = index == len(round.refresh.rounds) - 1
    return 'accepted' if is_last and round.refresh.ret == 0 else 'retried'

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('traces', nargs='+', metavar='TRACE')
    parser.add_argument('--delta', type=int, default=1000, metavar='NS')
    arguments = parser.parse_args()
    for path in arguments.traces:
        recording = Recording(path)
        count = Count(recording, arguments.delta)
        looked_up = [(round, index) for round, index in recording.rounds if round.lookup]
        if not recording.has_tests:
            answers = [(count.at_function_level(*place), recorded(*place)) for place in looked_up]
            forced = [(answer, truth) for answer, truth in answers if answer]
            print(f'{path}: {len(looked_up)} lookups, {len(forced)} tests forced at function level, '
                  f'{sum(answer != truth for answer, truth in forced)} otherwise')
            continue
        forced = [place for place in looked_up if place[0].test and count.full(*place)]
        still = [place for place in forced if count.at_function_level(*place)]
        print(f'{path}: {len(forced)} of {sum(round.test is not None for round, _ in recording.rounds)} tests forced, '
              f'{sum(count.full(*place) != recorded(*place) for place in forced)} otherwise; '
              f'at function level {len(still)} = {100 * len(still) / max(1, len(forced)):.2f} %, '
              f'{sum(count.at_function_level(*place) != recorded(*place) for place in still)} otherwise')

main()
