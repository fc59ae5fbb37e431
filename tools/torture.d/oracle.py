"""What is in a folder after a run, and whether it may be there. Shares nothing with the project's tests, and reads databases by plain
SQLite."""
import hashlib, os, re, shutil, sqlite3, tempfile, xml.etree.ElementTree

from scene import SECONDS_MAX, printed

DOCUMENTED = {0, 1, 2, 3, 64, 74, 75}
REFUSED = {2, 74, 75}
TRAPS = re.compile(r'Fatal error|Current stack trace|Stack dump|Assertion|Precondition|Crash:|Thread \d+.* crashed|terminate called|'
                   r'Swift runtime|AddressSanitizer|libc\+\+abi')
COMPANIONS = ('-journal', '-wal', '-shm')
# Of no content: when a run was, and how long it took.
TIMES = {'begun_at', 'wall_ns', 'cpu_ns'}

class Contents:
    """The content of files, by their bytes remembered."""

    def __init__(self):
        self.known = {}

    def of(self, folder):
        """Each file and folder below `folder`, with what identifies its content; and the companions of databases that are there."""
        contents, companions = {}, []
        for path, folders, files in os.walk(folder):
            for name in folders:
                contents[os.path.relpath(os.path.join(path, name), folder) + '/'] = 'folder'
            for name in files:
                whole = os.path.join(path, name)
                short = os.path.relpath(whole, folder)
                if any(name.endswith('.db' + suffix) for suffix in COMPANIONS) and not name.startswith('.'):
                    companions.append(short)
                else:
                    contents[short] = self.file(whole)
        return contents, companions

    def file(self, path):
        with open(path, 'rb') as file:
            data = file.read()
        sides = [(suffix, open(path + suffix, 'rb').read()) for suffix in COMPANIONS if os.path.exists(path + suffix)]
        key = hashlib.blake2b(data + b''.join(suffix.encode() + side for suffix, side in sides)).hexdigest()
        if key not in self.known:
            if path.endswith('.xml'):
                data = re.sub(rb'(time|timestamp)="[^"]*"', b'', data)
            is_database = path.endswith('.db') and data
            self.known[key] = database(path) if is_database else hashlib.blake2b(data).hexdigest() if data else 'empty'
        return self.known[key]

def database(path):
    """All rows of all tables, after what a write that was cut short left beside it was played back, as the next program will do."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.dirname(os.path.abspath(path)))) as folder:
        copy = os.path.join(folder, 'copy.db')
        for suffix in ('', *COMPANIONS):
            if os.path.exists(path + suffix):
                shutil.copyfile(path + suffix, copy + suffix)
        try:
            connection = sqlite3.connect(copy)
            connection.text_factory = bytes
            check = connection.execute('PRAGMA integrity_check').fetchall()
            if check != [(b'ok',)]:
                return f'DAMAGED: {check[:2]}'
            digest = hashlib.blake2b()
            tables = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY type, name").fetchall()
            digest.update(repr(tables).encode())
            names = [name.decode() for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            runs = {}
            for name in names:
                if name.startswith('sqlite_') or name == 'page_seal':
                    continue
                columns = [row[1].decode() for row in connection.execute(f'PRAGMA table_info({name})')]
                number = {'run': 'id'}.get(name, 'run_id')
                if 'run' not in names:
                    number = '0'
                listed = ', '.join(column for column in columns if column not in TIMES | {number})
                for run, *values in sorted(connection.execute(f'SELECT {number}, {listed} FROM {name}'), key=repr):
                    runs.setdefault(run, hashlib.blake2b()).update(repr((name, values)).encode())
            connection.close()
            # A corpus.db run by run: one is added to those that are there.
            return '|'.join([digest.hexdigest()] + [run.hexdigest() for _, run in sorted(runs.items())])
        # SQLite's sentence about a damaged schema has its bytes.
        except (sqlite3.Error, UnicodeDecodeError) as error:
            return f'DAMAGED: {error}'

class Reference:
    """A verb undisturbed: what it makes of the folder, what it prints, and the same once more on what it made."""

    def __init__(self, bench, contents, verb):
        self.verb = verb
        bench.lay_out(verb)
        self.old = contents.of(bench.folder)[0]
        self.first = bench.run(verb.arguments)
        self.new = contents.of(bench.folder)[0]
        self.again = bench.run(verb.arguments)
        self.newest = contents.of(bench.folder)[0]
        left = os.listdir(bench.temporary)
        if self.first.status not in DOCUMENTED - REFUSED or left:
            raise SystemExit(f'tools/torture: {verb.name} undisturbed ended with {self.first.status}, left {left}: {self.first.err}')
        bench.lay_out(verb)
        twice = bench.run(verb.arguments)
        if printed(verb, twice.out) != printed(verb, self.first.out) or contents.of(bench.folder)[0] != self.new:
            raise SystemExit(f'tools/torture: {verb.name} undisturbed does not give the same result twice')

class Judge:
    """Holds what a disturbed run left against the undisturbed one; what may not be so goes into `problems`."""

    def __init__(self, bench, contents, reference):
        self.bench, self.contents, self.reference, self.verb = bench, contents, reference, reference.verb
        self.problems = []
        self.leaves = False

    def say(self, problem):
        self.problems.append(problem)

    def run(self, run, signals=(), may_die=()):
        """How it ended and what it said. `signals`: that it was sent. `may_die`: other signals that may end it."""
        first = self.reference.first
        if run.status is None:
            self.say(f'did not end in {SECONDS_MAX} s')
            return
        if run.status < 0 and -run.status in tuple(signals) + tuple(may_die):
            return
        if TRAPS.search(run.err):
            self.say(f'a trap: {run.err.strip()[:300]}')
        if run.status < 0 or run.status not in DOCUMENTED:
            self.say(f'ended with {run.status}, which is no documented status: {run.err.strip()[:300]}')
        elif run.status == first.status:
            if printed(self.verb, run.out) != printed(self.verb, first.out):
                self.say('ended as undisturbed, and printed something else')
        elif run.status not in REFUSED:
            self.say(f'ended with {run.status}, which means something else')
        else:
            usual = first.err.splitlines()
            lines = [line for line in run.err.splitlines() if line not in usual]
            if len(lines) != 1 or not re.fullmatch(r'gpc-replay: .{8,700}[.:)]', lines[0]):
                self.say(f'no clear sentence: {run.err.strip()[:400]!r}')

    def state(self, run, leaves=False, partial=False, companions_may_stay=False):
        """What is in the folder. Returns `old`, `new` or `mixed`."""
        reference = self.reference
        found, companions = self.contents.of(self.bench.folder)
        seen, parts = set(), set()
        for name in sorted(found.keys() | reference.old.keys() | reference.new.keys()):
            old, new, now = reference.old.get(name), reference.new.get(name), found.get(name)
            if now == old or now == new:
                if old != new:
                    seen.add('old' if now == old else 'new')
                    if name.startswith('new/topic/case'):
                        parts.add(now == old)
            elif now and now.startswith('DAMAGED'):
                self.say(f'{name}: {now}')
            elif name in reference.old or name in reference.new:
                if not (partial and self.verb.orderly):
                    self.say(f'{name} has neither its old nor its new content')
                seen.add('mixed')
            elif not leaves:
                self.say(f'left: {name}')
        if len(parts) > 1:
            self.say('a part of the case is there')
        if len(seen) > 1 and not self.verb.orderly and not leaves:
            self.say(f'what it was to write is partly old and partly new: {sorted(found)}')
        if companions and not (leaves or companions_may_stay):
            self.say(f'left: {", ".join(companions)}')
        self.temporary(leaves)
        state = seen.pop() if len(seen) == 1 else 'old' if not seen else 'mixed'
        if run.status is not None and run.status == reference.first.status and seen | {state} != {'new'} and reference.old != reference.new:
            self.say(f'ended as undisturbed, and what it was to write is {state}')
        return state

    def temporary(self, leaves=False):
        # SQLite opens a temporary file of its own and unlinks it at once: a kill between the two leaves an empty one, and an unlink that
        # fails one that no later run knows.
        self.leaves = self.leaves or leaves
        left = [name for name in os.listdir(self.bench.temporary)
                if not (name.startswith('etilqs_') and (self.leaves or os.path.getsize(os.path.join(self.bench.temporary, name)) == 0))]
        if left and not leaves:
            self.say(f'left in TMPDIR: {", ".join(left)}')

    def next_run(self, state):
        """The same verb, undisturbed: works, and cleans."""
        run = self.bench.run(self.verb.arguments)
        reference = self.reference
        found, companions = self.contents.of(self.bench.folder)
        expected = {'old': [(reference.first, reference.new)], 'new': [(reference.again, reference.newest)]}.get(
            state, [(reference.first, reference.new), (reference.again, reference.newest)])
        if not any(run.status == made.status and found == files for made, files in expected):
            files = expected[0][1]
            differing = [name for name in sorted(found.keys() | files.keys()) if found.get(name) != files.get(name)]
            self.say(f'the next run ended with {run.status}, and {", ".join(differing) or "nothing"} is not as undisturbed: '
                     f'{run.err.strip()[:300]}')
        elif state != 'mixed' and printed(self.verb, run.out) != printed(self.verb, expected[0][0].out):
            self.say('the next run printed something else than undisturbed')
        if companions:
            self.say(f'the next run left {", ".join(companions)}')
        self.temporary()

class CorpusJudge(Judge):
    """Of verbs over cases. A case that cannot be run is a result: it is shown with its sentence, and stored as the others are. So a run is
    added whole, whatever it found, or not at all."""

    def run(self, run, signals=(), may_die=()):
        if run.status != 2 or b'broken' not in run.out or TRAPS.search(run.err):
            super().run(run, signals, may_die)

    def state(self, run, leaves=False, partial=False, companions_may_stay=False):
        reference = self.reference
        found, companions = self.contents.of(self.bench.folder)
        is_undisturbed = run.status == reference.first.status
        for name, now in found.items():
            if name == 'j.xml':
                if is_undisturbed and now != reference.new[name]:
                    self.say('j.xml is not as undisturbed')
                self.well_formed(name)
            elif name == 'corpus.db':
                self.added(reference.old.get(name), now, reference.new[name] if is_undisturbed else None)
            elif name not in reference.new:
                if not leaves:
                    self.say(f'left: {name}')
            elif now != reference.old.get(name) and (now != reference.new[name] or not is_undisturbed and self.verb.name != 'bless'):
                self.say(f'{name} has neither its old nor its new content')
        lacking = [name for name in (reference.new if is_undisturbed else reference.old) if name not in found]
        if lacking:
            self.say(f'gone: {", ".join(lacking)}')
        if companions and not (leaves or companions_may_stay):
            self.say(f'left: {", ".join(companions)}')
        self.temporary(leaves)
        self.found = found
        return None

    def well_formed(self, name):
        try:
            xml.etree.ElementTree.parse(os.path.join(self.bench.folder, name))
        except xml.etree.ElementTree.ParseError as error:
            self.say(f'{name} is cut off: {error}')

    def added(self, before, now, whole):
        """`now` is `before` and at most one run more; all of `whole` if that is given."""
        runs, before_runs = now.split('|'), before.split('|') if before else []
        if before is None:
            before_runs = runs[:1]
        if now.startswith('DAMAGED') or now == 'empty':
            self.say(f'corpus.db: {now}')
        elif whole and now != whole:
            self.say('corpus.db is not as undisturbed')
        elif runs[:len(before_runs)] != before_runs or len(runs) > len(before_runs) + 1:
            self.say('corpus.db is not the runs that were there and one more')

    def next_run(self, state):
        """Adds the undisturbed run, unless a file that it may not replace is there."""
        run = self.bench.run(self.verb.arguments)
        reference = self.reference
        found, companions = self.contents.of(self.bench.folder)
        if self.verb.name == 'corpus-run' and 'j.xml' in self.found:
            expected, status = self.found, 74
        else:
            expected, status = dict(reference.new), reference.first.status
            if self.verb.name == 'bless' and self.found == reference.new:
                status = reference.again.status
            if 'corpus.db' in expected:
                undisturbed = reference.new['corpus.db'].split('|')
                former = self.found.get('corpus.db', undisturbed[0])
                expected['corpus.db'] = former + '|' + undisturbed[-1]
        left = {name for name in found if name not in reference.new}
        if left or companions:
            self.say(f'the next run left {", ".join([*left, *companions])}')
        if run.status != status or any(found.get(name) != of for name, of in expected.items() if name in reference.new):
            differing = [name for name in reference.new if found.get(name) != expected.get(name)]
            self.say(f'the next run ended with {run.status}, and {", ".join(differing) or "nothing"} is not as undisturbed: {run.err.strip()[:300]}')
        self.temporary()

class BatchJudge(Judge):
    """Of many recordings, each in a process of its own: one that fails is a line, and the others go on."""

    def run(self, run, signals=(), may_die=()):
        if run.status is None or run.status < 0 or run.status in (2, 74) or TRAPS.search(run.err):
            super().run(run, signals, may_die)
        elif run.status not in (0, 75):
            self.say(f'ended with {run.status}, which means something else: {run.err.strip()[:300]}')

    def state(self, run, leaves=False, partial=False, companions_may_stay=False):
        found, companions = self.contents.of(self.bench.folder)
        new = self.reference.new
        for name, now in found.items():
            if name not in new and not leaves:
                self.say(f'left: {name}')
            elif name in new and now != new[name] and not self.lacked_memory(name):
                self.say(f'{name} is not as undisturbed')
        if run.status == 0 and run.out.count(b'"error":null') == 2 and found != new:
            self.say('all are said to be judged, and not all results are there')
        self.temporary(leaves)
        return None

    def next_run(self, state):
        run = self.bench.run(self.verb.arguments)
        found, companions = self.contents.of(self.bench.folder)
        new = self.reference.new
        others = [name for name in found | new if found.get(name) != new.get(name) and not self.lacked_memory(name)]
        if run.status != self.reference.first.status or others or companions:
            self.say(f'the next run ended with {run.status}, and not as undisturbed are {others + companions}: {run.err.strip()[:300]}')
        self.temporary()

    def lacked_memory(self, name):
        """A recording that takes more memory than one may is a result that says so, and stays one (docs/fleet.md)."""
        path = os.path.join(self.bench.folder, name)
        if not os.path.isfile(path):
            return False
        connection = sqlite3.connect(path)
        try:
            return connection.execute('SELECT status FROM recording').fetchone() == ('out_of_memory',)
        except sqlite3.Error:
            return False
        finally:
            connection.close()

def judge(bench, contents, reference):
    if reference.verb.name == 'batch':
        return BatchJudge(bench, contents, reference)
    of = CorpusJudge if reference.verb.name.startswith(('corpus-run', 'bless')) else Judge
    return of(bench, contents, reference)
