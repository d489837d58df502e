#!/usr/bin/env python3
"""All measures of README.md as one table: run.py RUNNEL LIMIT FOLDER RUNNEL_ENRICH [JOBS]

Commands that are compared run in turn, several rounds; a ratio is the median over the rounds of (limit's time / ours), so
1 is the limit and more is better. Output goes to a file in FOLDER. Peers that are not installed are left out.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FLOWS = HERE.parents[1] / "flows" / "enrich"
runnel, limit, folder, runnel_enrich = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4]
jobs = int(sys.argv[5]) if len(sys.argv) > 5 else 1_000_000
os.environ["RUNNEL_PLUGINS"] = str(pathlib.Path(runnel).resolve().parents[1] / "flows")
ROUNDS = 5


def corpus(count, kind):
    path = folder / f"{kind}-{count}.jsonl"
    if not path.exists():
        with open(path, "wb") as out:
            subprocess.run([sys.executable, HERE / "gen_jobs.py", str(count), kind], stdout=out, check=True)
    return path


def seconds(command, stdin=None):
    with open(folder / "out.jsonl", "wb") as out:
        start = time.monotonic()
        subprocess.run(command, stdin=stdin, stdout=out, stderr=subprocess.DEVNULL, check=False)
        return time.monotonic() - start


def in_turn(commands, rounds=ROUNDS):
    times = {name: [] for name in commands}
    for number in range(rounds + 1):  # round 0 warms up
        for name, command in commands.items():
            took = seconds(command)
            if number:
                times[name].append(took)
    return times


def row(measure, value, note=""):
    print(f"| {measure} | {value} | {note} |", flush=True)


def against_limit(title, path, count, threads, flow, rounds=ROUNDS):
    ours = [runnel, "run", str(flow), str(path), "--metadata", "source=bench", "-j", str(threads)]
    times = in_turn({"limit": [limit, str(path), str(threads)], "ours": ours}, rounds)
    ratio = statistics.median(a / b for a, b in zip(times["limit"], times["ours"]))
    ours_time, limit_time = statistics.median(times["ours"]), statistics.median(times["limit"])
    row(title, f"{ratio:.2f} of the limit", f"{count / ours_time:,.0f} jobs/s; limit {count / limit_time:,.0f}")


def library(path, count):
    """The same classes from a shared library and linked into the program."""
    builtin = folder / "enrich_builtin.yaml"
    lines = (FLOWS / "enrich.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    builtin.write_text("".join(line for line in lines if not line.startswith("plugins:")), encoding="utf-8")
    for threads in ("1", "2"):
        options = [str(path), "--metadata", "source=bench", "-j", threads]
        times = in_turn({"built in": [runnel_enrich, "run", str(builtin), *options],
                         "library": [runnel, "run", str(FLOWS / "enrich.yaml"), *options]}, 9)
        ratio = statistics.median(a / b for a, b in zip(times["built in"], times["library"]))
        rates = {name: f"{count / statistics.median(taken):,.0f}" for name, taken in times.items()}
        row(f"enrich from a library, {threads} worker{'s' * (threads != '1')}", f"{ratio:.3f} of built in",
            f"{rates['library']} jobs/s; built in {rates['built in']}")


def chain(length, kind):
    path = folder / f"chain-{kind}-{length}.yaml"
    one = {"native": "{class: set_data, config: {values: {}}}",
           "lua": "{class: script, slots: [input], events: [output], config: {lua: 'emit(\"output\", data)'}}"}[kind]
    path.write_text("flow_id: chain\nroutines:\n" + "".join(f"  r{i}: {one}\n" for i in range(length)) + "connections:\n"
                    + "".join(f"  - r{i}.output -> r{i + 1}.input\n" for i in range(length - 1)) + ("" if length > 1 else "  []\n"))
    return path


def hop(kind, lengths, path, count):
    short, long = ([runnel, "run", str(chain(n, kind)), str(path), "-j", "1"] for n in lengths)
    times = in_turn({"short": short, "long": long})
    each = statistics.median(b - a for a, b in zip(times["short"], times["long"])) / count / (lengths[1] - lengths[0])
    row(f"a hop, {kind}", f"{each * 1e9:.0f} ns", f"chains of {lengths[0]} and {lengths[1]} routines, one worker")


def peers(path, count):
    commands = {"runnel, 2 workers": [runnel, "run", str(FLOWS / "enrich.yaml"), str(path), "--metadata", "source=bench", "-j", "2"],
                "python3": ["python3", str(HERE / "enrich.py"), str(path)], "node": ["node", str(HERE / "enrich.js"), str(path)],
                "jq": ["jq", "-c", "-f", str(HERE / "enrich.jq"), str(path)],
                "mlr": ["mlr", "--ijsonl", "--ojsonl", "put", "-f", str(HERE / "enrich.mlr"), str(path)]}
    times = in_turn({name: command for name, command in commands.items() if shutil.which(command[0])}, 3)
    for name, taken in times.items():
        ratio = statistics.median(b / a for a, b in zip(times["runnel, 2 workers"], taken))
        row(f"enrich by {name}", f"{count / statistics.median(taken):,.0f} jobs/s", f"{ratio:.1f} times runnel's time")


def first_record():
    line = folder / "one.jsonl"
    line.write_text('{"user_id":1,"params":{"amount":1.5,"action":"view"}}\n')
    times = [seconds([runnel, "run", str(FLOWS / "enrich.yaml"), str(line)]) for _ in range(40)]
    row("start to the end of a one-line run", f"{statistics.median(times) * 1e3:.1f} ms", "whole process, median of 40")


def many_keys():
    line = folder / "keys.jsonl"
    line.write_text(("{" + ",".join(f'"key{i}":{i}' for i in range(10_000)) + "}\n") * 200)
    command = [runnel, "run", str(chain(1, "native")), str(line), "-j", "1"]
    row("a line of 10,000 keys", f"{statistics.median(seconds(command) for _ in range(5)) / 200 * 1e3:.2f} ms", "")


def main():
    folder.mkdir(parents=True, exist_ok=True)
    small, big, few = corpus(jobs, "small"), corpus(jobs // 10, "big"), corpus(jobs // 10, "small")
    print("| measure | result | |\n|---|---|---|")
    against_limit("enrich, native, 2 workers", small, jobs, 2, FLOWS / "enrich.yaml")
    against_limit("enrich, native, 1 worker", small, jobs, 1, FLOWS / "enrich.yaml")
    against_limit("enrich, native, 1.8 KB lines, 2 workers", big, jobs // 10, 2, FLOWS / "enrich.yaml")
    against_limit("enrich, scripts, 2 workers", small, jobs, 2, FLOWS / "enrich_script.yaml", 3)
    library(small, jobs)
    against_limit("pass-through, 2 workers", small, jobs, 2, chain(1, "native"))
    hop("native", (1, 101), few, jobs // 10)
    hop("lua", (1, 31), few, jobs // 10)
    many_keys()
    first_record()
    peers(few, jobs // 10)


main()
