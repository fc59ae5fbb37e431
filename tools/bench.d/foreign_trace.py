"""A text of trace-cmd report most of whose lines are not ours: sched and kvm tracepoints between the events of a real recording.

usage: foreign_trace.py SOURCE LINES OUT

Of every 20 lines one is SOURCE's (zstd text of `trace-cmd report -t`), with its own stamp; the others carry stamps between it and the
next one, on the same CPU and of the same task. Their words are those of `trace-cmd report` for these tracepoints.
"""
import subprocess, sys

FOREIGN = (
    'sched_switch:         qemu-system-x86:1376 [120] S ==> swapper/{cpu}:0 [120]',
    'kvm_exit:             reason EXTERNAL_INTERRUPT rip 0xffffffff{n:08x} info 0 800000ec',
    'kvm_entry:            vcpu {cpu}, rip 0xffffffff{n:08x}',
    'sched_wakeup:         CPU {cpu}/KVM:1381 [120] success=1 CPU:00{cpu}',
    'kvm_msr:              msr_write 6e0 = 0x{n:x}',
    'kvm_pio:              pio_write at 0x{cpu}f8 size 1 count 1 val 0x{n:x} ',
    'kvm_apic_accept_irq:  apicid {cpu} vec 236 (Fixed|edge)',
    'sched_stat_runtime:   comm=qemu-system-x86 pid=1376 runtime={n} [ns] vruntime={n} [ns]',
)

def main():
    source, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    text = subprocess.run(['zstd', '-dqc', source], check=True, capture_output=True).stdout
    lines = [line for line in text.decode('utf-8', 'surrogateescape').split('\n')[1:] if line[16:17] == '-']
    span = stamp(lines[-1]) - stamp(lines[0]) + 1_000_000
    with open(out, 'w', encoding='utf-8', errors='surrogateescape') as file:
        file.write('cpus=4\n')
        written, number = 1, 0
        while written < count:
            line = lines[number % len(lines)]
            shift = span * (number // len(lines))
            time = stamp(line) + shift
            after = stamp(lines[(number + 1) % len(lines)]) + shift + (span if (number + 1) % len(lines) == 0 else 0)
            place = line.index(':', 17)
            start = line.rindex(' ', 0, place)
            file.write(f'{line[:start]} {seconds(time)}{line[place:]}\n')
            written += 1
            cpu = line[line.index('[') + 3]
            for index in range(min(19, count - written)):
                between = time + (after - time) * (index + 1) // 20
                words = FOREIGN[(number + index) % len(FOREIGN)].format(cpu=cpu, n=(number * 7919 + index) & 0xffffff)
                file.write(f'{line[:start]} {seconds(between)}: {words}\n')
                written += 1
            number += 1

def stamp(line):
    place = line.index(':', 17)
    whole, fraction = line[line.rindex(' ', 0, place) + 1:place].split('.')
    return int(whole) * 1_000_000_000 + int(fraction)

def seconds(ns):
    return f'{ns // 1_000_000_000}.{ns % 1_000_000_000:09d}'

main()
