"""Power loss: in which order a verb syncs and renames. What a name points to is synced before it gets the name, and the folder afterwards."""
import os, re

from scene import verbs_by_name

# Steps that come in this order, others between them: a call and what its path ends with. An fsync of a folder is of the folder's path.
ORDERS = {
    'run': ['pwrite .partial-', 'fsync .partial-', 'rename t.db', 'fsync w'],
    'run-force': ['pwrite .partial-', 'fsync .partial-', 'rename t.db', 'fsync w'],
    # The journal and its folder before the pages, the pages before the journal goes: SQLite's synchronous = FULL. Should the journal come back,
    # what it undoes is the whole write.
    'replay': ['fsync t.db-journal', 'fsync w', 'pwrite t.db', 'fsync t.db', 'unlink t.db-journal'],
    'compare': ['fsync t.db-journal', 'fsync w', 'pwrite t.db', 'fsync t.db', 'unlink t.db-journal'],
    'export': ['write .partial-', 'fsync .partial-', 'link t.pftrace', 'fsync w'],
    'export-force': ['write .partial-', 'fsync .partial-', 'rename t.pftrace', 'fsync w'],
    'report-page': ['write .partial-', 'fsync .partial-', 'rename t.html', 'fsync w'],
    'bless': ['write .partial-', 'fsync .partial-', 'rename case.toml', 'fsync contract'],
    'corpus-add': ['mkdir new', 'fsync w', 'mkdir new/topic', 'fsync new', 'write trace.txt.zst', 'fsync trace.txt.zst', 'write case.toml', 'fsync case.toml',
                   'fsync .partial-', 'rename new/topic/case', 'fsync topic'],
    'corpus-run': ['write .partial-', 'fsync .partial-', 'link j.xml', 'fsync w', 'pwrite .partial-', 'fsync .partial-', 'rename corpus.db', 'fsync w'],
    'corpus-run-more': ['fsync corpus.db-journal', 'fsync w', 'pwrite corpus.db', 'fsync corpus.db', 'unlink corpus.db-journal'],
}
# Writes to what has the name already, before its journal is synced, are in no order.
NEVER_BEFORE = {'replay': ('pwrite t.db', 'fsync t.db-journal'), 'compare': ('pwrite t.db', 'fsync t.db-journal'),
                'corpus-run-more': ('pwrite corpus.db', 'fsync corpus.db-journal')}

def problems(bench):
    found = []
    for name, steps in ORDERS.items():
        verb = verbs_by_name()[name]
        bench.lay_out(verb)
        if os.path.exists(bench.calls):
            os.unlink(bench.calls)
        bench.run(verb.arguments, calls=True)
        with open(bench.calls) as file:
            calls = [tuple(line.rstrip('\n').split('\t')) for line in file if not line.startswith('count\t')]
        place = 0
        for step in steps:
            place = next((index + 1 for index in range(place, len(calls)) if fits(calls[index], step)), None)
            if place is None:
                found.append(f'{name}: no `{step}` after `{" · ".join(steps[:steps.index(step)])}`')
                break
        if name in NEVER_BEFORE:
            early, late = NEVER_BEFORE[name]
            first = next((index for index, call in enumerate(calls) if fits(call, late)), len(calls))
            if any(fits(call, early) for call in calls[:first]):
                found.append(f'{name}: `{early}` before `{late}`')
    return found

def fits(call, step):
    kind, _, end = step.partition(' ')
    kinds = ('fsync', 'fdatasync') if kind == 'fsync' else (kind,)
    path = call[1].removesuffix(' (deleted)')
    # A file's partial name is beside its own: `.NAME.partial-…`.
    return call[0] in kinds and (path == end or path.endswith('/' + end) or end == '.partial-' and re.search(r'\.partial-[^/]*$', path) is not None)
