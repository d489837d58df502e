#!/usr/bin/env python3
"""A run is replayed and the two are the same: random data and bad lines, every format, several workers, any order. And diff
finds whatever one record is changed in. Records as deep as they get, and a replay that was killed and resumed, too."""
import json
import random
import subprocess
import tempfile
from pathlib import Path

from program import RUNNEL, SANITIZED, TIMEOUT, check

FLOW = """\
flow_id: random
routines:
  look:
    class: script
    slots: [input]
    events: [odd, even]
    config:
      lua: |
        job.trace("looked", {at = data})
        job.set_data("kept", data)
        print(json.encode(data))
        if type(data) == "number" and data % 7 == 0 then fail("seven", "a multiple of seven") end
        if type(data) == "string" and #data > 6 then job.complete("failed", "too long") end
        emit(#json.encode(data) % 2 == 0 and "even" or "odd", {v = data})
    error_handler: {strategy: retry, max_retries: 1, retry_delay: 0.001, jitter: full, retry_on: [seven]}
  odd: {class: counter, config: {key: odd}}
  even: {class: set_data, config: {values: {even: v}}}
connections: [look.odd -> odd.input, look.even -> even.input]
"""
FORMATS = ["jsonl", "jobs", "lines", "csv", "tsv", "json"]


def call(*arguments, **options):
    return subprocess.run([RUNNEL, *map(str, arguments)], capture_output=True, timeout=TIMEOUT, **options)


def value(rng, depth=0):
    kind = rng.randrange(9 if depth < 4 else 6)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind in (1, 2):
        return rng.choice([rng.randrange(-100, 100), rng.random(), 10 ** rng.randrange(30), -0.0, 7])
    if kind < 6:
        return "".join(rng.choice('ab"\\\n\t\x7f\x01é\u2028𝄞') for _ in range(rng.randrange(10)))
    if kind == 6:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {value(rng, 9) if rng.random() < 0.2 else rng.choice("xyz"): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def line(rng, kind):
    if rng.random() < 0.1:
        return rng.choice([b'{"a":', b"[1,]", b'"\xff"', b"{", b'{"a":1,"a":2}', b"1 2", b'"\\ud800"'])
    text = json.dumps(value(rng), ensure_ascii=rng.random() < 0.5)
    if kind == "jobs":
        post = {"data": json.loads(text), "metadata": {"m": rng.randrange(5)}}
        if rng.random() < 0.2:
            post["job_id"] = rng.choice(["one", "two"])
        if rng.random() < 0.1:
            post["routine"] = rng.choice(["even", "nobody"])
        return json.dumps(post).encode()
    return text.replace("\n", " ").encode()


def input_of(rng, kind):
    lines = [line(rng, kind) for _ in range(rng.randrange(1, 60))]
    if kind in ("csv", "tsv"):
        separator = b"," if kind == "csv" else b"\t"
        rows = [rng.choice([b"1" + separator + b"x", b"short", b'a"b' + separator, b"\xff" + separator + b"2"]) for _ in lines]
        return b"a" + separator + b"b\n" + b"\n".join(rows) + b"\n"
    return b"\n".join(lines) + rng.choice([b"", b"\n", b"\r\n"])


def changed(rng, record):
    """The record with one thing in it that differs."""
    record = json.loads(json.dumps(record))
    key = rng.choice(["status", "error", "metadata", "data", "trace_log", "post"])
    if key in ("metadata", "data"):
        record[key]["changed"] = rng.randrange(10**9)
    elif key == "trace_log":
        record[key].append({"timestamp": "", "routine_id": "changed", "action": "", "details": {}})
    elif key == "post":
        record[key]["slot"] = "changed"
    else:
        record[key] = "changed"
    return record


def one_round(rng, folder):
    flow = folder / "flow.yaml"
    flow.write_text(FLOW)
    kind = rng.choice(FORMATS)
    (folder / "input").write_bytes(input_of(rng, kind))
    options = ["--record-input", "-q", "--trace-level", rng.choice(["off", "user", "flow", "data"])]
    options += rng.choice([[], ["--deterministic"]])

    def spread():
        return ["-j", rng.randrange(1, 5), "--order", rng.choice(["input", "completion"]), "--window", rng.choice([1, 3, 4096])]

    first = call("run", flow, folder / "input", "--input-format", kind, *options, *spread(), "--metadata", "run=1")
    check("the run ends well", first.returncode in (0, 1), first.stderr)
    (folder / "a").write_bytes(first.stdout)
    # --ascii keeps values, not the blanks that json.encode shows: only the last in a row may have it
    second = call("replay", folder / "a", "--flow", flow, *options, *spread(), *rng.choice([[], ["--ascii"]]))
    check("so does its replay", second.returncode == first.returncode, second.stderr)
    (folder / "b").write_bytes(second.stdout)
    diff = call("diff", folder / "a", folder / "b")
    # A job failed for its id, which the replay does not give again, is another one then.
    given_ids = kind == "jobs" and b"given to an earlier job" in first.stdout
    if not given_ids:
        check("both are the same", diff.returncode == 0, (kind, diff.stdout, diff.stderr))
    piped = call("replay", "-", "--flow", flow, *options, *spread(), input=first.stdout)
    (folder / "c").write_bytes(piped.stdout)
    diff = call("diff", folder / "b", folder / "c")
    check("the same from a pipe", diff.returncode == 0, (kind, diff.stdout, diff.stderr))

    records = [json.loads(one) for one in second.stdout.splitlines()]
    if not records:
        return
    at = rng.randrange(len(records))
    records[at] = changed(rng, records[at])
    rng.shuffle(records)
    (folder / "d").write_text("".join(json.dumps(one) + "\n" for one in records))
    diff = call("diff", folder / "b", folder / "d", "--format", "json")
    check("one change is one difference", diff.returncode == 1 and diff.stdout.count(b"\n") == 1, (kind, diff.stdout))

    replay = ["replay", folder / "a", "--flow", flow, "--output", folder / "out", *options]
    for old in folder.glob("out*"):
        old.unlink()
    call(*replay)
    whole = (folder / "out").read_bytes()
    with open(folder / "out", "r+b") as out:
        out.truncate(rng.randrange(len(whole) + 1))
    check("a replay is resumed", call(*replay, "--resume").returncode == first.returncode)
    (folder / "e").write_bytes(whole)
    diff = call("diff", folder / "e", folder / "out")
    check("and is whole again", diff.returncode == 0, (kind, diff.stdout, diff.stderr))


def deep(folder):
    """256 levels of data are 258 in a record."""
    flow = folder / "store.yaml"
    flow.write_text("flow_id: store\nroutines: {store: {class: set_data, config: {values: {item: '= data'}}}}\n")
    first = call("run", flow, "--record-input", input=b"[" * 255 + b"1" + b"]" * 255)
    (folder / "deep").write_bytes(first.stdout)
    again = call("replay", folder / "deep", "--flow", flow, "--record-input", "--where", "record.post.data[1][1]")
    (folder / "again").write_bytes(again.stdout)
    same = call("diff", folder / "deep", folder / "again")
    check("as deep as they get", first.returncode == again.returncode == same.returncode == 0 and again.stdout, same.stdout)


seed = random.randrange(10**9)
print("seed", seed)
with tempfile.TemporaryDirectory() as name:
    deep(Path(name))
    for number in range(6 if SANITIZED else 25):
        one_round(random.Random(seed + number), Path(name))
