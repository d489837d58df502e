#!/usr/bin/env python3
"""Memory stays bounded: behind a reader that stalls, over millions of jobs, under a job that makes a million items.
RUNNEL_JOBS: how many jobs the long run has (1,000,000), RUNNEL_RESULTS: MiB that wait for the stalled reader (2048)."""
import json
import os
import pathlib
import select
import subprocess
import threading

from program import HERE, RUNNEL, SANITIZED, TIMEOUT, check

JOBS = int(os.environ.get("RUNNEL_JOBS", "50000" if SANITIZED else "1000000"))
RESULTS = int(os.environ.get("RUNNEL_RESULTS", "64" if SANITIZED else "2048"))
# KiB over an idle process; sanitizers keep what was freed for a while and shadow the rest.
BOUND = (1024 if SANITIZED else 192) * 1024


def memory(process, what="VmHWM"):
    """KiB: the largest resident set so far."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split(what + ":")[1].split()[0])


def start(flow, *options):
    command = [RUNNEL, "run", "-q", str(HERE / "flows" / f"{flow}.yaml"), *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def idle(flow, *options):
    """KiB of a process that has done one job."""
    child = start(flow, *options)
    child.stdin.write(b'{"n":1}\n')
    child.stdin.flush()
    child.stdout.readline()
    size = memory(child)
    child.communicate(timeout=TIMEOUT)
    return size


def write_until_blocked(child, line):
    """Feeds until nothing is taken any more; how many bytes went in."""
    pipe = child.stdin.fileno()
    os.set_blocking(pipe, False)
    chunk = memoryview(line * 64)
    taken = 0
    while select.select([], [pipe], [], 3)[1]:
        try:
            taken += os.write(pipe, chunk[taken % len(line):])
        except BlockingIOError:
            pass
        if taken > (RESULTS << 20):
            break
    os.set_blocking(pipe, True)
    return taken


def stalled_reader(size, options):
    line = b'{"n":1,"text":"%s"}\n' % (b"x" * size)
    lines = (RESULTS << 20) // len(line)
    before = idle("big", *options)
    child = start("big", *options)
    taken = write_until_blocked(child, line)
    lines = max(lines, -(-taken // len(line)))  # it may have taken all there was to be, and a piece more
    check(f"{options}: with nobody reading, it stops to read", taken < 160 << 20, f"{taken >> 20} MiB went in")
    grown = memory(child) - before
    print(f"        {taken >> 20} MiB were taken, {grown >> 10} MiB more in memory")
    check(f"{options}: what waits is bounded", grown < BOUND, grown)

    def feed():
        child.stdin.write(line[taken % len(line):] if taken % len(line) else b"")
        for _ in range(lines - -(-taken // len(line))):
            child.stdin.write(line)
        child.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    size = records = 0
    while chunk := os.read(child.stdout.fileno(), 1 << 20):
        size += len(chunk)
        records += chunk.count(b"\n")
    feeder.join()
    check(f"{options}: exit 0", child.wait(TIMEOUT) == 0)
    check(f"{options}: then all {size >> 20} MiB of results come", records == lines and size > lines * len(line), (records, lines))


def long_run(flow, options, lines_of):
    """Peaks after a hundredth and after all of the jobs, read before the input ends."""
    child = start(flow, *options)
    counted = [0]
    reached = {JOBS // 100: threading.Event(), JOBS: threading.Event()}

    def read():
        while chunk := os.read(child.stdout.fileno(), 1 << 20):
            counted[0] += chunk.count(b"\n")
            for many, event in reached.items():
                if counted[0] >= many:
                    event.set()

    reader = threading.Thread(target=read)
    reader.start()
    peaks = []
    for first, last in ((1, JOBS // 100), (JOBS // 100 + 1, JOBS)):
        for number in range(first, last + 1, 1000):
            child.stdin.write(b"".join(lines_of(n) for n in range(number, min(number + 1000, last + 1))))
        child.stdin.flush()
        check("the jobs are done", reached[last].wait(TIMEOUT), counted)
        peaks.append(memory(child))
    child.stdin.close()
    reader.join()
    check("exit 0", child.wait(TIMEOUT) == 0)
    print(f"        {flow} {' '.join(options)}: {peaks[0]} KiB after {JOBS // 100} jobs, {peaks[1]} KiB after {JOBS}")
    if not SANITIZED:
        check(f"{flow} {' '.join(options)}: as much memory after {JOBS} jobs", peaks[1] < peaks[0] * 1.3 + 8192, peaks)


# n, how the job ends
BOMBS = (
    (1, "completed", None),
    (500000, "completed", None),
    (2000000, "failed", "limit.instructions"),
    (2, "completed", None),
    (-1, "failed", "limit.emits"),
    (-2, "failed", "limit.memory"),
    (3, "completed", None),
)


def bomb():
    """A job that makes more items than it may fails, and the next one runs."""
    child = start("bomb", "--fields", "status,error_detail")
    before = idle("bomb")
    for n, status, code in BOMBS:
        child.stdin.write(b'{"n":%d}\n' % n)
        child.stdin.flush()
        record = json.loads(child.stdout.readline())
        found = record.get("error_detail", {}).get("code")
        check(f"n = {n}: {status}", record["status"] == status and found == code, record)
    grown = memory(child) - before
    print(f"        {grown >> 10} MiB more in memory")
    check("no more memory than a job may have, a few times", grown < (1536 if SANITIZED else 400) * 1024, grown)
    child.stdin.close()
    check("exit 1", child.wait(TIMEOUT) == 1)


def windows():
    """--window bounds the jobs under way: the first one waits, and no more than these are admitted."""
    for window in (1, 7, 500):
        child = start("held", "--window", str(window), "--fields", "data")

        def feed():
            child.stdin.write(b'{"n":1,"wait":true}\n')
            for n in range(2, 2001):
                child.stdin.write(b'{"n":%d}\n' % n)
            child.stdin.close()

        feeder = threading.Thread(target=feed)
        feeder.start()
        output = child.stdout.read().decode().splitlines()
        feeder.join()
        check(f"--window {window}: exit 0", child.wait(TIMEOUT) == 0)
        data = [json.loads(line)["data"] for line in output]
        check("all jobs, in order", [one["n"] for one in data] == list(range(1, 2001)))
        others = data[0]["others"]
        check(f"--window {window}: with the first one {window - 1} may run", others < window, others)


if __name__ == "__main__":
    stalled_reader(10000, ["-j", "2"])
    stalled_reader(10000, ["-j", "2", "--order", "completion"])
    stalled_reader(500000, ["-j", "2"])
    stalled_reader(10000, ["-j", "2", "--window", "1000000"])
    for flow, options in (("pass", ["-j", "2"]), ("pass", ["-j", "2", "--order", "completion"]), ("shared_out_fast", [])):
        long_run(flow, options, lambda n: b'{"n":%d}\n' % n)
    bomb()
    windows()
