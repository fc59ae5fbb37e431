"""A text of trace-cmd report in which one thing grows: what a recording can hold many of, and what each step then has to pass over.

usage: growing_trace.py KIND N OUT
       growing_trace.py --kinds

Each event carries the fields and the order of mainline's probes. N is the number of what the kind is called for; the events are three to
twenty times as many, at most. What grows does so together with what could be passed over for each of it (n caches and n invalidations, n
losses and n threads): a step that does so is quadratic.
"""
import sys

KVM, MM, GPC, UHVA, FAR, PAGE = 0xff529c43c1d85000, 0xff28c2e6c0e08b00, 0xff28c2e6c0e10000, 0x7f6185c00000, 0x7e6185c00000, 4096
CALL, RETURN = '(ffffffffc07eafa4)', '(ffffffffc07ea7f0 <- ffffffffc07ead3e)'
MN_OFFSET, VM_STRIDE = 0x9a88, 1 << 20

class Recording:
    """Writes events; each is a microsecond after the one before, unless the clock stands."""
    def __init__(self, file):
        self.file, self.time, self.step = file, 203_000_001_000, 1000
        file.write('cpus=8\n')

    def event(self, task, cpu, name, fields):
        comm, pid = task
        place = CALL if not name.endswith('_ret') else RETURN
        self.file.write(f'{comm:>16}-{pid:<7} [{cpu:03}] {self.time // 10**9:>6}.{self.time % 10**9:09}: {name + ":":<21} {place} {fields}\n')
        self.time += self.step

    def lost(self, cpu, count=5): self.file.write(f'CPU:{cpu} [LOST {count} EVENTS]\n')

    # What the kernel does

    def begin(self, vm=0, gpc=0, slot_count=1, task=('vmm', 537)):
        kvm = KVM + vm * VM_STRIDE
        # The shared info page is a member of struct kvm: the VM's creation is in the recording.
        self.event(task, 0, 'gpc_init', f'gpc={kvm + 0x9668:#x} kvm={kvm:#x}')
        for slot in range(slot_count):
            self.memslot(vm, slot, UHVA + slot * 0x1000000, task)

    def memslot(self, vm, slot, uhva, task=('vmm', 537), size=0x800000):
        kvm = KVM + vm * VM_STRIDE
        self.event(task, 0, 'set_memory_region', f'kvm={kvm:#x} slot={slot} flags=0 gpa={slot * 0x1000000:#x} size={size:#x} hva={uhva:#x}')
        self.event(task, 0, 'set_memory_region_ret', 'ret=0')

    def refresh(self, vm=0, gpc=GPC, uhva=UHVA, rounds=1, task=('vmm', 537), cpu=0, between=lambda: None, missed=lambda: None, returns=True):
        kvm = KVM + vm * VM_STRIDE
        self.event(task, cpu, '__gpc_refresh', f'gpc={gpc:#x} gpa=0x0 uhva=0xff28c2e5c0000000 kvm={kvm:#x} old_gpa=0xffffffffffffffff '
                   'old_uhva=0xff28c2e5c0000000 gen=0 slotsgen=2 active=1 valid=0')
        for number in range(rounds):
            self.event(task, cpu, 'gpc_retry_loop', f'gpc={gpc:#x} kvm={kvm:#x} uhva={uhva:#x} active_inv=0 seq=0')
            self.event(task, cpu, 'hva_to_pfn', f'addr={uhva:#x} write=1')
            if number + 1 < rounds:
                between()
            self.event(task, cpu, 'hva_to_pfn_ret', 'pfn=0x1000')
            if number + 1 == rounds:
                missed()
            self.event(task, cpu, 'gpc_retry_check', f'gpc={gpc:#x} kvm={kvm:#x} uhva={uhva:#x} pfn=0x1000 mmu_seq=0 active_inv=0 seq=0')
        if not returns:
            return
        self.event(task, cpu, 'gpc_refresh_done', f'gpc={gpc:#x} kvm={kvm:#x} uhva={uhva:#x} pfn=0x1000')
        self.event(task, cpu, '__gpc_refresh_ret', 'ret=0')

    def hook(self, name, inside, ret, vm, uhva, task, cpu, pages):
        kvm, span = KVM + vm * VM_STRIDE, f'start={uhva:#x} end={uhva + pages * PAGE:#x}'
        self.event(task, cpu, name, f'mn={kvm + MN_OFFSET:#x} mm={MM + vm * 256:#x} {span} flags=1 event=1')
        self.event(task, cpu, inside, f'kvm={kvm:#x} {span}')
        self.event(task, cpu, name + '_ret', ret)

    def start(self, vm=0, uhva=FAR, task=('bal', 600), cpu=1, pages=1):
        self.hook('mn_invalidate_range_start', 'gpc_invalidate_start', 'ret=0', vm, uhva, task, cpu, pages)

    def end(self, vm=0, uhva=FAR, task=('bal', 600), cpu=1, pages=1):
        self.hook('mn_invalidate_range_end', 'mn_invalidate_end_kvm', '', vm, uhva, task, cpu, pages)

    def invalidate(self, vm=0, uhva=FAR, task=('bal', 600), cpu=1, pages=1):
        self.start(vm, uhva, task, cpu, pages)
        self.end(vm, uhva, task, cpu, pages)

    def activate(self, vm=0, gpc=GPC, task=('vmm', 537)):
        self.event(task, 0, 'gpc_activate', f'gpc={gpc:#x} gpa=0x0 len=64 kvm={KVM + vm * VM_STRIDE:#x}')

    def check(self, vm=0, gpc=GPC, uhva=UHVA, task=('vmm', 537), cpu=0, answer=1, returns=True):
        self.event(task, cpu, 'gpc_check', f'gpc={gpc:#x} len=64 kvm={KVM + vm * VM_STRIDE:#x} gpa=0x0 uhva={uhva:#x} gen=2 slotsgen=2 '
                   'active=1 valid=1')
        if returns:
            self.event(task, cpu, 'gpc_check_ret', f'ret={answer}')

# The kinds

def caches(r, n):
    """n caches, each refreshed and checked; n invalidations, of no cache's page"""
    r.begin()
    for index in range(n):
        r.refresh(gpc=GPC + index * 256)
        r.check(gpc=GPC + index * 256)
    for index in range(n):
        r.invalidate()

def mapped_caches(r, n):
    """n caches, each with a page of its own; an invalidation of each page, and a check that says no"""
    r.begin()
    for index in range(n):
        r.refresh(gpc=GPC + index * 256, uhva=UHVA + index * PAGE)
    for index in range(n):
        r.invalidate(uhva=UHVA + index * PAGE)
        r.check(gpc=GPC + index * 256, uhva=UHVA + index * PAGE, answer=0)

def vms(r, n):
    """n VMs, each with a cache, a refresh, a check and an invalidation"""
    for index in range(n):
        r.begin(index)
        r.invalidate(index)
        r.refresh(index, gpc=GPC + (index << 20))
        r.check(index, gpc=GPC + (index << 20))

def threads(r, n):
    """n threads, each checks once and invalidates once"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.check(task=(f'x{index}', 2000 + index))
        r.invalidate(task=(f'x{index}', 2000 + index), cpu=0)

def comms(r, n):
    """n names of one thread"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.check(task=(f'name-{index}', 2000))

def memslots(r, n):
    """n memslots; n invalidations"""
    r.begin(slot_count=n)
    r.refresh()
    for index in range(n):
        r.invalidate(uhva=UHVA + index * 0x1000000)

def memslot_changes(r, n):
    """one memslot, changed n times, with a check and an invalidation each time"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.memslot(0, 0, UHVA + (index & 1) * 0x1000000)
        r.check()
        r.invalidate()

def open_invalidations(r, n, uhva=FAR):
    """n invalidations that never end, of no cache's page; n rounds and checks"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.start(task=(f'b{index}', 2000 + index), uhva=uhva)
    for index in range(n):
        r.check()
    r.refresh(rounds=n)

def open_overlapping(r, n):
    """n invalidations of a cache's page that never end; n checks that say yes"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.start(task=(f'b{index}', 2000 + index), uhva=UHVA)
    for index in range(n):
        r.check()

def contract_checks(r, n):
    """n invalidations of a cache's page, open at once; n/100 checks that say yes; all end"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.start(task=(f'b{index}', 2000 + index), uhva=UHVA)
    for index in range(max(1, n // 100)):
        r.check()
    for index in range(n):
        r.end(task=(f'b{index}', 2000 + index), uhva=UHVA)

def nested_storm(r, n):
    """n invalidations of no cache's page, 64 open at any time; a round for each"""
    r.begin()
    def turn():
        if turn.index >= 64:
            r.end(task=(f'b{(turn.index - 64) % 128}', 2000 + (turn.index - 64) % 128), uhva=FAR + (turn.index - 64) * PAGE)
        r.start(task=(f'b{turn.index % 128}', 2000 + turn.index % 128), uhva=FAR + turn.index * PAGE)
        turn.index += 1
    turn.index = 0
    r.refresh(rounds=n, between=turn)

def rounds(r, n):
    """a refresh of n rounds, each repeated for an invalidation"""
    r.begin()
    r.refresh(rounds=n, between=r.invalidate)

def waiting_checks(r, n):
    """n checks of a cache whose refresh never returns"""
    r.begin()
    r.refresh(returns=False)
    for index in range(n):
        r.check(task=('other', 700), cpu=2)

def open_round(r, n):
    """a round that never ends; n invalidations and checks beside it"""
    r.begin()
    r.refresh(gpc=GPC + 256)
    r.event(('vmm', 537), 0, '__gpc_refresh', f'gpc={GPC:#x} gpa=0x0 uhva=0xff28c2e5c0000000 kvm={KVM:#x} old_gpa=0xffffffffffffffff '
            'old_uhva=0xff28c2e5c0000000 gen=0 slotsgen=2 active=1 valid=0')
    r.event(('vmm', 537), 0, 'gpc_retry_loop', f'gpc={GPC:#x} kvm={KVM:#x} uhva={UHVA:#x} active_inv=0 seq=0')
    for index in range(n):
        r.invalidate()
        r.check(gpc=GPC + 256, task=('other', 700), cpu=2)

def losses(r, n):
    """n losses, on two CPUs in turn, with events between them"""
    r.begin()
    r.refresh()
    for index in range(n):
        cpu = 1 + index % 2
        r.check(task=('vmm', 537 + cpu), cpu=cpu)
        r.lost(cpu)

def losses_alone(r, n):
    """n losses, on two CPUs in turn that have no other event, between rounds of another"""
    r.begin()
    r.check(task=('vmm', 538), cpu=1)
    r.check(task=('vmm', 539), cpu=2)
    r.refresh()
    for index in range(n):
        r.check()
        r.lost(1 + index % 2)

def losses_and_threads(r, n):
    """n threads; then n losses"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.check(task=(f'x{index}', 2000 + index))
    for index in range(n):
        r.check(cpu=1)
        r.lost(1)

def losses_and_caches(r, n):
    """n caches; then n losses"""
    r.begin()
    for index in range(n):
        r.refresh(gpc=GPC + index * 256)
    for index in range(n):
        r.check(cpu=1)
        r.lost(1)

def losses_and_vms(r, n):
    """n VMs; then n losses"""
    for index in range(n):
        r.begin(index)
        r.refresh(index, gpc=GPC + (index << 20))
    for index in range(n):
        r.check(cpu=1)
        r.lost(1)

def losses_and_open(r, n):
    """n invalidations that never end; then n losses, and a round after each"""
    r.begin()
    for index in range(n):
        r.start(task=(f'b{index}', 2000 + index))
    for index in range(n):
        r.refresh()
        r.lost(0)

def markers(r, n):
    """n loss markers and nothing between them"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.lost(1)
    r.check()

def starts(r, n):
    """n ends whose starts are missing, each on a thread of its own, and a check each"""
    r.begin()
    r.refresh()
    for index in range(n):
        r.check()
        r.end(task=(f'b{index}', 2000 + index))

def stale_checks(r, n):
    """n caches of one page that was freed under them; a check of each says yes"""
    r.begin()
    for index in range(n):
        r.refresh(gpc=GPC + index * 256)
    r.invalidate(uhva=UHVA)
    for index in range(n):
        r.check(gpc=GPC + index * 256)

def stale_rounds(r, n):
    """n caches of one page, each refreshed with a page that was freed before the test"""
    r.begin()
    for index in range(n):
        r.refresh(gpc=GPC + index * 256, missed=lambda: r.invalidate(uhva=UHVA))

def duplicates(r, n):
    """n times the same line"""
    r.begin()
    r.refresh()
    r.step = 0
    for index in range(n):
        r.event(('vmm', 537), 0, 'gpc_check', f'gpc={GPC:#x} len=64 kvm={KVM:#x} gpa=0x0 uhva={UHVA:#x} gen=2 slotsgen=2 active=1 valid=1')

def equal_stamps(r, n):
    """n rounds, checks and invalidations of one stamp"""
    r.begin()
    r.refresh()
    r.step = 0
    for index in range(n):
        r.invalidate()
        r.check(task=('other', 700), cpu=2)
    r.refresh(rounds=n, between=r.invalidate)

def large_delta(r, n):
    """n refreshes, invalidations and checks, all within --delta"""
    r.begin()
    for index in range(n):
        r.refresh(task=('vmm', 537), cpu=0)
        r.invalidate()
        r.check(task=('other', 700), cpu=2)

KINDS = {function.__name__.replace('_', '-'): function for function in (
    caches, mapped_caches, vms, threads, comms, memslots, memslot_changes, open_invalidations, open_overlapping, contract_checks, nested_storm,
    rounds, open_round, waiting_checks, losses, losses_alone, losses_and_threads, losses_and_caches, losses_and_vms, losses_and_open, markers,
    starts, stale_checks, stale_rounds, duplicates, equal_stamps, large_delta)}

def main():
    if sys.argv[1:] == ['--kinds']:
        for name, function in KINDS.items():
            print(f'{name}\t{function.__doc__}')
        return
    kind, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(out, 'w') as file:
        KINDS[kind](Recording(file), count)

if __name__ == '__main__':
    main()
