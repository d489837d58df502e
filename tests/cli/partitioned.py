#!/usr/bin/env python3
"""partition_by: state per key is right on any number of workers, whatever the input, its order and the jobs that wait."""
import json
import os
import pathlib
import random
import subprocess
import tempfile

from program import SANITIZED, TIMEOUT, check, run, start

folder = tempfile.TemporaryDirectory()
FLOW = str(pathlib.Path(folder.name) / "sums.yaml")
pathlib.Path(FLOW).write_text("""
flow_id: sums
execution: {partition_by: "data.user .. ''"}
routines:
  add:
    class: script
    slots: [item]
    events: [now, later]
    config:
      lua: |
        local n = tonumber(data.n)
        job.set_data("sum", worker.update(data.user .. "", function(sum) return (sum or 0) + n end))
        if n % 50 == 3 then fail("three", "a " .. n) end       -- and its write never happened
        emit(n % 20 == 7 and "later" or "now", data)
  wait: {class: delay, config: {seconds: 0.001}}
  done: {class: set_data, config: {values: {n: '= tonumber(data.n)'}}}
connections: [add.later -> wait.input, add.now -> done.input, wait.output -> done.input]
""")

pick = random.Random(11)
jobs = 1500 if SANITIZED else 15000
numbers = [(f"u{pick.randrange(40)}", pick.randrange(1000)) for _ in range(jobs)]
sums, expected = {}, []
for user, n in numbers:
    after = sums.get(user, 0) + n
    expected.append(after)
    if n % 50 != 3:
        sums[user] = after

# Every input format; --job-id-from makes the same dispatcher look twice at a record.
inputs = {
    "jsonl": "".join(json.dumps({"user": u, "n": n}) + "\n" for u, n in numbers),
    "json": json.dumps([{"user": u, "n": n} for u, n in numbers]),
    "csv": "user,n\n" + "".join(f"{u},{n}\n" for u, n in numbers),
    "jobs": "".join(json.dumps({"data": {"user": u, "n": n}, "job_id": f"j{i}"}) + "\n" for i, (u, n) in enumerate(numbers)),
}
for form, text in inputs.items():
    for workers in (1, 3, 64):
        more = ["--job-id-from", "data.user .. '-' .. data.n .. math.random()"] if form == "json" else []
        result = run("-j", str(workers), "--input-format", form, *more, "--fields", "worker_id,status,data", FLOW, input=text.encode())
        records = [json.loads(line) for line in result.stdout.splitlines()]
        check(f"{form}, {workers} workers: exit 1, nothing on stderr", result.returncode == 1 and not result.stderr, result.stderr[-500:])
        check(f"{form}, {workers} workers: sums are those of the input's order", [r["data"]["sum"] for r in records] == expected)
        used = {r["worker_id"] for r in records}
        check(f"{form}, {workers} workers: more than one has worked", len(used) > 1 or workers == 1, used)

# The same bytes, with lines that are no jobs, skipped ones, small windows, keys that cannot be told.
mixed = "".join(pick.choice(["broken", "", '{"user":null,"n":1}', '{"user":{},"n":1}'] + [line] * 8) + "\n" for line in inputs["jsonl"].splitlines()).encode()
for options in (["--skip", "100", "--head", "700"], ["--trace-level", "data"]):
    outputs = set()
    for workers, window in ((1, 4096), (2, 4096), (7, 4096), (7, 5), (3, 1), (64, 100)):
        if window < 100 and not options[0] == "--skip":
            continue
        outputs.add(run("--deterministic", "-j", str(workers), "--window", str(window), *options, FLOW, input=mixed).stdout)
    check(f"{options[0]}: the same bytes on 1 to 64 workers", len(outputs) == 1 and len(outputs.pop()) > 1000)
failed = [json.loads(line) for line in run("-j", "3", FLOW, "--fields", "error_detail,status,data", input=mixed).stdout.splitlines()]
codes = {r["error_detail"]["code"] for r in failed if r["status"] == "failed"}
check("keys that cannot be told are failed records", codes == {"input.syntax", "input.partition", "three"}, codes)

# As jobs finish: each once, and its sum is still that of its key's jobs before it.
for workers in (2, 8):
    result = run("-j", str(workers), "--order", "completion", "--deterministic", FLOW, input=inputs["jsonl"].encode())
    found = {int(r["job_id"].split("-")[0]) - 1: r["data"]["sum"] for r in map(json.loads, result.stdout.splitlines())}
    check(f"completion order, {workers} workers", found == dict(enumerate(expected)))

# --emit prints nothing for failed jobs, whose reports come in input order.
results = {(r.stdout, r.stderr) for r in (run("--deterministic", "-j", w, "--emit", "add.now", FLOW, input=inputs["jsonl"].encode()) for w in ("1", "5"))}
check("--emit: items and reports are the same on 1 and 5 workers", len(results) == 1 and results.pop()[1].count(b"[three]") == sum(n % 50 == 3 for _, n in numbers))

# All of one key: one worker does it all, the others hold nothing up.
result = run("-j", "8", "--fields", "data", FLOW, input=b"".join(b'{"user":"one","n":%d}\n' % (2 * i) for i in range(jobs)))
check("a single key on 8 workers", [json.loads(r)["data"]["n"] for r in result.stdout.splitlines()] == [2 * i for i in range(jobs)] and result.returncode == 0)

for workers in ("1", "2", "8"):
    child = start("-j", workers, "--fields", "data", FLOW, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(60):  # 7: a job that waits
        child.stdin.write(b'{"user":"u%d","n":%d}\n' % (number % 5, 7 if number % 2 else 4))
        child.stdin.flush()
        record = json.loads(child.stdout.readline())  # would wait for ever if the line or the record were held back
        if record["data"]["n"] != (7 if number % 2 else 4):
            check(f"{workers} workers: answer {number} is its own", False, record)
    child.stdin.close()
    check(f"{workers} workers: 60 lines, each answered before the next was sent; exit 0", child.wait(TIMEOUT) == 0)

for workers in ("2", "4"):
    source, sink = os.pipe()
    child = start("-j", workers, FLOW, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(sink, b'{"user":"a","n":1}\n')
    child.stdout.readline()
    child.stdout.close()
    check(f"idle input, {workers} workers, reader gone: 141 without a word", child.wait(TIMEOUT) == 141 and child.stderr.read() == b"")
    os.close(sink)
    os.close(source)
    endless = subprocess.Popen(["yes", '{"user":"a","n":1}'], stdout=subprocess.PIPE)
    child = start("-j", workers, FLOW, stdin=endless.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    endless.stdout.close()
    child.stdout.readline()
    child.stdout.close()
    check(f"endless input, {workers} workers, reader gone: 141 without a word", child.wait(TIMEOUT) == 141 and child.stderr.read() == b"")
    endless.kill()
    endless.wait()
