#!/usr/bin/env bash
# What pahole and bpftool say of a kernel, for the tests to compare with: facts.sh VMLINUX KVM OUT (whole BTF files; OUT has the cut's kallsyms)
set -euo pipefail
for name in kvm gfn_to_pfn_cache mmu_notifier_range kvm_memslots kvm_vcpu kvm_follow_pfn kvm_userspace_memory_region \
  kvm_userspace_memory_region2; do
  found=$(pahole -F btf --btf_base "$1" -C $name "$2" 2>/dev/null || true)
  [ -n "$found" ] || found=$(pahole -F btf -C $name "$1" 2>/dev/null || true)
  printf '%s\n' "$found"
done | awk '
  /^struct [a-z_0-9]+ \{/ { name = $2 }
  /^\t[^\t].*;.*\/\* +[0-9]+ +[0-9]+ \*\// {
    match($0, /\/\* +[0-9]+ +[0-9]+ \*\//)
    split(substr($0, RSTART, RLENGTH), number, / +/)
    text = substr($0, 1, RSTART - 1); sub(/ __attribute__.*/, "", text); sub(/; *$/, "", text); sub(/(\[[0-9]+\])+$/, "", text)
    words = split(text, word, /[ *\t]+/)
    print name "\t" word[words] "\t" number[2] "\t" number[3]
  }' > "$3/offsets.tsv"
names=$(cut -d' ' -f3 "$3/kallsyms" | cut -f1 | cut -d. -f1 | sort -u | paste -sd'|')
{ bpftool btf dump file "$1"; bpftool -B "$1" btf dump file "$2"; } | awk -F"'" -v names="^($names)$" '
  /^\[/ { id = 0 }
  /^\[[0-9]+\] FUNC / && $2 ~ names { match($0, /type_id=[0-9]+/); of[$2] = substr($0, RSTART + 8, RLENGTH - 8) }
  /^\[[0-9]+\] FUNC_PROTO / { match($0, /^\[[0-9]+/); id = substr($0, 2, RLENGTH - 1); list[id] = "" }
  /^\t/ && id { list[id] = list[id] " " $2 }
  END { for (name in of) print name "\t" substr(list[of[name]], 2) }' | sort > "$3/functions.tsv"
