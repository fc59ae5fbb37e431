#!/usr/bin/env python3
"""The same import in DuckDB: read_csv gives the lines, regexp_extract the columns. Needs `pip install duckdb`.

usage: import_duckdb.py TRACE DB        prints rows
"""
import os, sys
import duckdb

HEAD = r'^\s*(.+?)-(\d+)\s+\[(\d+)\]\s+(?:(\S{4,8})\s+)?(\d+)\.(\d+):\s+([^:\s]+):\s+(.*)$'
ARG = r'\w+=(0x[0-9a-f]+|-?\d+)'

def main(trace, path):
    if os.path.exists(path):
        os.unlink(path)
    db = duckdb.connect(path)
    db.execute('SET threads = 1')
    # A separator that no line has: each line is one column.
    db.execute(f"""
        CREATE TABLE event AS
        WITH line AS (
          SELECT column0 AS text FROM read_csv(?, header = false, columns = {{'column0': 'VARCHAR'}}, delim = chr(1),
            quote = '', escape = '', auto_detect = false, max_line_size = 20000000)),
        head AS (
          SELECT regexp_extract(text, '{HEAD}', ['comm', 'pid', 'cpu', 'flags', 's', 'ns', 'name', 'rest']) AS h FROM line),
        body AS (SELECT h, regexp_extract_all(h.rest, '{ARG}', 1) AS a FROM head WHERE h.name <> '')
        SELECT CAST(h.s AS BIGINT) * 1000000000 + CAST(rpad(h.ns, 9, '0') AS BIGINT) AS ts_ns, CAST(h.cpu AS INT) AS cpu,
          CAST(h.pid AS INT) AS pid, h.comm AS comm, h.name AS name,
          TRY_CAST(a[1] AS UBIGINT) AS a1, TRY_CAST(a[2] AS UBIGINT) AS a2, TRY_CAST(a[3] AS UBIGINT) AS a3, h.rest AS rest
        FROM body""", [trace])
    print(db.execute('SELECT count(*) FROM event').fetchone()[0], 'rows')

main(sys.argv[1], sys.argv[2])
