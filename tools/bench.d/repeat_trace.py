#!/usr/bin/env python3
"""Makes a long trace of a short one: its lines again and again, the time stamps of each repetition behind those of the one before.

usage: repeat_trace.py TRACE LINES OUT        text of trace-cmd report, .zst or plain in, plain text out

Nothing else changes: the same tasks, CPUs and pointers, so each repetition initialises the caches anew and is a new epoch of them.
Line numbers, which are the ids of the events, go on by themselves.
"""
import re, subprocess, sys

STAMP = re.compile(rb'(\[\d+\].*?\s)(\d+)\.(\d+)(:)')
GAP_NS = 1_000_000_000

def text_of(path):
    if path.endswith('.zst'):
        return subprocess.run(['zstd', '-dc', path], stdout=subprocess.PIPE, check=True).stdout
    with open(path, 'rb') as file:
        return file.read()

def stamp_ns(match):
    return int(match[2]) * 1_000_000_000 + int(match[3].ljust(9, b'0'))

def main(source, line_count, target):
    lines = text_of(source).splitlines(keepends=True)
    stamps = [STAMP.search(line) for line in lines]
    known = [stamp_ns(match) for match in stamps if match]
    step = max(known) - min(known) + GAP_NS
    written = repetition = 0
    with open(target, 'wb') as out:
        while written < line_count:
            for line, match in zip(lines, stamps):
                if written == line_count:
                    break
                if match:
                    time = stamp_ns(match) + repetition * step
                    digits = len(match[3])
                    stamp = b'%d.%s' % (time // 1_000_000_000, (b'%09d' % (time % 1_000_000_000))[:digits])
                    line = line[:match.start(2)] + stamp + line[match.end(3):]
                elif repetition > 0:
                    continue  # The report's own header, once.
                out.write(line)
                written += 1
            repetition += 1

main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
