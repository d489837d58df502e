#!/usr/bin/env python3
"""Reads an output file with nothing of runnel's: each ordinal once, none missing, every line parses.

check_output.py FILE COUNT: exit 0 when the file holds exactly the jobs 1 to COUNT."""
import json
import sys


def mistakes(path, count, in_order=True):
    found = []
    with open(path, "rb") as file:
        text = file.read()
    if text and not text.endswith(b"\n"):
        found.append("the last line has no end")
    ordinals = []
    for number, line in enumerate(text.split(b"\n")[:-1], 1):
        try:
            record = json.loads(line)
            place = record["input"]
            ordinals.append(place["ordinal"])
            if record["job_id"] != f"{place['ordinal']}-{place['sha']}":
                found.append(f"line {number}: job_id {record['job_id']} is not that of its input")
            if record["status"] not in ("completed", "failed"):
                found.append(f"line {number}: status {record['status']}")
            if record["data"] and record["data"]["n"] != place["ordinal"]:
                found.append(f"line {number}: the data of job {record['data']['n']} in job {place['ordinal']}")
        except (ValueError, KeyError, TypeError) as mistake:
            found.append(f"line {number}: {mistake!r}")
    if in_order and ordinals != sorted(ordinals):
        found.append("not in input order")
    if sorted(ordinals) != list(range(1, count + 1)):
        twice = sorted({one for one in ordinals if ordinals.count(one) > 1}) if len(ordinals) < 20000 else "?"
        missing = sorted(set(range(1, count + 1)) - set(ordinals))
        found.append(f"{len(ordinals)} records of {count}; twice: {twice}; missing: {missing[:10]}")
    return found[:10]


if __name__ == "__main__":
    problems = mistakes(sys.argv[1], int(sys.argv[2]))
    print("\n".join(problems) if problems else "whole")
    sys.exit(1 if problems else 0)
