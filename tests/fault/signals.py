#!/usr/bin/env python3
"""SIGINT and SIGTERM at random moments, again and again, until the run is done: every job stands in the output exactly once,
and whatever was stopped is whole and synced at once."""
import os
import random
import signal
import subprocess

from program import SANITIZED, Place, check

SEED = int(os.environ.get("RUNNEL_SEED", random.randrange(1 << 30)))
pick = random.Random(SEED)
print("RUNNEL_SEED", SEED)

WAYS = [
    ("jobs", ["-j", "2"], False),
    ("waiting", ["-j", "2", "--order", "completion"], False),
    ("parts", ["-j", "3"], False),
    ("parts", ["-j", "3", "--isolate"], False),
    ("waiting", ["-j", "2", "--isolate", "--order", "completion"], True),
    ("state", [], True),
    ("waiting", ["-j", "2", "--durability", "batch", "--window", "64"], False),
]
JOBS = 200 if SANITIZED else 1000
LONGEST = 1.0 if SANITIZED else 0.15  # seconds a run is left alone, at most
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}

all_stopped = 0
for flow, options, stdin in WAYS:
    with Place(JOBS, flow) as place:
        stopped = 0
        for _ in range(8):
            number = pick.choice(list(CODES))
            twice = pick.random() < 0.3
            grace = pick.choice(["0", "1h"])
            process = place.start(*options, "--rate", str(JOBS * 2), "--grace", grace, "--resume", stdin=stdin)
            try:
                _, said = process.communicate(timeout=pick.random() * LONGEST)
                check("what was not stopped ended well", process.returncode in (0, 1), (process.returncode, said))
                break
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                if twice:
                    process.send_signal(number)
                _, said = process.communicate()
            if process.returncode == -number:  # before the run began
                continue
            if process.returncode in (0, 1) and not said:  # its last job was done when the signal came
                break
            check(f"{flow}: stopped by {number.name}", process.returncode == CODES[number], (process.returncode, said))
            check("one line, and how to go on", said.count(b"runnel: stopped ") == 1 and b"--resume" in said, said)
            stopped += 1
            all_stopped += 1
            text = place.output.read_bytes()
            check("whole lines", not text or text.endswith(b"\n"))
        last = place.run(*options, "--resume", stdin=stdin)
        check(f"{flow} {' '.join(options)}: done after {stopped} signals", last.returncode == (1 if flow == "jobs" else 0), last.said)
        # What was cancelled is behind what was done when it was.
        place.check_whole("each job once, none missing", in_order=False)
check("signals have stopped runs", all_stopped > 0)
