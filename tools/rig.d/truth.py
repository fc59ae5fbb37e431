#!/usr/bin/env python3
"""Holds recordings of tools/rig against what the workload did and saw: truth.py GPC-REPLAY FOLDER RELEASE WORKLOAD..."""
import os
import re
import sqlite3
import subprocess
import sys

tool, folder, release, names = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
failures = []


def read(*path):
    try:
        with open(os.path.join(folder, *path), encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def form_of(release):
    """The form of mainline's that a kernel runs: Documentation of the forms is Sources/Forms/Mainline.toml."""
    version = tuple(int(word) for word in re.match(r"(\d+)\.(\d+)", release).groups())
    for since, form in (((7, 3), "v7.3"), ((6, 9), "v6.9"), ((6, 2), "v6.2"), ((6, 1), "v6.1"), ((5, 19), "v5.19")):
        if version >= since:
            return form
    return "v5.17"


class Judge:
    """One recording's database, and what has to hold of it."""

    def __init__(self, name, trace):
        self.name = name
        path = os.path.join(folder, name, "trace.db")
        run = subprocess.run([tool, os.path.join(folder, name, trace), "--db", path, "--force"], capture_output=True, text=True)
        with open(os.path.join(folder, name, "report.txt"), "w") as file:
            file.write(run.stdout + run.stderr)
        self.checks = 0
        self.is_read = run.returncode in (0, 1, 3)
        self.holds("gpc-replay reads it whole", self.is_read, f"status {run.returncode}: {run.stderr.strip()}")
        self.database = sqlite3.connect(path) if self.is_read else None

    def holds(self, what, is_so, seen=""):
        self.checks += 1
        if not is_so:
            failures.append(f"{self.name}: {what}: {seen}")

    def equal(self, what, recorded, truth):
        self.holds(f"{what}: recorded = done", recorded == truth, f"recorded {recorded}, done {truth}")

    def one(self, query, *values):
        return self.database.execute(query, values).fetchone()[0]

    def events(self, name):
        return self.one("SELECT COALESCE(SUM(count), 0) FROM event_name WHERE name = ?", name)

    def returns(self, name, condition):
        return self.one(f"SELECT COUNT(*) FROM event e JOIN event_name n ON n.id = e.name_id WHERE n.name = ? AND {condition}", name)

    def findings(self, kind, certainty="%"):
        return self.one("SELECT COUNT(*) FROM finding WHERE kind = ? AND certainty LIKE ?", kind, certainty)

    def lost(self):
        return self.one("SELECT COUNT(*) FROM event WHERE name_id IS NULL")

    def of_any(self):
        """What holds of every recording of an unmodified kernel."""
        self.holds("no field is implausible", self.one("SELECT COUNT(*) FROM implausible_field") == 0,
                   self.database.execute("SELECT field, sign FROM implausible_field").fetchall())
        for table in ("retry_round", "cache_check"):
            self.holds(f"no decision of {table} disagrees",
                       self.one(f"SELECT COUNT(*) FROM {table} WHERE decision = 'disagrees'") == 0, "see report.txt")
        self.holds(f"{form_of(release)} is not refuted",
                   self.one("SELECT COUNT(*) FROM form_agreement WHERE form = ? AND refuted_count = 0", form_of(release)) == 1,
                   self.database.execute("SELECT form, refuted_count FROM form_agreement").fetchall())
        if self.name != "bpftrace":
            self.holds("the recording names its kernel", self.one("SELECT kernel_release FROM trace") == release,
                       self.one("SELECT kernel_release FROM trace"))
            self.holds("the right form is named", self.one("SELECT form FROM replay") == form_of(release), self.one("SELECT form FROM replay"))
        self.holds("no event of another's is missing silently", self.one("SELECT COUNT(*) FROM silent_omission") == 0,
                   self.database.execute("SELECT sign, event_count FROM silent_omission").fetchall())
        self.holds("no contract finding", self.findings("contract") == 0, "see report.txt")

    def of_truth(self, text):
        truth = [line.split()[1:] for line in text.splitlines() if line.startswith("truth ")]
        self.holds("the workload told what it did", len(truth) > 0, text[-300:])
        sums, dropped = {}, {}
        for words in truth:
            if words[0] == "dropped":
                place = (int(words[1], 16), int(words[2], 16))
                dropped[place] = dropped.get(place, 0) + int(words[3])
            else:
                sums[words[0]] = sums.get(words[0], 0) + int(words[1])
        is_whole = self.lost() == 0
        self.holds("nothing is lost", is_whole or self.name == "storm", f"{self.lost()} gaps")
        if not is_whole:
            return
        for key, event in (("caches", "gpc_init"), ("memslots", "set_memory_region"), ("activations_hva", "gpc_activate_hva"),
                           ("hvm_attrs", "xen_hvm_set_attr"), ("vcpu_attrs", "xen_vcpu_set_attr")):
            self.equal(key, self.events(event), sums.get(key, 0))
        # A vCPU activates the second page of its runstate by itself, when that was invalidated.
        self.equal("activations", self.one(
            "SELECT COUNT(*) FROM event e JOIN event_name n ON n.id = e.name_id JOIN task t ON t.id = e.task_id "
            "WHERE n.name = 'gpc_activate' AND t.comm NOT LIKE 'CPU %'"), sums.get("activations", 0))
        self.equal("vms", self.one("SELECT COUNT(*) FROM vm"), sums.get("vms", 0))
        sent = self.returns("xen_set_evtchn_fast_ret", "e.ret >= 0")
        if "thread irqfd" in text:
            self.holds("sent: recorded >= done", sent >= sums["sent"], f"recorded {sent}, done {sums['sent']}")
        else:
            self.equal("sent", sent, sums.get("sent", 0))
        for (start, end), count in dropped.items():
            recorded = self.one("SELECT COUNT(*) FROM event e JOIN event_name n ON n.id = e.name_id WHERE "
                                "n.name = 'mn_invalidate_range_start' AND hva_start = ? AND hva_end = ? AND mn_event = 1", start, end)
            self.equal(f"madvise of [{start:#x}, {end:#x})", recorded, count)
        if "lost" in sums:
            self.equal("events lost in a gap", self.findings("contract", "certain"), sums["lost"])
        seen = sums.get("stale", 0)
        certain = self.findings("stale", "certain")
        self.holds("a stale page that is certain was seen from inside", certain <= seen, f"certain {certain}, seen {seen}")
        self.holds("a stale page that was seen is found", self.findings("stale") >= seen,
                   f"found {self.findings('stale')}, seen {seen}")

    def line(self):
        count = self.one("SELECT event_count FROM trace")
        forced = self.one("SELECT COUNT(*) FROM retry_round WHERE decision = 'agrees'")
        tests = self.one("SELECT COUNT(*) FROM retry_round WHERE decision IS NOT NULL")
        checks = self.one("SELECT COUNT(*) FROM cache_check WHERE decision = 'agrees'")
        form = self.one("SELECT form FROM replay")
        print(f"{self.name}: {count} events, {self.lost()} gaps, {forced} of {tests} retry tests forced and agreeing, {checks} checks agree, "
              f"{self.findings('stale', 'certain')}+{self.findings('stale', 'possible')} stale, form {form}, {self.checks} checks held")


def refusals(name):
    for line in read(name, "record.txt").splitlines():
        if line.startswith("refused:"):
            failures.append(f"{name}: {line}")
    if read(name, "left.txt").strip():
        failures.append(f"{name}: left in tracefs: {read(name, 'left.txt').strip()}")


def steps(text):
    return {match[1].strip(): int(match[2]) for match in re.finditer(r"^thread (.{15}) (\d+) steps$", text, re.M)}


def cost():
    for name in sorted({file.split("-")[1] for file in os.listdir(os.path.join(folder, "cost")) if file.startswith("without-")}):
        rates = []
        for turn in "123":
            without, recorded = steps(read("cost", f"without-{name}-{turn}.txt")), steps(read("cost", f"with-{name}-{turn}.txt"))
            for thread in without:
                rates.append((thread, turn, without[thread], recorded.get(thread, 0)))
            print(f"cost {name} {turn}: {read('cost', f'record-{name}-{turn}.txt').splitlines()[0]}")
        for thread in sorted({rate[0] for rate in rates}):
            mine = [rate for rate in rates if rate[0] == thread]
            a, b = sum(rate[2] for rate in mine), sum(rate[3] for rate in mine)
            print(f"cost {name}: {thread}: {a} steps without, {b} with ({100 * b / max(a, 1):.0f} %)")


def refusals_were_said():
    expected = {"disk-small": "2", "disk-full": "0", "no-function": "2", "no-symbol": "2", "no-command": "127", "no-tracefs": "2",
                "no-kvm": "2", "no-kvm-check": "2", "check": "0"}
    for name, status in expected.items():
        said, got = read("refusals", name + ".said").strip(), read("refusals", name + ".status").strip()
        print(f"refusals {name}, status {got}: {said.splitlines()[0] if said else ''}")
        if got != status or not said:
            failures.append(f"refusals: {name}: status {got} in place of {status}: {said}")


for name in names:
    if name == "refusals":
        refusals_were_said()
        refusals(name)
        continue
    if name == "cost":
        cost()
        refusals(name)
        continue
    refusals(name)
    if name == "kill" and "gpc_replay_" not in read(name, "while.txt"):
        failures.append("kill: no instance was there to be killed")
    if name == "kill" and "gpc_replay_" not in read(name, "after-kill.txt"):
        failures.append("kill: nothing was left by kill -9, so nothing was tried")
    if name == "kill" and "removed what a recording that was killed left" not in read(name, "record.txt"):
        failures.append("kill: the second recording does not say that it cleaned up")
    judge = Judge(name, "trace.txt" if name in ("script", "bpftrace") else "trace.dat")
    if not judge.is_read:
        continue
    judge.of_any()
    if name.startswith("until-"):
        # Ended in the middle, by what it was to wait for.
        judge.holds("it was ended by a finding", "The recording ends here" in read(name, "record.txt"), read(name, "record.txt"))
        judge.holds("the finding is in what was kept", judge.findings("stale", "certain") > 0, "see report.txt")
    elif name == "selftest":
        judge.holds("the test passed", read(name, "status").strip() == "0", read(name, "workload.txt")[-300:])
        judge.holds("its caches are there", judge.one("SELECT COUNT(*) FROM cache") >= 3, judge.one("SELECT COUNT(*) FROM cache"))
        judge.holds("nothing is stale for certain", judge.findings("stale", "certain") == 0, "see report.txt")
    else:
        judge.of_truth(read(name, "workload.txt"))
    judge.line()
for failure in failures:
    print(f"tools/rig: FAILED {failure}", file=sys.stderr)
sys.exit(1 if failures else 0)
