#!/usr/bin/env python3
"""--deterministic: the same input gives the same bytes on any number of workers, bad lines, failures and windows included."""
import json
import random

from program import FLOWS, SANITIZED, check, run

pick = random.Random(7)


def line(number):
    kind = pick.randrange(12)
    if kind == 0:
        return "not json " * pick.randrange(1, 40)
    if kind == 1:
        return " " * pick.randrange(3)
    if kind == 2:
        return json.dumps({"user_id": pick.randrange(9), "params": {"amount": "text", "action": None}})
    return json.dumps({"user_id": pick.randrange(-5, 100), "n": number, "params": {"action": pick.choice(["a", "ü"]), "amount": pick.random() * 1000}})


lines = "\n".join(line(i) for i in range(300 if SANITIZED else 3000)).encode()
for flow in ("enrich/enrich.yaml", "enrich/enrich_script.yaml"):
    outputs = {}
    for workers, window in ((1, 4096), (2, 4096), (7, 4096), (7, 5), (3, 1)):
        result = run("--deterministic", "-j", str(workers), "--window", str(window), "--trace-level", "data", str(FLOWS / flow), input=lines)
        check(f"{flow}: exit 1, some jobs failed", result.returncode == 1, result)
        outputs[result.stdout] = workers
    check(f"{flow}: the same bytes on 1, 2 and 7 workers", len(outputs) == 1)
