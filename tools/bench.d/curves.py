"""How time and memory grow with what a recording holds: tools/bench curves [KIND ...].

Each kind of growing_trace.py is made with N / 8, N / 4, N / 2 and N of what grows, run, compared and explored (v6.9). A row says the CPU
seconds (user; less those of a recording of one) and the peak resident MB of each, and the slope of the seconds: 1 doubles with N, 2 is quadratic. It fails where
a slope is above SLOPE_MAX at sizes that take SECONDS_MIN at least, where the memory is above MEGABYTES_MAX, and where a run is ended by a
signal or takes more than SECONDS_MAX.
"""
import collections, math, os, resource, subprocess, sys, tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from growing_trace import KINDS, Recording

SLOPE_MAX, SECONDS_MIN, SECONDS_MAX, MEGABYTES_MAX = 1.3, 0.25, 120, 288
# Options of the run, by kind.
OPTIONS = {'large-delta': ['--delta', '1s']}

Run = collections.namedtuple('Run', 'seconds megabytes status')

def measure(command, memory_max):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
        resource.setrlimit(resource.RLIMIT_AS, (memory_max, memory_max))
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return Run(usage.ru_utime, usage.ru_maxrss / 1024, child.returncode)

def slope(sizes, seconds):
    """Of the least squares line through the logarithms; None: too short to say."""
    points = [(math.log(size), math.log(time)) for size, time in zip(sizes, seconds) if time >= SECONDS_MIN / 8]
    if len(points) < 2 or seconds[-1] < SECONDS_MIN:
        return None
    x, y = (sum(values) / len(points) for values in zip(*points))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)

def curve(binary, kind, count, folder, memory_max=3 << 30):
    """Rows of one kind, and whether each is within its bounds."""
    sizes = [count // 8, count // 4, count // 2, count]
    runs = {'run': [], 'compare': [], 'explore': []}
    for size in [1] + sizes:
        text, database = os.path.join(folder, 'growing.txt'), os.path.join(folder, 'growing.db')
        with open(text, 'w') as file:
            KINDS[kind](Recording(file), size)
        run = measure([binary, 'run', text, '--db', database, '--force', '--clock', 'mono'] + OPTIONS.get(kind, []), memory_max)
        runs['run'].append(run)
        if run.status >= 0 and os.path.exists(database):
            runs['compare'].append(measure([binary, 'compare', database], memory_max))
            runs['explore'].append(measure([binary, 'explore', database, '--protocol', 'v6.9'], memory_max))
            os.unlink(database)
        if run.status < 0:
            break
    for verb, results in runs.items():
        base, rest = results[0].seconds, results[1:]
        seconds = [max(run.seconds - base, 0.001) for run in rest]
        rise = slope(sizes, seconds) if len(rest) == len(sizes) else None
        faults = []
        for run in rest:
            if run.status < 0:
                faults.append(f'ended by signal {-run.status}')
        if rise is not None and rise > SLOPE_MAX:
            faults.append('SLOPE')
        if rest and max(run.megabytes for run in rest) > MEGABYTES_MAX:
            faults.append('MEMORY')
        yield [f'{kind}, {verb}', f'{sizes[len(rest) - 1] if rest else 0:,}'] + \
            [f'{run.seconds:.2f}' for run in rest] + [''] * (4 - len(rest)) + ['-' if rise is None else f'{rise:.2f}'] + \
            [f'{run.megabytes:.0f}' for run in rest] + [''] * (4 - len(rest)) + [str(rest[-1].status) if rest else '', ' '.join(faults)]

def main(binary, count, kinds):
    """Whether all of it is within its bounds."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        sys.exit(f'tools/bench: no kind {unknown[0]}; they are {", ".join(KINDS)}')
    isGood = True
    head = ['kind', 'N', 's at N/8', 'N/4', 'N/2', 'N', 'slope', 'MB at N/8', 'N/4', 'N/2', 'N', 'status', '']
    widths = [29, 8, 8, 7, 7, 7, 5, 9, 5, 5, 5, 6, 0]
    def show(row): print('  '.join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]).rstrip(), flush=True)
    show(head)
    with tempfile.TemporaryDirectory(prefix='gpc-replay-curves-') as folder:
        for kind in kinds or KINDS:
            for row in curve(binary, kind, count, folder):
                isGood = isGood and not row[-1]
                show(row)
    return isGood
