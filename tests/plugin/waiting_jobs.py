#!/usr/bin/env python3
"""waiting_jobs.py RUNNEL suspends.so: very many jobs wait at once for what another thread finishes, in bounded memory; a job that
need not wait does not wait for them; a reader that goes away ends them all."""
import json
import os
import pathlib
import resource
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from program import SANITIZED, check, run, start  # noqa: E402

library = os.path.abspath(sys.argv[2])
jobs = 4000 if SANITIZED else 100_000
FLOW = """
flow_id: f
plugins: ["%s"]
entry: choose.input
routines:
  choose: {class: conditional_router, config: {routes: [{name: wait, when: wait}], default_route: go}}
  wait: {class: %s}
  after: {class: set_data, config: {values: {n: n}}}
connections: [choose.wait -> wait.input, choose.go -> after.input, wait.output -> after.input]
"""

with tempfile.TemporaryDirectory() as folder:
    def flow(waiting):
        path = os.path.join(folder, "flow.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(FLOW % (library, waiting))
        return path

    gate = flow("gate, config: {count: %d}" % jobs)
    lines = b"".join(b'{"wait":true,"n":%d,"text":"%0200d"}\n' % (n, n) for n in range(jobs))
    for workers in (1, 2):
        result = run(gate, "-j", str(workers), "--window", str(jobs), input=lines)
        check(f"{workers} workers: exit 0, nothing on stderr", result.returncode == 0 and not result.stderr, result.stderr[-500:])
        records = [json.loads(line) for line in result.stdout.splitlines()]
        check(f"{workers} workers: {jobs} records in input order, each with its own data",
              [record["data"] for record in records] == [{"n": n} for n in range(jobs)])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check("less than 1 GiB for them all", SANITIZED or peak < 1024 * 1024, peak)

    process = start(flow("delay, config: {seconds: 1h}"), "--order", "completion", "--select", "job.data.n", stdin=-1, stdout=-1, stderr=-1)
    process.stdin.write(b'{"wait":true,"n":1}\n{"wait":false,"n":2}\n')
    process.stdin.flush()
    check("a job that need not wait goes by those that do", process.stdout.readline() == b"2\n")
    process.stdin.write(b'{"wait":false,"n":3}\n')
    process.stdin.flush()
    check("also one that comes later", process.stdout.readline() == b"3\n")
    process.stdout.close()
    check("a reader that goes away ends the waiting, too", process.wait(timeout=60) == 141, process.returncode)
    check("without a word", process.stderr.read() == b"")
