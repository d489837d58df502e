#!/usr/bin/env python3
"""A line over 16 MiB, here 1 GiB, is one failed record and costs bounded memory; the lines around it are untouched."""
import json
import os
import resource
import subprocess
import threading

from program import FLOWS, SANITIZED, check, start

mebibytes = 40 if SANITIZED else 1024
child = start("--deterministic", str(FLOWS / "traced_workflow/flow.yaml"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def feed():
    with child.stdin as pipe:
        pipe.write(b'{"user_id":"before"}\n"')
        for _ in range(mebibytes):
            pipe.write(b"x" * (1 << 20))
        pipe.write(b'"\n{"user_id":"after"}\n')


feeder = threading.Thread(target=feed)
feeder.start()
records = [json.loads(line) for line in child.stdout]
feeder.join()
_, status, usage = os.wait4(child.pid, 0)
check("exit 1", os.waitstatus_to_exitcode(status) == 1)
check("three records", len(records) == 3, len(records))
check("the neighbours are untouched", [r["data"].get("user_id") for r in records] == ["before", None, "after"])
check("input.too_long with its place", records[1]["error_detail"]["code"] == "input.too_long" and records[1]["input"]["line"] == 2, records[1]["error_detail"])
check("post is truncated", records[1]["post"]["truncated"] is True and len(records[1]["post"]["text"]) <= 65536)
if not SANITIZED:
    check("less than 64 MiB", usage.ru_maxrss < 64 * 1024, f"{usage.ru_maxrss} KiB")
