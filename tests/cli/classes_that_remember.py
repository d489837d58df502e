#!/usr/bin/env python3
"""classes_that_remember.py RUNNEL: dedupe, cache and rate_limit on random items say what a plain model in Python says; their memory
is bounded; and very many waiting jobs pass in the order they came."""
import collections
import json
import os
import random
import resource
import tempfile

from program import SANITIZED, check, run, start

SECOND = 1_000_000


class Oldest(collections.OrderedDict):
    """At most so many keys, and none older than ttl seconds; the oldest goes first."""

    def __init__(self, most, ttl):
        super().__init__()
        self.most, self.ttl = most, ttl

    def fresh(self, key, now):
        return key in self and (self.ttl is None or now - self[key][0] < self.ttl)

    def put(self, key, now, value=None):
        self.pop(key, None)
        self[key] = (now, value)
        while len(self) > self.most:
            self.popitem(last=False)


def answers(folder, flow, items, *options):
    """The event each job was marked with, and the whole of its data."""
    path = os.path.join(folder, "flow.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(flow)
    lines = "".join(json.dumps(item) + "\n" for item in items).encode()
    result = run(path, "-q", "-j", "1", "--deterministic", "--select", "job.data", *options, input=lines)
    check("every job completes", result.returncode == 0 and not result.stderr, result.stderr[-500:])
    return [json.loads(line) for line in result.stdout.splitlines()]


def dedupe(folder, random):
    most, ttl = random.randint(1, 12), random.choice([None, random.randint(1, 30)])
    keys = random.randint(1, 20)
    items = [{"k": random.choice([None, *range(keys)])} for _ in range(500)]
    found = answers(folder, f"""
flow_id: f
routines:
  it: {{class: dedupe, config: {{key: k, max_keys: {most}{f", ttl: {ttl}s" if ttl else ""}}}}}
  new: {{class: set_data, config: {{values: {{is: {{value: new}}}}}}}}
  old: {{class: set_data, config: {{values: {{is: {{value: old}}}}}}}}
connections: [it.output -> new.input, it.duplicate -> old.input]
""", items)
    seen = Oldest(most, ttl)
    expected = []
    for now, item in enumerate(items):
        is_old = item["k"] is not None and seen.fresh(item["k"], now)
        if not is_old and item["k"] is not None:
            seen.put(item["k"], now)
        expected.append({"is": "old" if is_old else "new"})
    check(f"dedupe of {keys} keys, at most {most}, ttl {ttl}", found == expected, [*zip(found, expected)][:30])


def cache(folder, random):
    most, ttl = random.randint(1, 12), random.choice([None, random.randint(1, 30)])
    keys = random.randint(1, 20)
    items = [{"k": random.randrange(keys), "n": n, "put": random.random() < 0.3} for n in range(500)]
    found = answers(folder, f"""
flow_id: f
entry: way.input
routines:
  way: {{class: conditional_router, config: {{routes: [{{name: put, when: put}}], default_route: get}}}}
  it: {{class: cache, config: {{key: k, value: n, max_entries: {most}{f", ttl: {ttl}s" if ttl else ""}}}}}
  had: {{class: set_data, config: {{values: {{had: value}}}}}}
  missed: {{class: set_data, config: {{values: {{missed: k}}}}}}
connections: [way.put -> it.store, way.get -> it.input, it.hit -> had.input, it.miss -> missed.input]
""", items)
    kept = Oldest(most, ttl)
    expected = []
    for now, item in enumerate(items):
        if item["put"]:
            kept.put(item["k"], now, item["n"])
            expected.append({})
        else:
            expected.append({"had": kept[item["k"]][1]} if kept.fresh(item["k"], now) else {"missed": item["k"]})
    check(f"cache of {keys} keys, at most {most}, ttl {ttl}", found == expected, [*zip(found, expected)][:30])


def rate_limit(folder, random):
    rate, per, burst = random.randint(1, 3), random.choice([4, 6, 12]), random.randint(1, 4)
    keys = random.randint(1, 4)
    items = [{"k": random.randrange(keys)} for _ in range(300)]
    found = answers(folder, f"""
flow_id: f
routines:
  it: {{class: rate_limit, config: {{rate: {rate}, per: {per}s, burst: {burst}, mode: drop, key: k}}}}
  yes: {{class: set_data, config: {{values: {{is: {{value: passed}}}}}}}}
  no: {{class: set_data, config: {{values: {{is: {{value: limited}}}}}}}}
connections: [it.output -> yes.input, it.limited -> no.input]
""", items)
    tokens = {key: (burst * per * SECOND, 0) for key in range(keys)}  # in shares of a token, filled up evenly
    expected = []
    for now, item in enumerate(items):
        level, at = tokens[item["k"]]
        level = min(burst * per * SECOND, level + (now - at) * SECOND * rate)
        passes = level >= per * SECOND
        tokens[item["k"]] = (level - passes * per * SECOND, now)
        expected.append({"is": "passed" if passes else "limited"})
    check(f"rate_limit {rate} per {per} s, burst {burst}, {keys} keys", found == expected, [*zip(found, expected)][:30])


with tempfile.TemporaryDirectory() as folder:
    for seed in range(3 if SANITIZED else 15):
        for model in (dedupe, cache, rate_limit):
            model(folder, random.Random(seed))

    path = os.path.join(folder, "flow.yaml")

    def flow(text):
        with open(path, "w", encoding="utf-8") as file:
            file.write("flow_id: f\nroutines:\n" + text)

    count = 20_000 if SANITIZED else 300_000
    with open(os.path.join(folder, "jobs.jsonl"), "w", encoding="utf-8") as file:  # what this program holds counts for its children
        file.writelines('{"k":"%0100d"}\n' % n for n in range(count))
    flow("  it: {class: dedupe, config: {key: k, max_keys: 1000, ttl: 1h}}\n"
         "  kept: {class: cache, config: {key: k, value: k, max_entries: 1000}}\n"
         "  limit: {class: rate_limit, config: {rate: 1, per: 1h, mode: drop, key: k, max_keys: 1000}}\n"
         "connections: [it.output -> kept.store, kept.stored -> limit.input]\nentry: it.input\n")
    result = run(path, "-q", "-j", "1", "--select", "job.error", file.name)
    check("a key after the other", result.returncode == 0 and not result.stderr, result.stderr[-500:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check("not more memory than for the keys they keep", SANITIZED or peak < 64 * 1024, peak)

    count = 4_000 if SANITIZED else 100_000
    flow("  it: {class: rate_limit, config: {rate: 500000}}\n"
         "  after: {class: set_data, config: {values: {n: n}}}\n"
         "connections: [it.output -> after.input]\n")
    lines = b"".join(b'{"n":%d}\n' % n for n in range(count))
    result = run(path, "-q", "-j", "1", "--order", "completion", "--select", "job.data.n", "--window", str(count), input=lines)
    check("so many jobs a second pass in the order they came", result.stdout.split() == [b"%d" % n for n in range(count)],
          result.stderr[-500:])

    flow("  it: {class: rate_limit, config: {rate: 1, per: 1h}}\n"
         "  say: {class: set_data, config: {values: {n: n}}}\n"
         "connections: [it.output -> say.input]\n")
    process = start(path, "-q", "-j", "1", "--order", "completion", "--select", "job.data", "--window", str(count), stdin=-1, stdout=-1, stderr=-1)
    process.stdin.write(lines + b'{"bad"\n')
    process.stdin.close()
    check("the first of them passes", process.stdout.readline() == b'{"n":0}\n')
    check("all the others wait: the line behind them is read", process.stdout.readline() != b"")
    process.stdout.close()
    check("a reader that goes away ends the waiting", process.wait(timeout=60) in (141, -13), process.returncode)
    said = process.stderr.read()
    check("no word but of that line", said.count(b"\n") == 1 and b"input.syntax" in said, said[-500:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check("less than 1 GiB for them all", SANITIZED or peak < 1024 * 1024, peak)
