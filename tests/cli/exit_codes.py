#!/usr/bin/env python3
"""Every exit code that needs no failing system call (those: tests/fault/codes.py), each with its exact message. 124, 129, 130
and 143: stopping.py."""
import fcntl
import json
import os
import pathlib
import subprocess
import tempfile

from program import check, run, start

PLACE = pathlib.Path(tempfile.mkdtemp(prefix="runnel-codes-"))
os.chdir(PLACE)
pathlib.Path("f.yaml").write_text("""flow_id: f
routines:
  main:
    class: script
    slots: [input]
    config: {lua: 'if data.n % 3 == 0 then fail("three", "a three") end'}
connections: []
""")
pathlib.Path("in.jsonl").write_text("".join(f'{{"n":{n}}}\n' for n in range(1, 301)))
pathlib.Path("good.jsonl").write_text('{"n":1}\n{"n":2}\n')
pathlib.Path("bad.jsonl").write_text('{"n":1}\n{"n"\n{"n":2}\n')


def expect(promise, code, said, *arguments, records=None, setup=None, **options):
    if setup:
        run("f.yaml", *setup)
    process = run("f.yaml", *arguments, **options)
    check(f"{promise}: exit {code}", process.returncode == code, process)
    check("said whole", process.stderr.decode() == said, process.stderr.decode())
    if records is not None:
        check(f"{records} records", process.stdout.count(b"\n") == records, process.stdout)
    return process


# 0, 1, 2
expect("all completed", 0, "", "good.jsonl", records=2)
expect("no job", 0, "", os.devnull, records=0)
expect("some failed", 1, "", "in.jsonl", records=300)
expect("no such input", 2, "runnel: none.jsonl: cannot be read: No such file or directory\n", "none.jsonl", records=0)

# Rules that end the run; N is what is put up with.
more = ": no job was admitted after the first "
one = ["in.jsonl", "-j", "1"]
expect("--fail-fast", 1, f"runnel: --fail-fast: a job failed{more}3\n", *one, "--fail-fast", records=3)
expect("--max-failures 0", 1, f"runnel: --max-failures 0: 1 job failed{more}3\n", *one, "--max-failures", "0", records=3)
expect("--max-failures 2", 1, f"runnel: --max-failures 2: 3 jobs failed{more}9\n", *one, "--max-failures", "2", records=9)
expect("--max-failures 100", 1, "", *one, "--max-failures", "100", records=300)
expect("--max-failures 99", 1, f"runnel: --max-failures 99: 100 jobs failed{more}300\n", *one, "--max-failures", "99", records=300)
expect("0%", 1, f"runnel: --max-failures 0%: 1 of 3 jobs failed{more}3\n", *one, "--max-failures", "0%", records=3)
expect("10%, judged at 100", 1, f"runnel: --max-failures 10%: 33 of 100 jobs failed{more}100\n", *one, "--max-failures", "10%", records=100)
expect("33.5% is not passed", 1, "", *one, "--max-failures", "33.5%", records=300)
expect("100%", 1, "", *one, "--max-failures", "100%", records=300)
for text in ("x", "-1", "101%", "%", "1.5", "nan%"):
    said = f"runnel: --max-failures {text}: is neither a number of jobs nor 0% to 100%\n"
    expect(f"--max-failures {text!r} is refused", 2, said, *one, f"--max-failures={text}")
for option in ("--timeout", "--job-timeout"):
    expect(f"{option} 0", 2, f"runnel: {option} 0: is not a duration above 0, as in 500ms, 10s or 5m\n", *one, option, "0")
expect("--grace x", 2, "runnel: --grace x: is not a duration, as in 500ms, 10s or 5m\n", *one, "--grace", "x")
for workers in ("2", "4"):
    process = run("f.yaml", "in.jsonl", "-j", workers, "--fail-fast")
    records = [json.loads(line) for line in process.stdout.splitlines()]
    check(f"--fail-fast on {workers}: all that were admitted have a record", process.returncode == 1 and len(records) < 300, len(records))
    check("and so it says", process.stderr.decode() == f"runnel: --fail-fast: a job failed{more}{len(records)}\n", process.stderr)

# Bad lines
expect("a bad line is a record", 1, "", "bad.jsonl", records=3)
expect("or only a count", 1, "", "bad.jsonl", "--bad-input", "skip", records=2)
expect("or the end", 1, f"runnel: --bad-input fail: a line of the input is bad{more}2\n", "bad.jsonl", "-j", "1", "--bad-input", "fail", records=2)
expect("its own failures are no bad lines", 1, "", *one, "--bad-input", "fail", records=300)
kept = ["bad.jsonl", "--output", "bad.out", "--bad-input", "skip"]
expect("skipped with --output", 1, "", *kept, "--summary", "sum.json")
counts = json.loads(pathlib.Path("sum.json").read_text())
check("its summary", {k: counts[k] for k in ("posted", "completed", "failed", "cancelled", "bad_input")} ==
      {"posted": 3, "completed": 2, "failed": 1, "cancelled": 0, "bad_input": 1} and
      sum(worker["posted"] for worker in counts["workers"].values()) == 3, counts)
before = pathlib.Path("bad.out").read_bytes()
expect("a resume looks at it again", 1, "", *kept, "--resume")
check("and writes nothing", pathlib.Path("bad.out").read_bytes() == before and before.count(b"\n") == 2)

# Each job's time
late = expect("--job-timeout", 1, "", "-n", "--job-timeout", "1ms", "--set", "routines.main.config.lua=while true do end", records=1)
detail = json.loads(late.stdout)["error_detail"]
check("as the flow's own", detail["code"] == "timeout" and
      json.loads(late.stdout)["error"] == "the job took longer than its timeout of 0.001 s", late.stdout)
late = run("f.yaml", "-n", "--job-timeout", "1h", "--set", "execution.timeout=1ms", "--set", "routines.main.config.lua=while true do end")
check("the shorter of both counts", b"its timeout of 0.001 s" in late.stdout, late)
expect("a retry that is stopped", 1, "runnel: --fail-fast: a job failed: no job was admitted after the first 1; all.jsonl is as it was\n",
       "in.jsonl", "-j", "1", "--output", "all.jsonl", "--retry-failed", "--fail-fast", setup=["in.jsonl", "--output", "all.jsonl"])

# 65, 73, 74, 75
expect("an output", 1, "", "in.jsonl", "--output", "out.jsonl")
lines = pathlib.Path("out.jsonl").read_bytes().splitlines(True)
pathlib.Path("out.jsonl").write_bytes(b"".join([lines[0], b"damaged\n", *lines[2:]]))
expect("damaged in the middle", 65, "runnel: out.jsonl:2: is no whole record of this run, and whole ones stand behind it; the file was left as it is\n",
       "in.jsonl", "--output", "out.jsonl", "--resume")
expect("no such folder", 73, "runnel: cannot open the state file none/out.state: No such file or directory\n", "in.jsonl", "--output", "none/out")
expect("a summary nowhere", 73, "runnel: cannot create --summary none/sum: No such file or directory\n", "good.jsonl", "--summary", "none/sum", records=0)
os.symlink("good.jsonl", "link")
expect("a summary behind a link", 2, "runnel: --summary link is a symbolic link, which is not followed; name the file itself\n", "good.jsonl", "--summary", "link", records=0)
expect("a summary over the input", 2, "runnel: --summary good.jsonl would write over good.jsonl\n", "good.jsonl", "--summary", "good.jsonl", records=0)
check("which is as it was", pathlib.Path("good.jsonl").read_text().count("\n") == 2)
expect("a summary on a full disk", 74, "runnel: cannot write --summary /dev/full: No space left on device\n", "good.jsonl", "--summary", "/dev/full", records=2)
with open("/dev/full", "w") as full:
    process = start("f.yaml", "good.jsonl", stdout=full, stderr=subprocess.PIPE)
    said = process.communicate()[1].decode()
    check("a full disk: 74", process.returncode == 74 and said == "runnel: cannot write the output: No space left on device\n", said)
expect("an output to hold", 0, "", "good.jsonl", "--output", "held.jsonl")
with open("held.jsonl.state", "r+b") as state:
    fcntl.flock(state, fcntl.LOCK_EX)
    process = run("f.yaml", "good.jsonl", "--output", "held.jsonl", "--resume")
    said = process.stderr.decode()
    check("another run: 75", process.returncode == 75 and said.startswith("runnel: held.jsonl") and said.count("\n") == 1, (process.returncode, said))

# 141 comes without a word, before 1.
process = start("f.yaml", "in.jsonl", "--window", "100000", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
process.stdout.close()
check("no reader: 141", process.wait() == 141 and process.stderr.read() == b"")

os.chdir("/")
for path in PLACE.iterdir():
    path.unlink()
PLACE.rmdir()
