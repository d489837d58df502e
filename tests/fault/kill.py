#!/usr/bin/env python3
"""SIGKILL at random moments, again and again, until the run is done: every job stands in the output exactly once.
RUNNEL_KILLS: how many kills at least (30)."""
import json
import os
import random
import signal
import subprocess

from program import SANITIZED, Place, check

KILLS = int(os.environ.get("RUNNEL_KILLS", "30"))
SEED = int(os.environ.get("RUNNEL_SEED", random.randrange(1 << 30)))
pick = random.Random(SEED)
print("RUNNEL_SEED", SEED)

# flow, options, from standard input
WAYS = [
    ("jobs", ["-j", "2"], False),
    ("jobs", ["-j", "3", "--order", "completion"], False),
    ("waiting", ["-j", "2", "--order", "completion"], False),
    ("state", [], False),
    ("shared_out", [], False),
    ("accounts", ["--order", "completion"], False),
    ("batches", [], False),
    ("jobs", ["-j", "2", "--durability", "batch"], True),
    ("accounts", ["--isolate"], False),
    ("waiting", ["-j", "2", "--isolate"], True),
    ("waiting", ["-j", "2", "--durability", "record", "--window", "64"], False),
]
COUNTS = {  # what the state makes of job n
    "state": lambda n: n,
    "accounts": lambda n: (n + 6) // 7,
    "batches": lambda n: (n - 1) % 10 + 1,
}
JOBS = 300 if SANITIZED else 1500
LONGEST = 1.0 if SANITIZED else 0.12  # seconds a run is left alone, at most


def killed(place, options, stdin):
    """Starts the run; true: it was killed before its end."""
    process = place.start(*options, stdin=stdin)
    try:
        _, said = process.communicate(timeout=pick.random() * LONGEST)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL
    check("what was not killed ended well", process.returncode in (0, 1), (process.returncode, options, said))
    return False


kills = 0
way = 0
while kills < KILLS:
    flow, options, stdin = WAYS[way % len(WAYS)]
    way += 1
    with Place(JOBS, flow) as place:
        here = 0
        paced = [*options, "--rate", str(JOBS * 3), "--resume"]
        while here < 12 and killed(place, paced, stdin):
            here += 1
        last = place.run(*options, "--resume", stdin=stdin)
        kills += here
        expected = 1 if flow == "jobs" else 0
        check(f"{flow} {' '.join(options)}: done after {here} kills", last.returncode == expected, last.said)
        place.check_whole("each job once, none missing", "completion" not in options)
        if flow in COUNTS:
            records = [json.loads(line)["data"] for line in place.output.read_text().splitlines()]
            wrong = [data for data in records if data["count"] != COUNTS[flow](data["n"])]
            check("a flow with state sees all jobs before, each time", not wrong, wrong[:3])

# A retry that is killed leaves the file whole, and may be done again.
with Place(JOBS, "luck") as place:
    check("a tenth fails at first", place.run().returncode == 1)
    before = place.output.read_bytes()
    good = dict(os.environ, LUCK="good")
    for _ in range(5):
        process = place.start("--retry-failed", "--rate", "20", env=good)
        try:
            process.communicate(timeout=pick.random() * LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        if process.returncode == 0:
            break
        check("a retry that is killed changes nothing", place.output.read_bytes() == before)
        place.check_whole("it is whole")
    check("then it is done", place.run("--retry-failed", env=good).returncode == 0)
    place.check_whole("in input order, each once")
    left = [path.name for path in place.folder.iterdir()]
    check("nothing is left behind", sorted(left) == ["in.jsonl", "out.jsonl", "out.jsonl.state"], left)
