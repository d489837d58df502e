#!/usr/bin/env python3
"""contract.py RUNNEL [[--plugin] PATH...]: what every routine class promises, wherever it comes from.

It says what it is; it can be made from its defaults; a configuration of the wrong shape is refused with exit 2; and whatever item
comes, each job ends in one record: completed, or failed with a code. Nothing crashes and nothing is said on stderr."""
import json
import os
import re
import subprocess
import sys
import tempfile

runnel, plugins = os.path.abspath(sys.argv[1]), [path for argument in sys.argv[2:] if argument != "--plugin" for path in ("--plugin", os.path.abspath(argument))]
FREE = "as the flow names them"
LEAST = {"boolean": True, "integer": 1, "number": 1.5, "string": "x", "list": [], "map": {}, "duration": "1s", "Lua script": "local x = 1",
         "expression": "= 1", "mapper value": "$", "text with {placeholders}": "x", "condition": "= true", "any value": "x"}
EXAMPLES = {  # where the least that the kinds ask for is not enough
    "rate_limit": {"rate": 2, "burst": 3, "max_wait": "1s"}, "sample": {"every": 2}, "data_transformer": {"transformations": "strip_whitespace"},
    "data_validator": {"required_fields": ["a"]}, "exec": {"command": ["cat"]}, "batcher": {"bytes": 100}, "join": {"key": "data"}, "schema_validator": {"schema": {"type": "object"}},
}
SLOTS = {"join": ["input", "other"]}  # where the flow names the slots and one is not enough
ITEMS = ["null", "true", "0", "-1", "1e400", "123456789012345678901234567890", '""', "[]", "{}", '"text"', '{"data":null}', '{"field":[]}',
         '"' + "x" * 1_000_000 + '"', '"\\u0000\\ud83d\\ude00\\\\"', "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200,
         "{" + ",".join(f'"key{i}":{i}' for i in range(10_000)) + "}", "[" + ",".join(["{}"] * 10_000) + "]",
         '{"text":"a b","user_id":"x","params":{"amount":"much"},"n":[1,"2",null,{"a":{}}]}', '{"":{"":""}}']
SHAPES = [None, True, 7, -1, 0.5, "", "a.b[0]", "= 1 +", "{", [], [[]], [{}], {}, {"a": {"b": []}}, {"": None}, "x" * 100_000]


def run(*arguments, **options):
    return subprocess.run([runnel, *arguments, *plugins], capture_output=True, text=True, timeout=300, **options)


def fail(message, done=None):
    print(f"BROKEN: {message}")
    if done:
        print(f"exit {done.returncode}\n{done.stdout[:2000]}\n{done.stderr[:2000]}")
    sys.exit(1)


def says_what_it_is(one):
    ports = [port for kind in ("slots", "events") if one[kind] != FREE for port in one[kind]]
    for part in [one, *ports, *one["params"]]:
        if not part["summary"]:
            fail(f"{one['name']}: {part['name']} has no summary")
    for part in [one, *ports]:
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", part["name"]):
            fail(f"{one['name']}: {part['name']} is no id")
    for param in one["params"]:
        if param["kind"] not in LEAST:
            fail(f"{one['name']}: contract.py knows no least value of kind {param['kind']}")


def least(one):
    """The least configuration: what is required, with one element where a list or map of required things is asked for."""
    config = {}
    for param in one["params"]:
        name = param["name"]
        if "." not in name and "[" not in name and param["required"]:
            config[name] = LEAST[param["kind"]]
    for param in one["params"]:
        list_of, _, field = param["name"].partition("[].")
        if param["required"] and field and "[" not in field and list_of in config:
            config[list_of] = config[list_of] or [{}]
            config[list_of][0][field] = LEAST[param["kind"]]
    return EXAMPLES.get(one["name"], config)


def flow(one, config):
    routine = {"class": one["name"], "config": config}
    if one["slots"] == FREE:
        routine["slots"] = SLOTS.get(one["name"], ["input"])
    if one["events"] == FREE:
        routine["events"] = ["output"]
    return json.dumps({"flow_id": "contract", "routines": {"it": routine}, "connections": []})


def takes_any_item(one, file):
    for slot in ["input"] if one["slots"] == FREE else [slot["name"] for slot in one["slots"]]:
        done = run("run", file, "--deterministic", "-q", "-j", "2", "--post", f"it.{slot}", input="\n".join(ITEMS) + "\n")
        if done.returncode not in (0, 1) or done.stderr:
            fail(f"{one['name']}.{slot} does not survive its items", done)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        if len(records) != len(ITEMS):
            fail(f"{one['name']}.{slot}: {len(ITEMS)} items, {len(records)} records", done)
        for record in records:
            if record["status"] not in ("completed", "cancelled") and not record.get("error_detail", {}).get("code"):
                fail(f"{one['name']}.{slot}: a job failed without a code: {json.dumps(record)[:1000]}")


scratch = tempfile.TemporaryDirectory()  # where classes that write files leave them
os.chdir(scratch.name)
described = run("describe", "--format", "json")
if described.returncode or described.stderr:
    fail("describe", described)
classes = [json.loads(line) for line in described.stdout.splitlines()]
file = "flow.json"
for one in classes:
    says_what_it_is(one)
    for shape in SHAPES:
        config = {param["name"]: shape for param in one["params"] if re.fullmatch(r"\w+", param["name"])}
        with open(file, "w", encoding="utf-8") as out:
            out.write(flow(one, config))
        done = run("check", file)
        if done.returncode not in (0, 2) or done.stderr:
            fail(f"{one['name']} does not survive the configuration {shape!r:.80}", done)
    with open(file, "w", encoding="utf-8") as out:
        out.write(flow(one, least(one)))
    done = run("check", file)
    if done.returncode:
        fail(f"{one['name']} cannot be made from its defaults and the least of what it requires", done)
    takes_any_item(one, file)
print(f"{len(classes)} classes keep their contract: {', '.join(one['name'] for one in classes)}")
