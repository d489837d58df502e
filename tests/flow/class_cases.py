#!/usr/bin/env python3
"""class_cases.py FILE.cases RUNNEL [OPTION...]: the cases of one routine class, named by the file; options of `run`, such as --plugin.

    === what the case shows
    config: {field: tags}                 keys of the routine besides `class`
    --- in
    {"tags":["a","@{b*3}"]}               a job a line; @{text*n} is the text n times
    --- out
    1: item {"item":"a"}                  job 1 emitted this; also `data`, `printed`, `failed CODE: message`, `handled ...`
    2: nothing

`--- options` (before `--- in`) holds more options of `run`, `--- more` further keys of the flow's top. What is said on stderr stands
as `! line`, an exit code over 1 as `exit N`. RUNNEL_UPDATE=1 writes the `out` parts anew; read the difference before you commit it."""
import json
import os
import re
import subprocess
import sys
import tempfile

path, runnel, options = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3:]
name = os.path.basename(path).removesuffix(".cases")


def shorten(text):
    return text if len(text) <= 600 else f"{text[:100]}...({len(text)} characters)...{text[-100:]}"


def describe(number, line):
    record = json.loads(line, parse_float=lambda text: f"\0{text}\0", parse_int=lambda text: f"\0{text}\0")
    said = []
    for entry in record["trace_log"]:
        details = entry["details"]
        if entry["routine_id"] != "it":
            continue
        if entry["action"] == "emitted":
            said.append(f"{details['event']} {raw(details['item'])}")
        elif entry["action"] not in ("slot_activated", "error"):
            said.append(f"trace {entry['action']} {raw(details)}")
    if record["data"]:
        said.append(f"data {raw(record['data'])}")
    if record.get("output"):
        said += [f"printed {shorten(text)}" for text in record["output"].splitlines()]
    for error in record.get("errors", []):
        said.append(f"handled {error['code']}: {shorten(error['message'])}")
    if record["status"] != "completed":
        detail = record.get("error_detail") or {"code": record["status"]}
        said.append(f"failed {detail['code']}: {shorten(record['error'] or '')}")
    return [f"{number}: {text}" for text in said or ["nothing"]]


def raw(value):
    """JSON with its numbers spelt as the record spells them."""
    return shorten(re.sub(r'"\\u0000([^"\\]*)\\u0000"', r"\1", json.dumps(value, ensure_ascii=False, separators=(",", ":"))))


def expand(line):
    return re.sub(r"@\{([^{}]*)\*(\d+)\}", lambda found: found[1] * int(found[2]), line)


def run(case):
    flow = "flow_id: case\nentry: it.input\nroutines:\n  it:\n    class: " + name + "\n"
    flow += "".join(f"    {line}\n" if line else "\n" for line in case["routine"])
    flow += "".join(f"{line}\n" for line in case["more"] or ["connections: []"])
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "flow.yaml"), "w", encoding="utf-8") as file:
            file.write(flow)
        command = [runnel, "run", "flow.yaml", "--trace-level", "data", "--deterministic", "-q", "-j", "1", *options]
        for line in case["options"]:
            command += line.split()
        done = subprocess.run(command, cwd=folder, input="".join(expand(line) + "\n" for line in case["in"]).encode(),
                              capture_output=True, timeout=120)
    said = [f"! {line}".rstrip() for line in done.stderr.decode(errors="replace").splitlines()]
    for number, line in enumerate(done.stdout.decode().splitlines(), 1):
        said += describe(number, line)
    if done.returncode not in (0, 1):
        said.append(f"exit {done.returncode}")
    return said


def parse(text):
    head, *parts = re.split(r"^=== (.*)\n", text, flags=re.M)
    cases = []
    for title, body in zip(parts[::2], parts[1::2]):
        case = {"title": title, "routine": [], "more": [], "options": [], "in": [], "out": []}
        section = "routine"
        for line in body.rstrip("\n").split("\n"):
            if line.startswith("--- "):
                section = line[4:].strip()
                case.setdefault(section, [])
            else:
                case[section].append(line)
        while case["out"] and not case["out"][-1]:
            case["out"].pop()
        cases.append(case)
    return head, cases


def write(head, cases):
    text = head
    for case in cases:
        text += f"=== {case['title']}\n" + "".join(line + "\n" for line in case["routine"])
        for section in ("more", "options", "in", "out"):
            if case[section] or section in ("in", "out"):
                text += f"--- {section}\n" + "".join(line + "\n" for line in case[section])
        text += "\n"
    return text.rstrip("\n") + "\n"


with open(path, encoding="utf-8") as file:
    head, cases = parse(file.read())
if not cases:
    sys.exit(f"{path}: no cases")
failures = 0
for case in cases:
    said = run(case)
    if os.environ.get("RUNNEL_UPDATE") == "1":
        case["out"] = said
    elif said != case["out"]:
        failures += 1
        print(f"{path}: {case['title']}\n  expected:")
        print("".join(f"    {line}\n" for line in case["out"]) + "  said:\n" + "".join(f"    {line}\n" for line in said))
if os.environ.get("RUNNEL_UPDATE") == "1":
    with open(path, "w", encoding="utf-8") as file:
        file.write(write(head, cases))
sys.exit(1 if failures else 0)
