#!/usr/bin/env python3
"""The baseline that people write today: a trace-cmd report text (.zst or plain) into SQLite with re and sqlite3.

usage: import_python.py TRACE DB        prints rows, CPU seconds and rows per CPU second
Imports only: no pairing, no replay, no findings. One row per event with nine columns.

Origin: the baseline that issue 2 of this project names, copied unchanged but for this sentence. It is not tuned: it stands for what is
written in an afternoon, and the figures in docs/performance.md are ratios to it.
"""
import io, re, resource, sqlite3, subprocess, sys

HEAD = re.compile(r'^\s*(.+?)-(\d+)\s+\[(\d+)\]\s+(?:(\S{4,8})\s+)?(\d+)\.(\d+):\s+([^:\s]+):\s+(.*)$')
ARG = re.compile(r'(\w+)=(0x[0-9a-f]+|-?\d+)')

def signed(v):
    return v - (1 << 64) if v >= 1 << 63 else v

def rows(lines):
    for line in lines:
        m = HEAD.match(line)
        if not m:
            continue
        args = [signed(int(x, 0)) for _, x in ARG.findall(m[8])][:3] + [None] * 3
        yield (int(m[5]) * 1_000_000_000 + int(m[6].ljust(9, '0')), int(m[3]), int(m[2]), m[1], m[7], *args[:3], m[8])

def main(trace, path):
    if trace.endswith('.zst'):
        child = subprocess.Popen(['zstd', '-dc', trace], stdout=subprocess.PIPE)
        lines = io.TextIOWrapper(child.stdout, errors='replace')
    else:
        child, lines = None, open(trace, errors='replace')
    db = sqlite3.connect(path)
    db.executescript('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;'
                     'CREATE TABLE event(ts_ns INT, cpu INT, pid INT, comm TEXT, name TEXT, a1 INT, a2 INT, a3 INT, rest TEXT)')
    db.executemany('INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?)', rows(lines))
    db.commit()
    if child:
        child.wait()
    n, = db.execute('SELECT count(*) FROM event').fetchone()
    cpu = sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    print(f'{n} rows, {cpu:.2f} CPU s, {n / cpu:.0f} rows per CPU s')

main(sys.argv[1], sys.argv[2])
