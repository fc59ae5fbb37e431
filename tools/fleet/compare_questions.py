"""Holds the answers of DuckDB, by tools/fleet/duckdb.sql, against those of SQLite, by gpc-replay's questions of the same names.

usage: compare_questions.py GPC_REPLAY DUCKDB_SQL FLEET_DB     (where lines/*.ndjson* are)
"""
import json
import re
import subprocess
import sys

import duckdb

program, script, fleet = sys.argv[1:]
with open(script) as file:
    statements = duckdb.extract_statements(file.read())
answers, connection = {}, duckdb.connect()
for statement in statements:
    # A comment belongs to the statement after it.
    name = re.search(r'^-- ([a-z]+): .*\?$', statement.query, re.MULTILINE)
    result = connection.execute(statement)
    if name:
        columns = [column[0] for column in result.description]
        answers[name[1]] = [dict(zip(columns, row)) for row in result.fetchall()]
# Sums are HUGEINT or Decimal there.
plain = json.loads(json.dumps(answers, default=float))
if not plain:
    sys.exit(f'{script} asks no question')
for name, rows in plain.items():
    expected = json.loads(subprocess.run([program, 'query', fleet, name, '--json'], capture_output=True, check=True).stdout)
    if rows != expected:
        different = [pair for pair in zip(rows, expected) if pair[0] != pair[1]][:1] or [(len(rows), len(expected))]
        sys.exit(f'{name}: DuckDB says {different[0][0]}, SQLite {different[0][1]}')
    print(f'{name}: {len(rows)} rows, the same in DuckDB and SQLite')
