"""The kinds of trials. Each gives an endless or finite sequence of keys, drawn by a seed, and does one trial by its key alone: so a key is
all that repeats it."""
import ctypes, os, random, signal, sqlite3, struct, subprocess

from oracle import DOCUMENTED, REFUSED, TRAPS, judge
from scene import SECONDS_MAX, VERBS, printed, verbs_by_name

# By kind of call (faults.c): what it fails with. With a +, all later ones fail, too, as a full disk does.
EFFECTS = {
    'open': 'EIO ENOSPC+ EDQUOT EMFILE EACCES EROFS', 'opendir': 'EIO EACCES EMFILE', 'readdir': 'EIO', 'read': 'EIO EINTR short short+',
    'pread': 'EIO EINTR short short+', 'write': 'EIO ENOSPC+ EDQUOT EINTR short short+', 'pwrite': 'EIO ENOSPC+ EDQUOT EINTR short short+',
    'fsync': 'EIO ENOSPC EDQUOT', 'fdatasync': 'EIO ENOSPC', 'rename': 'EIO ENOSPC EACCES EDQUOT', 'link': 'EPERM EIO EMLINK ENOSPC EEXIST',
    'unlink': 'EIO EACCES EROFS', 'mkdir': 'EIO ENOSPC EDQUOT EACCES EEXIST', 'rmdir': 'EIO', 'ftruncate': 'EIO ENOSPC EINTR',
    'stat': 'EIO EACCES', 'flock': 'ENOLCK+ EIO EINTR ENOSYS+', 'lock': 'ENOLCK ENOLCK+ EIO', 'alloc': 'ENOMEM ENOMEM+', 'swift': 'ENOMEM',
}
# What a verb cannot do without: if the shim counts none of these, it does not reach the program.
EXPECTED_CALLS = {
    'run': 'open opendir readdir read pread write pwrite fsync rename unlink flock lock alloc swift stat', 'replay': 'pwrite fdatasync lock unlink',
    'corpus-add': 'mkdir rename write', 'export': 'link fsync unlink', 'report-page': 'rename fsync', 'import': 'pread pwrite write',
}
SIGNALS = {'TERM': signal.SIGTERM, 'INT': signal.SIGINT, 'HUP': signal.SIGHUP, 'KILL': signal.SIGKILL}
# What Swift's runtime ends with where there is no memory.
NO_MEMORY = (signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGSEGV)

class Trials:
    """What all kinds share: the bench, and the undisturbed runs, made when they are first asked for."""

    def __init__(self, bench, contents, seed, calls_max, reference):
        self.bench, self.contents, self.seed, self.calls_max, self.reference = bench, contents, seed, calls_max, reference
        self.counted = {}

    def draw(self, *words):
        return random.Random(':'.join(map(str, (self.seed, self.name, *words))))

    def counts(self, verb):
        """How many calls of each kind an undisturbed run makes."""
        if verb.name not in self.counted:
            self.bench.lay_out(verb)
            if os.path.exists(self.bench.calls):
                os.unlink(self.bench.calls)
            run = self.bench.run(verb.arguments, calls=True)
            with open(self.bench.calls) as file:
                counts = {line.split('\t')[1]: int(line.split('\t')[2]) for line in file if line.startswith('count\t')}
            missing = [kind for kind in EXPECTED_CALLS.get(verb.name, '').split() if not counts.get(kind)]
            if not counts or missing:
                raise SystemExit(f'tools/torture: the shim does not see the calls of {verb.name}: {missing or "none at all"} ({run.err})')
            self.counted[verb.name] = counts
        return self.counted[verb.name]

    def undisturbed(self, name):
        """The verb, of which the undisturbed run is known by now: that takes the same folder."""
        verb = verbs_by_name()[name]
        self.reference(verb)
        return verb

    def judged(self, verb, run, signals=(), may_die=(), leaves=False, partial=False, companions_may_stay=False):
        """The problems of a run, and of the next one."""
        judged = judge(self.bench, self.contents, self.reference(verb))
        judged.run(run, signals, may_die)
        judged.next_run(judged.state(run, leaves, partial, companions_may_stay))
        return judged.problems

class Faults(Trials):
    """Each of the first calls of each kind fails, in each way; and calls drawn from the later ones."""
    name = 'faults'

    def keys(self):
        keys = []
        for verb in VERBS:
            for kind, effects in EFFECTS.items():
                count = self.counts(verb).get(kind, 0)
                numbers = list(range(1, min(count, self.calls_max) + 1))
                if count > self.calls_max:
                    numbers += sorted(self.draw(verb.name, kind).sample(range(self.calls_max + 1, count + 1), min(50, count - self.calls_max)))
                keys += [f'{verb.name}:{kind}:{number}:{effect}' for effect in effects.split() for number in numbers]
        self.draw().shuffle(keys)
        return keys

    def trial(self, key):
        name, kind, number, effect = key.split(':')
        verb = self.undisturbed(name)
        self.bench.lay_out(verb)
        run = self.bench.run(verb.arguments, fault=f'{kind}:{number}:{effect}')
        # A name that cannot be removed stays until the next run; so does the file of a turn that cannot be locked, for it may be another's; a process
        # that could not write its pages back leaves the journal, by which the next one does; and Swift's runtime ends a process that gets no
        # memory, as a kill would.
        died = kind == 'swift' and run.status is not None and run.status < 0
        leaves = kind in ('unlink', 'rmdir', 'flock') or died
        return self.judged(verb, run, may_die=NO_MEMORY if kind == 'swift' else (), leaves=leaves, companions_may_stay=True)

class Signals(Trials):
    """A signal before each of the first calls, and at random moments."""
    name = 'signals'

    def keys(self):
        keys = []
        for verb in VERBS:
            count = self.counts(verb)['any']
            numbers = list(range(1, count + 1))
            keys += [f'{verb.name}:{number}:{name}' for name in SIGNALS for number in numbers]
        self.draw().shuffle(keys)
        yield from keys
        number = 0
        while True:
            number += 1
            random = self.draw(number)
            verb = random.choice(VERBS)
            yield f'{verb.name}:{random.uniform(0, self.reference(verb).first.seconds * 1.1):.5f}s:{random.choice(list(SIGNALS))}'

    def trial(self, key):
        name, moment, signal_name = key.split(':')
        verb = self.undisturbed(name)
        number = SIGNALS[signal_name]
        self.bench.lay_out(verb)
        if moment.endswith('s'):
            run = self.bench.run(verb.arguments, ended_after=(float(moment[:-1]), number))
        else:
            run = self.bench.run(verb.arguments, fault=f'any:{moment}:{signal_name}')
        return self.judged(verb, run, signals=(number,), leaves=number == signal.SIGKILL, partial=number != signal.SIGKILL)

class Space(Trials):
    """A file system of every size from what is there already to what is needed; where none can be mounted, a limit on the size of files."""
    name = 'space'
    page = 16384

    def mount(self):
        """True: `w` and `tmp` are in a tmpfs of this process's own."""
        if not hasattr(self, 'mounted'):
            self.mounted = False
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.unshare(0x00020000) == 0:  # CLONE_NEWNS
                subprocess.run(['mount', '--make-rprivate', '/'], check=False, stderr=subprocess.DEVNULL)
                room = os.path.join(self.bench.root, 'room')
                os.makedirs(room, exist_ok=True)
                if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64m', 'torture', room], stderr=subprocess.DEVNULL).returncode == 0:
                    self.mounted = True
                    self.room = room
        return self.mounted

    def resize(self, bytes_free, files_free=100000):
        status = os.statvfs(self.room)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        files = status.f_files - status.f_ffree
        subprocess.run(['mount', '-o', f'remount,size={used + bytes_free},nr_inodes={files + files_free}', self.room], check=True)

    def within(self):
        """The bench's folders, moved into the mounted file system."""
        former = self.bench.folder, self.bench.temporary
        if self.mount():
            self.resize(64 << 20)
            self.bench.folder, self.bench.temporary = os.path.join(self.room, 'w'), os.path.join(self.room, 'tmp')
        return former

    def keys(self):
        keys = []
        for verb in VERBS:
            # More than any of them needs: what it writes is there twice before the old is gone.
            reference = self.reference(verb)
            self.bench.lay_out(verb)
            self.bench.run(verb.arguments)
            largest = max([os.path.getsize(os.path.join(path, name)) for path, _, files in os.walk(self.bench.folder) for name in files])
            steps = (2 * largest + (2 << 20)) // self.page if reference.old != reference.new else 8
            keys += [f'{verb.name}:{step * self.page}' for step in range(steps)]
            keys += [f'{verb.name}:{step * 512}b' for step in range(1, 32)]
            if self.mount():
                keys += [f'{verb.name}:{count}files' for count in range(8)]
        self.draw().shuffle(keys)
        return keys

    def trial(self, key):
        name, size = key.split(':')
        verb = self.undisturbed(name)
        former = self.within()
        try:
            self.bench.lay_out(verb)
            if not self.mounted:
                run = self.bench.run(verb.arguments, file_size_max=int(size.rstrip('b').removesuffix('files')))
            else:
                if size.endswith('files'):
                    self.resize(64 << 20, int(size.removesuffix('files')))
                else:
                    self.resize(int(size.rstrip('b')))
                run = self.bench.run(verb.arguments)
                self.resize(64 << 20)
            return self.judged(verb, run, companions_may_stay=True)
        finally:
            self.bench.folder, self.bench.temporary = former

class Damage(Trials):
    """Drawn edits of the database that a verb reads, with the checksums that the pages had, or with right ones for the edited pages."""
    name = 'damage'

    def keys(self):
        number = 0
        while True:
            number += 1
            for verb in VERBS:
                if any(file in ('t.db', 'corpus.db') for file in verb.files):
                    yield f'{verb.name}:{number}:{self.draw(verb.name, number).choice(["plain", "plain", "sealed"])}'

    def trial(self, key):
        name, number, how = key.split(':')
        verb = self.undisturbed(name)
        self.bench.lay_out(verb)
        path = os.path.join(self.bench.folder, 'corpus.db' if 'corpus.db' in verb.files else 't.db')
        random = self.draw(key)
        if how == 'sealed':
            edit_values(path, random)
        else:
            edit_bytes(path, random)
        before = self.contents.of(self.bench.folder)[0]
        run = self.bench.run(verb.arguments)
        judged = judge(self.bench, self.contents, self.reference(verb))
        judged.run(run)
        if how == 'sealed':
            # It may be a database of other events now: then what is made of it is another thing, but no trap and no nonsense.
            judged.problems = [problem for problem in judged.problems
                              if 'printed something else' not in problem and 'means something else' not in problem]
        found, companions = self.contents.of(self.bench.folder)
        judged.temporary()
        name = os.path.basename(path)
        if run.status in REFUSED:
            # A replay is stored whole before its report comes to the damaged page, which is still damaged then.
            if found[name] != before[name] and self.bench.run(verb.arguments).status not in REFUSED:
                judged.say('refused, and taken the next time')
            if any(found.get(other) != of for other, of in before.items() if other not in (name, 'j.xml')) or found.keys() - before.keys():
                judged.say('refused, and something else was written')
        elif how != 'sealed' and found != self.reference(verb).new:
            judged.say('taken, and what was written is not as of the whole database')
        if companions:
            judged.say(f'left: {", ".join(companions)}')
        return judged.problems

def edit_bytes(path, random):
    """As a disk, a copy or another program damages a file."""
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    pages = len(data) // 16384
    for _ in range(random.choice([1, 1, 1, 2, 5])):
        page = random.randrange(pages) * 16384
        other = random.randrange(pages) * 16384
        match random.choice(['bit', 'bit', 'byte', 'zeros', 'swap', 'copy', 'end', 'more', 'head']):
            case 'bit': data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            case 'byte': data[random.randrange(len(data))] = random.randrange(256)
            case 'zeros': data[page:page + 16384] = bytes(16384)
            case 'swap': data[page:page + 16384], data[other:other + 16384] = data[other:other + 16384], data[page:page + 16384]
            case 'copy': data[page:page + 16384] = data[other:other + 16384]
            case 'end':
                # An empty file is one that is not there yet.
                del data[random.choice([max(page, 1), random.randrange(1, len(data))]):]
                break
            case 'more': data += random.randbytes(random.choice([1, 100, 16384]))
            case 'head': data[random.randrange(100)] = random.randrange(256)
    with open(path, 'wb') as file:
        file.write(data)

NUMBERS = [0, 1, -1, 2, 7, 1 << 31, -(1 << 31), (1 << 63) - 1, -(1 << 63), 1 << 40, 4096]

def edit_values(path, random):
    """As somebody who knows the format would: other values in rows, and then right checksums and a right seal."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute('PRAGMA ignore_check_constraints = ON')
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'page_seal'")]
    for _ in range(random.choice([1, 1, 2, 4])):
        table = random.choice(tables)
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info({table})')]
        column = random.choice(columns)
        value = random.choice([random.choice(NUMBERS), random.randrange(1 << 16), '', 'x' * 300, '\x1b[2J', None, 1.5, b'\xff\xfe'])
        change = random.choice(['all', 'one', 'one', 'less'])
        try:
            match change:
                case 'all': connection.execute(f'UPDATE {table} SET {column} = ?', (value,))
                case 'one': connection.execute(f'UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = (SELECT {column} FROM {table} LIMIT 1 OFFSET ?)',
                                               (value, random.randrange(20)))
                case 'less': connection.execute(f'DELETE FROM {table} WHERE {column} = (SELECT {column} FROM {table} LIMIT 1 OFFSET ?)', (random.randrange(20),))
        except sqlite3.Error:
            continue
    connection.close()
    seal(path)

def checksum(data):
    """Of SQLite's cksumvfs (https://sqlite.org/cksumvfs.html)."""
    first = second = 0
    for a, b in struct.iter_unpack('<II', data):
        first = (first + a + second) & 0xffffffff
        second = (second + b + first) & 0xffffffff
    return struct.pack('<II', first, second)

def sign(file, page, size):
    file.seek((page - 1) * size)
    data = file.read(size)
    sum = checksum(data[:-8])
    file.seek(page * size - 8)
    file.write(sum)
    return sum

def seal(path):
    """Right checksums on all pages, and the row of `page_seal` that fits them (docs/schema.md)."""
    connection = sqlite3.connect(path, isolation_level=None)
    own, = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'page_seal'").fetchone()
    size, = connection.execute('PRAGMA page_size').fetchone()
    count, = connection.execute('PRAGMA page_count').fetchone()
    connection.close()
    with open(path, 'r+b') as file:
        sums = b''.join(sign(file, page, size) for page in range(1, count + 1) if page not in (1, own))
        file.seek(24)
        counter = struct.unpack('>I', file.read(4))[0]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute('UPDATE page_seal SET change_counter = ?, page_count = ?, checksum = ?',
                       (counter + 1, count, struct.unpack('<q', checksum(sums))[0]))
    connection.close()
    with open(path, 'r+b') as file:
        for page in (1, own):
            sign(file, page, size)

class Pairs(Trials):
    """Two verbs at once in one folder: what is there and what they print is as if one had come after the other, or one is refused."""
    name = 'pairs'
    files = ['trace.txt.zst', 't.db', 'other.db', 'corpus', 'old=t.html', 'results', 'less.db']
    # On the database t.db; on a new one; on an output; on corpus.db; in a new folder; on a fleet's.
    groups = [
        ['run trace.txt.zst --db t.db --force', 'import trace.txt.zst --db t.db --force', 'replay t.db --retries-max 5', 'explore t.db --protocol dwmw2-v2',
         'compare t.db --form v6.9', 'report t.db', 'report t.db -o t.html --force', 'export t.db -o t.pftrace --force', 'query t.db stalls'],
        ['run trace.txt.zst --db new.db', 'import trace.txt.zst --db new.db', 'compare trace.txt.zst --db new.db --form v6.9'],
        ['export t.db -o x', 'report t.db -o x', 'diff t.db other.db -o x', 'export t.db -o x --force'],
        ['corpus run corpus --db corpus.db --jobs 1', 'corpus run corpus/lifecycle --db corpus.db --jobs 1'],
        ['corpus add trace.txt.zst --finding 1 --to new/topic/case --db :memory: --candidates-max 4',
         'corpus add trace.txt.zst --finding 1 --to new/topic/case --db :memory: --candidates-max 8'],
        ['merge results -o less.db', 'merge results -o fleet.db', 'batch trace.txt.zst --out again --jobs 1', 'batch trace.txt.zst --out again --jobs 2'],
    ]

    def keys(self):
        number = 0
        while True:
            number += 1
            for group, commands in enumerate(self.groups):
                for first in range(len(commands)):
                    for second in range(first, len(commands)):
                        yield f'{group}:{first}:{second}:{number}'

    def lay_out(self):
        self.bench.clear()
        for file in self.files:
            source, _, name = file.partition('=')
            self.bench.put(source, name or source)

    def outcomes(self, first, second):
        """What may be there and what each may have printed: one after the other in both orders, or one of them alone."""
        if not hasattr(self, 'known'):
            self.known = {}
        if (first, second) not in self.known:
            states, prints = [], {first: set(), second: set()}
            for order in ([first, second], [second, first], [first], [second]):
                self.lay_out()
                for command in order:
                    run = self.bench.run(command.split())
                    prints[command].add((run.status, self.printed(command, run.out)))
                states.append(self.contents.of(self.bench.folder)[0])
            self.known[first, second] = states, prints
        return self.known[first, second]

    def printed(self, command, out):
        # "imported" and "already holds" depend on who came first, in a way that the outcomes cover.
        return printed(VERBS[-2]._replace(name=command), out)

    def trial(self, key):
        group, first, second, number = key.split(':')
        first, second = (self.groups[int(group)][int(index)] for index in (first, second))
        states, prints = self.outcomes(first, second)
        random = self.draw(key)
        self.lay_out()
        problems = []
        begun = []
        for command in random.sample([first, second], 2):
            begun.append((command, self.bench.start(command.split())))
            if len(begun) == 1 and random.random() < 0.8:
                # As far into the first as it may take.
                try:
                    begun[0][1].wait(random.uniform(0, 0.06))
                except subprocess.TimeoutExpired:
                    pass
        statuses = []
        for command, process in begun:
            run = self.bench.finish(process)
            statuses.append(run.status)
            if run.status is None:
                problems.append(f'{command}: did not end in {SECONDS_MAX} s')
            elif run.status < 0 or run.status not in DOCUMENTED or TRAPS.search(run.err):
                problems.append(f'{command}: ended with {run.status}: {run.err.strip()[:300]}')
            elif run.status in (2, 74):
                if not run.err.startswith('gpc-replay: ') or run.err.count('\n') != 1:
                    problems.append(f'{command}: no clear sentence: {run.err.strip()[:300]}')
            elif (run.status, self.printed(command, run.out)) not in prints[command]:
                problems.append(f'{command}: ended with {run.status} and printed what it prints in neither order')
        found, companions = self.contents.of(self.bench.folder)
        if found not in states:
            names = sorted({name for state in states for name in state} | set(found))
            strange = [name for name in names if all(found.get(name) != state.get(name) for state in states)]
            problems.append(f'{first} and {second}, ended with {statuses}: {", ".join(strange) or "together"} as after neither order')
        if companions:
            problems.append(f'left: {", ".join(companions)}')
        left = os.listdir(self.bench.temporary)
        if left:
            problems.append(f'left in TMPDIR: {left}')
        return problems

KINDS = [Signals, Faults, Damage, Space, Pairs]
