#!/usr/bin/env python3
"""random_arrivals.py RUNNEL [SEED]: what aggregator, batcher, debouncer and join make of random arrivals. Behind each job of random items
stands what comes out by a few lines of Python; over the slots of a worker nothing is lost and nothing comes twice."""
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

runnel, seed = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
rng = random.Random(seed)
SLOTS = ["a", "b", "c"]
FLOW = """flow_id: random
entry: start.input
routines:
  start: {class: script, slots: [input], events: [a, b, c], config: {lua: 'for _, one in ipairs(data) do emit(one.slot, one.item) end'}}
  it: %s
connections: [%s]
"""


def dump(value):
    return json.dumps(value, separators=(",", ":"))


def run(it, slots, jobs, *options):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "flow.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(FLOW % (json.dumps(it), ", ".join(f"start.{event} -> it.{slot}" for event, slot in slots.items())))
        done = subprocess.run([runnel, "run", file, "--trace-level", "data", "-q", "-j", "1", *options], text=True,
                              input="".join(dump(job) + "\n" for job in jobs), capture_output=True, timeout=300)
    if done.returncode or done.stderr:
        sys.exit(f"seed {seed}: {it}: exit {done.returncode}\n{done.stderr[:2000]}")
    return [[(entry["details"]["event"], entry["details"]["item"]) for entry in json.loads(line)["trace_log"]
             if entry["routine_id"] == "it" and entry["action"] == "emitted"] for line in done.stdout.splitlines()]


def arrivals(jobs, keys):
    number = 0
    for _ in range(jobs):
        job = []
        for _ in range(rng.choice([0, 1, 2, 5, 40])):
            number += 1
            job.append({"slot": rng.choice(SLOTS), "item": {"n": number, "k": rng.choice([None, *range(keys)]), "x": "x" * rng.randrange(30)}})
        yield job


def batches(items, size, limit):
    batch, out = [], []

    def close(reason):
        out.append(("output", {"items": batch[:], "count": len(batch), "reason": reason}))
        batch.clear()

    for item in items:
        if limit and batch and len(dump(batch + [item])) > limit:
            close("bytes")
        batch.append(item)
        if size and len(batch) == size:
            close("size")
        elif limit and len(dump(batch)) >= limit:
            close("bytes")
    if batch:
        close("flush")
    return out


def joined(job, slots):
    lying, out = collections.defaultdict(lambda: {slot: [] for slot in slots}), []
    for one in job:
        slot, item = one["slot"], one["item"]
        if item["k"] is None:
            out.append(("unmatched", {"slot": slot, "item": item, "key": None, "reason": "no_key"}))
            continue
        group = lying[item["k"]]
        group[slot].append(item)
        if all(group.values()):
            out.append(("output", {"key": item["k"], **{name: group[name].pop(0) for name in slots}}))
    left = [("unmatched", {"slot": slot, "item": item, "key": key, "reason": "flush"})
            for key, group in lying.items() for slot in slots for item in group[slot]]
    return out, left


def aggregated(job, slots, count):
    lying, out = {slot: [] for slot in slots}, []

    def round_of(event, more):
        data = {slot: lying[slot].pop(0) for slot in slots if lying[slot]}
        missing = [slot for slot in slots if slot not in data]
        out.append((event, data if not more else {"data": data, "missing": missing, **more}))

    for one in job:
        lying[one["slot"]].append(one["item"])
        if sum(bool(items) for items in lying.values()) >= count:
            round_of("output", {})
    while any(lying.values()):
        round_of("partial", {"reason": "flush"})
    return out


def expect(what, got, wanted):
    for number, (one, other) in enumerate(zip(got, wanted, strict=True), 1):
        if one != other:
            sys.exit(f"seed {seed}: {what}: job {number} gave\n{dump(one)}\ninstead of\n{dump(other)}")


def numbers(emitted, copies):
    """The numbers of the items; copies: each once, however many jobs were given a copy."""
    found = collections.Counter()
    texts = [dump(one) for job in emitted for one in job]
    for text in set(texts) if copies else texts:
        def visit(value):
            if isinstance(value, dict):
                if "n" in value and "x" in value:
                    found[value["n"]] += 1
                else:
                    for part in value.values():
                        visit(part)
            elif isinstance(value, list):
                for part in value:
                    visit(part)
        visit(json.loads(text))
    return found


one_slot = {slot: "input" for slot in SLOTS}
own_slots = {slot: slot for slot in SLOTS}
pairs = {slot: slot if slot != "c" else "b" for slot in SLOTS}
for _ in range(4):
    jobs = list(arrivals(150, rng.choice([1, 3, 20])))
    items = [[one["item"] for one in job] for job in jobs]
    size, limit = rng.choice([(rng.randint(1, 9), 0), (0, rng.randint(1, 300)), (rng.randint(1, 9), rng.randint(1, 300))])
    limits = {name: value for name, value in (("size", size), ("bytes", limit)) if value}
    expect(f"batcher {limits}", run({"class": "batcher", "config": limits}, one_slot, jobs), [batches(job, size, limit) for job in items])

    count = rng.randint(1, 3)
    it = {"class": "aggregator", "slots": SLOTS, "config": {"require": "n_of_m", "count": count}}
    expect(f"aggregator {count}", run(it, own_slots, jobs), [aggregated(job, SLOTS, count) for job in jobs])

    for wiring in (own_slots, pairs):
        slots = sorted(set(wiring.values()))
        wired = [[{"slot": wiring[one["slot"]], "item": one["item"]} for one in job] for job in jobs]
        got = run({"class": "join", "slots": slots, "config": {"key": "k"}}, wiring, jobs)
        wanted = [joined(job, slots) for job in wired]
        expect("join", [job[:len(done)] for job, (done, _) in zip(got, wanted)], [done for done, _ in wanted])
        expect("join, at the end", [sorted(map(dump, job[len(done):])) for job, (done, _) in zip(got, wanted)],
               [sorted(map(dump, left)) for _, left in wanted])

    last = [{item["k"]: item for item in job} for job in items]
    expect("debouncer", run({"class": "debouncer", "config": {"wait": "1h", "key": "k"}}, one_slot, jobs),
           [[("output" if last[i][item["k"]] is item else "suppressed", item) for item in job] for i, job in enumerate(items)])

    everything = collections.Counter(item["n"] for job in items for item in job)
    waits = rng.choice(["1ms", "1h"])
    for it, wiring in (({"class": "batcher", "config": {"time": waits, **limits}}, one_slot),
                       ({"class": "batcher", "config": {"to": "first_job", **limits}}, one_slot),
                       ({"class": "aggregator", "slots": SLOTS, "config": {"timeout": waits}}, own_slots),
                       ({"class": "debouncer", "config": {"wait": waits, "leading": True, "key": "k"}}, one_slot),
                       ({"class": "join", "slots": SLOTS, "config": {"key": "k", "timeout": waits, "type": "left"}}, own_slots)):
        for options in ([], ["--deterministic"], ["--window", "7"]):
            got = run({**it, "scope": "worker"}, wiring, jobs, *options)
            if numbers(got, it["class"] != "debouncer" and "to" not in it["config"]) != everything:
                sys.exit(f"seed {seed}: {it} with {options} lost items, or gave them twice")
print(f"seed {seed}")
