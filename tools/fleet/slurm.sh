#!/usr/bin/env bash
# Judges the recordings of a list as an array job of Slurm:
#
#     sbatch --array=1-100 tools/fleet/slurm.sh LIST OUT [options of gpc-replay batch]
#
# Task n of N takes lines n, n + N, … of LIST, so 100 tasks do for any number of recordings. OUT is on a file system that all hosts see;
# each task's lines of JSON are in OUT/lines. The same command again goes on where a job ended.
#SBATCH --job-name=gpc-replay
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
list=${1:?LIST} out=${2:?OUT}
shift 2
mkdir -p "$out/lines"
lines=$out/lines/$SLURM_ARRAY_TASK_ID.ndjson
status=0
sed -n "${SLURM_ARRAY_TASK_ID}~${SLURM_ARRAY_TASK_COUNT}p" "$list" |
  gpc-replay batch --manifest - --out "$out" --jobs "${SLURM_CPUS_PER_TASK:-1}" "$@" >"$lines.part" || status=$?
# 75: a process was ended, or a disk was full: another host, or another time, may do.
if [ $status = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 2 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && exit
fi
[ $status != 0 ] || mv "$lines.part" "$lines"
exit $status
