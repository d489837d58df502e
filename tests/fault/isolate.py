#!/usr/bin/env python3
"""--isolate: whatever a routine does to its process costs its own job, once; what is done to the processes from outside
costs none. RUNNEL_KILLS: how many processes are killed from outside at least (30)."""
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import time

from program import RUNNEL, SANITIZED, TIMEOUT, Place, check

CRASHES = sys.argv[3]
KILLS = int(os.environ.get("RUNNEL_KILLS", "30"))
SEED = int(os.environ.get("RUNNEL_SEED", random.randrange(1 << 30)))
pick = random.Random(SEED)
print("RUNNEL_SEED", SEED)
OPTIONS = ["--isolate", "--plugin", CRASHES]
WAYS = {  # how the error ends
    "abort": "killed its process: SIGABRT",
    "segv": "killed its process: SIGSEGV",
    "raise": "killed its process: SIGSEGV",
    "fpe": "killed its process: SIGFPE",
    "stack": "killed its process: SIGSEGV, out of stack",
    "exit": "killed its process: exit(0)",
    "_exit": "killed its process: exit(0)",
    "_exit3": "killed its process: exit(3)",
    "loop": "did not return, and its process was killed: SIGKILL",
    "spin": "did not return, and its process was killed: SIGKILL",
    "thread": "killed its process: SIGABRT",
    "later": "killed its process: SIGABRT",
    "close_and_wait": "killed its process: SIGKILL, as it closed what ties it to the supervisor",
    "scribble": "killed its process: SIGKILL, as it wrote over memory it shares with the supervisor",
}
if SANITIZED:  # they look at signals, stacks and mappings themselves
    for way in ("stack", "scribble"):
        del WAYS[way]


def fill(place, ways, waits=0):
    """Job n goes ways[n], others do nothing; every `waits`-th waits before."""
    place.ways = ways
    place.lines = []
    for n in range(1, place.count + 1):
        line = {"n": n, "text": ""}
        if n in ways:
            line["way"] = ways[n]
        if waits and n % waits == 0:
            line["wait"] = True
        place.lines.append(json.dumps(line) + "\n")
    place.input.write_text("".join(place.lines))


def records(place):
    return [json.loads(line) for line in place.output.read_text().splitlines()]


def check_blame(place, promise, code="crash"):
    """Just the jobs with a way have failed."""
    failed = {record["input"]["ordinal"]: record for record in records(place) if record["status"] != "completed"}
    check(f"{promise}: just those jobs fail", set(failed) == set(place.ways), sorted(set(failed) ^ set(place.ways)))
    for n, way in place.ways.items():
        if failed[n]["error_detail"]["code"] != code:
            check(f"{promise}: {way} is {code}", False, failed[n])
        if code == "crash" and not failed[n]["error"].endswith(WAYS[way]):
            check(f"{promise}: {way} is told", False, failed[n]["error"])


def processes_of(pid):
    """The processes under this one, by pid and name."""
    below = {}
    for one in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = pathlib.Path(f"/proc/{one}/stat").read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        below.setdefault(int(rest[1]), []).append((int(text.split()[0]), name))
    found, look = [], [pid]
    while look:
        for child in below.get(look.pop(), []):
            found.append(child)
            look.append(child[0])
    return found


def is_there(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(promise, holds):
    """Something happens that nobody tells us of."""
    end = time.monotonic() + TIMEOUT
    while not holds():
        if time.monotonic() > end:
            check(promise, False)
        time.sleep(0.005)


# Each way, alone among others, on one worker and on three; some others wait meanwhile.
for workers in ("1", "3"):
    with Place(300, "isolated") as place:
        fill(place, {20 * (i + 1): way for i, way in enumerate(WAYS)}, waits=7)
        done = place.run(*OPTIONS, "-j", workers)
        check(f"on {workers}: exit 1", done.returncode == 1, (done.returncode, done.said))
        place.check_whole(f"on {workers}: each job once")
        check_blame(place, f"on {workers}")

# Many at once, also on standard output, in order of completion, and one line at a time.
with Place(400, "isolated") as place:
    quick = [way for way in WAYS if way not in ("loop", "spin")]
    fill(place, {n: pick.choice(quick) for n in range(1, 401) if pick.random() < 0.1})
    for options in (["-j", "2"], ["-j", "4", "--order", "completion"], ["-j", "2", "--max-failures", "1000"]):
        done = place.run(*OPTIONS, "--force", *options)
        check(f"{options}: exit 1", done.returncode == 1, (done.returncode, done.said))
        place.check_whole(f"{options}: each job once", "completion" not in options)
        check_blame(place, str(options))
    told = subprocess.run([RUNNEL, "run", place.flow, str(place.input), *OPTIONS, "-q", "--fields", "status,input"], capture_output=True, timeout=TIMEOUT)
    statuses = [json.loads(line)["status"] for line in told.stdout.splitlines()]
    check("standard output has the same", [n + 1 for n, one in enumerate(statuses) if one == "failed"] == sorted(place.ways), told.stderr)
    check("quiet it says nothing", told.stderr == b"", told.stderr)

# Out of memory: as malloc() gives nothing, and as new throws (which is an ordinary failure, if the routine lets it go).
if not SANITIZED:
    with Place(9, "isolated") as place:
        fill(place, {3: "memory", 6: "new"})
        limit = 1 << 30
        done = place.run(*OPTIONS, "-j", "2", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        check("out of memory: exit 1", done.returncode == 1, (done.returncode, done.said))
        place.check_whole("each job once")
        codes = {record["input"]["ordinal"]: record["error_detail"]["code"] for record in records(place) if record["status"] == "failed"}
        check("malloc() that fails is a crash, new that throws limit.memory", codes == {3: "crash", 6: "limit.memory"}, codes)

    # Not enough descriptors for so many processes (a sanitizer needs some itself).
    with Place(9, "isolated") as place:
        fill(place, {})
        done = place.run(*OPTIONS, "-j", "8", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)))
        check("no descriptors: exit 71", done.returncode == 71 and "Too many open files" in done.said, (done.returncode, done.said))
        check("nothing is written", not place.output.exists())

# Quarantine after three deaths that were seen, in as many runs.
with Place(20, "isolated") as place:
    fill(place, {5: "abort", 11: "_exit3"})
    for run, code in enumerate(("crash", "crash", "quarantined", "quarantined"), 1):
        done = place.run(*OPTIONS, "-j", "1", "--retry-failed")
        check(f"run {run}: exit 1", done.returncode == 1, (done.returncode, done.said))
        place.check_whole(f"run {run}: each job once")
        check_blame(place, f"run {run}", code)
        state = place.state.read_text().splitlines()
        deaths = [line.split()[2] for line in state if line.startswith("X ")]
        check(f"run {run}: the deaths stand in the state", deaths == ["SIGABRT", "exit(3)"] * min(run, 3), deaths)
        given_up = [line.split()[1] for line in state if line.startswith("Q ")]
        check(f"run {run}: and who is given up", given_up == (["5", "11"] if run >= 3 else []), given_up)

# A batch of ten is no fault of nine.
with Place(100, "isolated_batches") as place:
    fill(place, {7: "abort", 33: "segv", 34: "_exit3"})
    done = place.run(*OPTIONS, "-j", "1")
    check("batches: exit 1", done.returncode == 1, (done.returncode, done.said))
    place.check_whole("batches: each job once")
    check_blame(place, "batches")

# The state of a worker outlives its process.
with Place(700, "isolated_state") as place:
    fill(place, {n: pick.choice(("abort", "segv", "_exit")) for n in range(20, 700, 60)})
    done = place.run(*OPTIONS)
    check("state: exit 1", done.returncode == 1, (done.returncode, done.said))
    place.check_whole("state: each job once")
    check_blame(place, "state")
    wrong = [record["data"] for record in records(place) if record["data"] and record["data"]["count"] != (record["data"]["n"] + 6) // 7]
    check("state: every job before has been counted, once", not wrong, wrong[:3])

# Worker processes that are killed from outside: nothing is lost, nobody is to blame.
kills = 0
while kills < KILLS:
    with Place(300 if SANITIZED else 1500, "isolated") as place:
        fill(place, {}, waits=11)
        process = place.start(*OPTIONS, "-j", "2", "--rate", "1500/s")
        while process.poll() is None:
            size = place.output.stat().st_size if place.output.exists() else 0
            wait_until("records come", lambda: process.poll() is not None or (place.output.exists() and place.output.stat().st_size > size))
            time.sleep(pick.random() * 0.03)
            workers = [pid for pid, name in processes_of(process.pid) if name.startswith("runnel-w")]
            try:
                if workers:
                    os.kill(pick.choice(workers), pick.choice([signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM]))
                    kills += 1
            except ProcessLookupError:
                pass
        _, said = process.communicate(timeout=TIMEOUT)
        check("killed from outside: exit 0", process.returncode == 0, (process.returncode, said[-500:]))
        place.check_whole("each job once")
        check("no death is held against a job", "\nX " not in place.state.read_text())
print(kills, "kills")

# The same where all jobs wait, and none is finished between the kills: commands that take their time.
with Place(3, "isolated_exec") as place:
    fill(place, {})
    process = place.start(*OPTIONS, "-j", "1", "--set", 'routines.sleep.config.command=["sh","-c","sleep 3; echo 1"]')
    killed = set()
    while len(killed) < 5:
        def worker_whose_jobs_all_wait():
            for pid, name in processes_of(process.pid):
                if name == "runnel-w0" and pid not in killed and sum(name == "sleep" for _, name in processes_of(pid)) == 3:
                    return pid
            return process.poll()

        wait_until("the commands run", lambda: worker_whose_jobs_all_wait() is not None)
        check("nothing is lost yet", process.poll() is None, process.returncode)
        pid = worker_whose_jobs_all_wait()
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)
    _, said = process.communicate(timeout=TIMEOUT)
    check("killed while all wait: exit 0", process.returncode == 0, (process.returncode, said))
    place.check_whole("each job once")

# The supervisor is killed: nothing of it stays behind, and a resume makes it whole.
with Place(3, "isolated_exec") as place:
    fill(place, {})
    process = place.start(*OPTIONS, "-j", "2")
    wait_until("the commands run", lambda: sum(name == "sleep" for _, name in processes_of(process.pid)) == 3)
    below = processes_of(process.pid)
    process.kill()
    process.communicate()
    wait_until("its processes and their commands end with it", lambda: not any(is_there(pid) for pid, _ in below))
with Place(600, "isolated") as place:
    fill(place, {100: "abort", 400: "segv"}, waits=5)
    for _ in range(6):
        process = place.start(*OPTIONS, "-j", "2", "--rate", "600", "--resume")
        time.sleep(pick.random() * 0.4)
        below = processes_of(process.pid)
        process.kill()
        process.communicate()
        wait_until("its processes end with it", lambda: not any(is_there(pid) for pid, _ in below))
    done = place.run(*OPTIONS, "-j", "2", "--resume")
    check("resumed: exit 1", done.returncode == 1, (done.returncode, done.said))
    place.check_whole("each job once")
    check_blame(place, "resumed")

# A stop with a routine that does not return, and a command that runs: all of it ends, the rest is whole.
for number in (signal.SIGTERM, signal.SIGINT):
    for to_file in (True, False):
        with Place(4, "isolated_exec") as place:
            fill(place, {2: "loop"})
            command = [RUNNEL, "run", place.flow, str(place.input), *OPTIONS, "-j", "2", "--max-failures", "9", "--grace", "0", "--fields", "status,input"]
            process = subprocess.Popen([*command, *(["--output", str(place.output)] if to_file else [])], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            wait_until("the commands run", lambda: sum(name == "sleep" for _, name in processes_of(process.pid)) == 3)
            below = processes_of(process.pid)
            process.send_signal(number)
            out, said = process.communicate(timeout=TIMEOUT)
            check(f"{number.name} ends what does not return", process.returncode == 128 + number, (process.returncode, said))
            statuses = [json.loads(line)["status"] for line in out.splitlines()]
            check("what was cancelled has its record, but in a file", statuses == ([] if to_file else ["cancelled"] * 4), (out, said))
            wait_until("nothing stays behind", lambda: not any(is_there(pid) for pid, _ in below))

# A reader that goes away.
with Place(2000, "isolated") as place:
    fill(place, {}, waits=3)
    process = subprocess.Popen([RUNNEL, "run", place.flow, str(place.input), *OPTIONS], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    check("a reader that goes away is 141, quietly", process.wait(TIMEOUT) == 141 and said == b"", (process.returncode, said))

# What a library has printed before the processes were made, and in them, comes once.
with Place(3, "isolated") as place:
    fill(place, {2: "printf"})
    done = place.run(*OPTIONS, "-j", "3")
    check("printed once", done.returncode == 0 and done.said.count("printed once") == 1 and done.said.count("said once") == 1, (done.returncode, done.said))
    place.check_whole("each job once")
