"""The verbs that write, each in a folder of its own with what it needs, and how one run of a verb is made and recorded."""
import collections, os, re, resource, shutil, signal, subprocess, time

SECONDS_MAX = 60

Run = collections.namedtuple('Run', 'status out err seconds')
"""`status`: of the process, -N if signal N ended it, None if it did not end in SECONDS_MAX."""

Verb = collections.namedtuple('Verb', 'name files arguments reads_only orderly')
"""`files`: of the template. `orderly`: SIGINT, SIGTERM and SIGHUP end it with a part that is stored as a part."""

def verb(name, files, arguments, reads_only=False, orderly=False):
    return Verb(name, files.split(), arguments.split(), reads_only, orderly)

VERBS = [
    verb('run', 'trace.txt.zst', 'run trace.txt.zst --db t.db'),
    verb('run-force', 'trace.txt.zst other.db=t.db', 'run trace.txt.zst --db t.db --force'),
    verb('run-memory', 'trace.txt.zst', 'run trace.txt.zst --db :memory:'),
    verb('import', 'quiet.dat.zst', 'import quiet.dat.zst --db t.db'),
    verb('replay', 't.db', 'replay t.db --retries-max 5 --delta 1us'),
    verb('explore', 't.db', 'explore t.db --protocol dwmw2-v2', orderly=True),
    verb('compare', 't.db', 'compare t.db --form v6.9,dwmw2-v2'),
    verb('corpus-add', 'trace.txt.zst', 'corpus add trace.txt.zst --finding 1 --to new/topic/case --db :memory: --candidates-max 8'),
    verb('corpus-run', 'corpus', 'corpus run corpus --db corpus.db --junit j.xml --jobs 1', orderly=True),
    verb('corpus-run-more', 'corpus corpus.db j.xml', 'corpus run corpus --db corpus.db --junit j.xml --force --jobs 1', orderly=True),
    verb('bless', 'wrong=corpus', 'corpus bless corpus'),
    verb('export', 't.db', 'export t.db -o t.pftrace'),
    verb('export-force', 't.db old=t.pftrace', 'export t.db -o t.pftrace --force --events'),
    verb('report-page', 't.db old=t.html', 'report t.db -o t.html --force'),
    verb('diff-page', 't.db other.db', 'diff t.db other.db -o d.html'),
    verb('batch', 'trace.txt.zst quiet.dat.zst', 'batch trace.txt.zst quiet.dat.zst --out results --jobs 1'),
    verb('merge', 'results', 'merge results -o fleet.db'),
    verb('merge-more', 'results less.db=fleet.db', 'merge results -o fleet.db'),
    verb('report', 't.db', 'report t.db', reads_only=True),
    verb('query', 't.db', 'query t.db --csv SELECT*FROM/**/event', reads_only=True),
]

def verbs_by_name():
    return {verb.name: verb for verb in VERBS}

class Bench:
    """Folders for the runs, and the environment that they get."""

    def __init__(self, root, binary, project, shim):
        self.root, self.binary, self.project, self.shim = root, binary, project, shim
        self.template = os.path.join(root, 'template')
        self.folder = os.path.join(root, 'w')
        self.temporary = os.path.join(root, 'tmp')
        self.calls = os.path.join(root, 'calls')

    def of_its_own(self, name):
        """Another with the same template, for a process that runs beside this one."""
        root = os.path.join(self.root, name)
        os.mkdir(root)
        bench = Bench(root, self.binary, self.project, self.shim)
        bench.template = self.template
        bench.clear()
        return bench

    def run(self, arguments, fault=None, calls=False, seconds_max=SECONDS_MAX, ended_after=None, file_size_max=None):
        """One run in `self.folder`. `ended_after`: (seconds, signal)."""
        process = self.start(arguments, fault, calls, file_size_max)
        return self.finish(process, seconds_max, ended_after)

    def start(self, arguments, fault=None, calls=False, file_size_max=None):
        environment = {'PATH': os.environ['PATH'], 'COLUMNS': '1000', 'LC_ALL': 'C.UTF-8', 'TMPDIR': self.temporary,
                       'SQLITE_TMPDIR': self.temporary,
                       # A backtrace takes a second.
                       'SWIFT_BACKTRACE': 'enable=no'}
        if fault or calls:
            environment['LD_PRELOAD'] = self.shim
        if fault:
            environment['TORTURE_FAULT'] = fault
        if calls:
            environment['TORTURE_CALLS'] = self.calls
        def limit():
            # A shell's background process ignores SIGINT, and so would its children.
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if file_size_max is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_size_max, file_size_max))
        process = subprocess.Popen(
            [self.binary, *arguments], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=limit, start_new_session=True)
        process.begun = time.monotonic()
        return process

    def finish(self, process, seconds_max=SECONDS_MAX, ended_after=None):
        status = 0
        try:
            if ended_after:
                try:
                    out, err = process.communicate(timeout=ended_after[0])
                except subprocess.TimeoutExpired:
                    process.send_signal(ended_after[1])
                    out, err = process.communicate(timeout=seconds_max)
            else:
                out, err = process.communicate(timeout=seconds_max)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            status = None
        # Processes of its own end with it, or soon after.
        for _ in range(200):
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                break
            time.sleep(0.05)
        else:
            os.killpg(process.pid, signal.SIGKILL)
            status = None
        return Run(status, out, err.decode(errors='replace'), time.monotonic() - process.begun)

    def clear(self):
        for path in (self.folder, self.temporary):
            for name in os.listdir(path) if os.path.isdir(path) else []:
                whole = os.path.join(path, name)
                shutil.rmtree(whole) if os.path.isdir(whole) and not os.path.islink(whole) else os.unlink(whole)
            os.makedirs(path, exist_ok=True)

    def lay_out(self, verb):
        """The folder as the verb finds it."""
        self.clear()
        for file in verb.files:
            source, _, name = file.partition('=')
            self.put(source, name or source)

    def put(self, source, name):
        source, target = os.path.join(self.template, source), os.path.join(self.folder, name)
        if os.path.isdir(source):
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)

    def make_template(self):
        """Made by the binary itself, undisturbed."""
        self.clear()
        shutil.rmtree(self.template, ignore_errors=True)
        os.makedirs(self.template)
        traces = os.path.join(self.project, 'traces')
        fixtures = os.path.join(self.project, 'Tests', 'TraceReadersTests', 'Fixtures')
        def made(arguments, *names):
            run = self.run(arguments.split())
            if run.status not in (0, 1, 3):
                raise SystemExit(f'tools/torture: gpc-replay {arguments} ended with {run.status}: {run.err}')
            for name in names:
                shutil.move(os.path.join(self.folder, name), os.path.join(self.template, name))
        shutil.copyfile(os.path.join(traces, 'missed/contract/trace.txt.zst'), os.path.join(self.template, 'trace.txt.zst'))
        subprocess.run(['zstd', '-q', os.path.join(fixtures, 'quiet.dat'), '-o', os.path.join(self.template, 'quiet.dat.zst')],
                       check=True)
        made(f'run {traces}/missed/contract/trace.txt.zst --db t.db', 't.db')
        made(f'run {traces}/lifecycle/einval/trace.txt.zst --db other.db', 'other.db')
        # Two cases: an interrupt may come between them.
        for case in ('missed/contract', 'lifecycle/einval'):
            shutil.copytree(os.path.join(traces, case), os.path.join(self.template, 'corpus', case))
            shutil.copytree(os.path.join(traces, case), os.path.join(self.template, 'wrong', case))
        description = os.path.join(self.template, 'wrong/missed/contract/case.toml')
        with open(description) as file:
            text = file.read()
        with open(description, 'w') as file:
            file.write(text.replace('verdict = "contract+stale"', 'verdict = "contract"'))
        for name in ('trace.txt.zst', 'quiet.dat.zst'):
            self.put(name, name)
        made('batch trace.txt.zst --out less --jobs 1')
        made('merge less -o less.db', 'less.db')
        made('batch trace.txt.zst quiet.dat.zst --out results --jobs 1', 'results')
        self.put('corpus', 'corpus')
        made('corpus run corpus --db corpus.db --junit j.xml --jobs 1', 'corpus.db', 'j.xml')
        with open(os.path.join(self.template, 'old'), 'w') as file:
            file.write('what was there before\n' * 100)
        self.clear()

def printed(verb, bytes):
    """What a run printed, without the times that it took."""
    if verb.name.startswith('batch'):
        return re.sub(rb'"(cpu_seconds|seconds|peak_rss_bytes)":[0-9.e-]+', b'', bytes)
    if not verb.name.startswith('corpus'):
        return bytes
    return re.sub(rb'\b\d[\d,]*(\.\d+)? (CPU )?(s|ms|\xc2\xb5s|ns)\b', b'TIME', bytes)
