#!/usr/bin/env python3
"""--deterministic: every input format, packed or not, gives the same bytes on 1, 2 and 7 workers, bad records included."""
import csv
import gzip
import io
import json
import random

from program import FLOWS, SANITIZED, check, run

pick = random.Random(11)
count = 200 if SANITIZED else 2000
flow = str(FLOWS.parent / "tests/cli/flows/store.yaml")


def text():
    return "".join(pick.choice('ab ,"\n\tü😀\\') for _ in range(pick.randrange(9)))


def table():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "name", "note"])
    for number in range(count):
        writer.writerow([number, text(), text()][: 3 if pick.random() < .95 else 2])
    return out.getvalue().encode()


def value():
    return {"id": pick.choice([pick.randrange(count), str(pick.randrange(count)), None]), "s": text(), "list": [1.50, {"x": []}]}


def values():
    return ("[" + ",\n".join(json.dumps(value(), indent=pick.choice([None, 2])) for _ in range(count)) + "]").encode()


def posts():
    lines = []
    for number in range(count):
        post = {"data": value(), "routine": pick.choice(["store", None, "stroe"]), "metadata": pick.choice([None, {"n": number}])}
        if pick.random() < .5:
            post["job_id"] = "id%d" % pick.randrange(count)
        lines.append(json.dumps(post) if pick.random() < .95 else "{}")
    return "\n".join(lines).encode()


tsv = ("id\tname\n" + "".join(f"{n}\t{text()!r}\n" for n in range(count))).encode()
plain = "\n".join(text() for _ in range(count)).encode() + b"\n\xff\n"
for name, data, options in (
    ("csv", table(), ["--skip", "7"]), ("tsv", tsv, ["--head", "150"]), ("json", values(), ["--job-id-from", "data.id"]),
    ("json", values()[:-40], []), ("lines", plain, []), ("jobs", posts(), ["--metadata-from", "s=data.s"]), ("csv", gzip.compress(table()), []),
):
    outputs = {}
    for workers, window in ((1, 4096), (2, 4096), (7, 4096), (7, 5), (3, 1)):
        result = run("--deterministic", "-j", str(workers), "--window", str(window), "--input-format", name, *options, flow, input=data)
        if result.returncode not in (0, 1) or result.stderr:
            check(f"{name} on {workers} workers runs", False, result.stderr[-500:])
        outputs[result.stdout] = workers
    check(f"{name} {' '.join(options)}: {len(result.stdout.splitlines())} records, the same on 1, 2 and 7 workers", len(outputs) == 1)
