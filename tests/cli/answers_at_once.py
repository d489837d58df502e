#!/usr/bin/env python3
"""A line that arrives is worked on at once and its record written at once, whatever the number of workers."""
import json
import subprocess

from program import FLOWS, check, start

for workers in ("1", "2", "8"):
    child = start("-j", workers, str(FLOWS / "traced_workflow/flow.yaml"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(50):
        child.stdin.write(b'{"user_id":"u%d"}\n' % number)
        child.stdin.flush()
        record = json.loads(child.stdout.readline())  # would wait for ever if the record were held back
        if record["data"]["user_id"] != f"u{number}":
            check(f"{workers} workers: answer {number} is its own", False, record)
    child.stdin.write(b'{"user_id":"no newline"}')
    child.stdin.close()
    check(f"{workers} workers: a last line without newline counts", json.loads(child.stdout.readline())["data"]["user_id"] == "no newline")
    check(f"{workers} workers: 50 lines, each answered before the next was sent; exit 0", child.wait(60) == 0)
