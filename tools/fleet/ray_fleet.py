#!/usr/bin/env python3
"""Judges the recordings of a list on a Ray cluster, and prints their lines of JSON.

usage: ray_fleet.py LIST OUT [options of gpc-replay batch]

LIST has one path a line, and OUT is a folder, both on a file system that all hosts see. GPC_REPLAY names the program (default: gpc-replay),
RAY_ADDRESS the cluster (default: this host). The same command again goes on where one ended.
"""
import os
import subprocess
import sys

import ray

# Recordings of one task: enough that starting it does not matter, few enough that a task that is lost costs little.
TASK_SIZE = 16
# EX_TEMPFAIL: a process was ended, or a disk was full. Another host, or another time, may do.
TEMPORARY = 75


class Again(Exception):
    """Part of a task has to be done again; what is done already is found by name."""


@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=[Again])
def judge(program, paths, out, options):
    command = [program, 'batch', '--manifest', '-', '--null', '--out', out, '--jobs', '1', *options]
    run = subprocess.run(command, input='\0'.join(paths).encode(), capture_output=True)
    # Below 0: a signal.
    if run.returncode == TEMPORARY or run.returncode < 0:
        raise Again(f'status {run.returncode}: {run.stderr.decode(errors="replace")}')
    run.check_returncode()
    return run.stdout.decode()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        paths = [os.path.abspath(line) for line in file.read().splitlines() if line]
    out = os.path.abspath(sys.argv[2])
    # Ray prints what it has to say on standard output; that is for the lines alone.
    lines = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    # Without an address: as many processes as this host has cores.
    ray.init(address=os.environ.get('RAY_ADDRESS'), include_dashboard=False, log_to_driver=False)
    program = os.environ.get('GPC_REPLAY', 'gpc-replay')
    waiting = [judge.remote(program, paths[at:at + TASK_SIZE], out, sys.argv[3:]) for at in range(0, len(paths), TASK_SIZE)]
    while waiting:
        done, waiting = ray.wait(waiting)
        lines.write(''.join(ray.get(done)))
        lines.flush()


if __name__ == '__main__':
    main()
