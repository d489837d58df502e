#!/usr/bin/env python3
"""Many jobs over many workers: each record holds its own user's data and its own six traces, in input order."""
import json

from program import FLOWS, SANITIZED, check, run

jobs = 2000 if SANITIZED else 20000
lines = "".join(json.dumps({"user_id": f"user{i}", "timestamp": i}) + "\n" for i in range(jobs)).encode()
actions = ["validating_request", "validated", "processing", "processed", "building", "completed"]
for workers in (1, 8, 64):
    result = run("-j", str(workers), "--metadata", "k=v", str(FLOWS / "traced_workflow/flow.yaml"), input=lines)
    check(f"{workers} workers: exit 0, nothing on stderr", result.returncode == 0 and not result.stderr, result.stderr[-500:])
    records = [json.loads(line) for line in result.stdout.splitlines()]
    check(f"{workers} workers: one record per job", len(records) == jobs, len(records))
    check(f"{workers} workers: ids are all different", len({r["job_id"] for r in records}) == jobs)
    for number, record in enumerate(records):
        user = f"user{number}"
        own = (record["status"] == "completed" and record["data"] == {"user_id": user, "request_received_at": number}
               and [t["action"] for t in record["trace_log"]] == actions and record["trace_log"][3]["details"] == {"result": "processed_for_" + user}
               and record["output"] == f"Result: processed_for_{user}\n" and record["created_at"] <= record["completed_at"])
        if not own:
            check(f"{workers} workers: record {number} is its own", False, record)
    print(f"kept:   {workers} workers: {jobs} records, each its own user's")
