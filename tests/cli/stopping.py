#!/usr/bin/env python3
"""Signals: nothing more is admitted, what is under way is drained or, after the grace, cancelled; only whole lines; the exit
code of the signal; how to go on. Nothing here waits for a time: pipes and FIFOs say how far a run has come."""
import fcntl
import json
import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import termios
import time

from program import RUNNEL, TIMEOUT, check, run, start

PLACE = pathlib.Path(tempfile.mkdtemp(prefix="runnel-stop-"))
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
NOT_COUNTED = "input that was not admitted is not counted"
CAN_RESUME = "a run with --output FILE could be resumed\n"
PIPES = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def flow(name, text):
    path = PLACE / f"{name}.yaml"
    path.write_text(f"flow_id: {name}\n{text}")
    return str(path)


def waits_for(condition):
    """For what cannot be waited on; the time only ends a hang."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            check("it comes to that", False)
        time.sleep(0.005)


def signals(child, which):
    """Of the process's status: a set of signals as bits."""
    with open(f"/proc/{child.pid}/status") as status:
        return int(next(line for line in status if line.startswith(which)).split()[1], 16)


def pending(child):
    return signals(child, "ShdPnd") & (1 << (signal.SIGTERM - 1) | 1 << (signal.SIGINT - 1))


def ended(child):
    out, said = child.communicate(timeout=TIMEOUT)
    return child.returncode, [json.loads(line) for line in out.splitlines()], said.decode()


def fifo(name):
    path = PLACE / name
    os.mkfifo(path)
    return str(path)


quick = flow("quick", "routines:\n  main: {class: set_data, config: {values: {n: n}}}\nconnections: []\n")
# A child says that it is there, and waits until it may go on.
exec_flow = flow("held", """routines:
  main:
    class: exec
    config: {command: [sh, -c, 'read line; echo there >"$THERE"; read go <"$GO"; echo "$line"']}
connections: []
""")
os.environ["THERE"] = fifo("there")
os.environ["GO"] = fifo("go")


def held(*options, **more):
    """A run with one job whose child is there and waits."""
    child = start(exec_flow, "-j", "1", *options, **{**PIPES, **more})
    if child.stdin:
        child.stdin.write(b'{"n":1}\n')
        child.stdin.flush()
    with open(os.environ["THERE"]) as there:
        there.readline()
    return child


def let_go():
    with open(os.environ["GO"], "w") as go:
        go.write("go\n")


# Waiting for a line on a pipe, for the writer of a FIFO, and for the time of --rate.
for number, code in CODES.items():
    name = number.name
    child = start(quick, **PIPES)
    child.stdin.write(b'{"n":1}\n')
    child.stdin.flush()
    child.stdout.readline()
    child.send_signal(number)
    result = child.wait(TIMEOUT)
    said = child.stderr.read().decode()
    check(f"{name} while a line is waited for: {code}", result == code, (result, said))
    check("and what is done", said == f"runnel: stopped by {name}: 1 job finished, 0 admitted and not finished; {NOT_COUNTED}; {CAN_RESUME}", said)
    child.stdin.close()

pipe = fifo("input")
lines = PLACE / "lines.jsonl"
lines.write_text("".join(f'{{"n":{i}}}\n' for i in range(1, 501)))
child = start(quick, str(lines), pipe, **{**PIPES, "stdin": subprocess.DEVNULL})
for _ in range(500):
    child.stdout.readline()
child.send_signal(signal.SIGINT)
result = ended(child)
check("a FIFO without a writer", result[0] == 130 and "500 jobs finished, 0 admitted" in result[2], result)
check("what to skip", f"; --skip 500 runs what was not admitted; {CAN_RESUME}" in result[2], result[2])

child = start(quick, str(lines), "--rate", "1/h", **{**PIPES, "stdin": subprocess.DEVNULL})
child.stdout.readline()
child.send_signal(signal.SIGTERM)
result = ended(child)
check("a rate of one an hour", result[0] == 143 and "1 job finished, 0 admitted" in result[2], result)

# What was ignored from the start stays ignored, as nohup wants it.
child = start(quick, **PIPES, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
for _ in range(3):
    child.stdin.write(b'{"n":1}\n')
    child.stdin.flush()
    child.stdout.readline()
    child.send_signal(signal.SIGHUP)
check("an ignored SIGHUP is no end", ended(child)[0] == 0)

# Drained: the job under way ends as ever, the next is not admitted.
child = held()
child.send_signal(signal.SIGINT)
waits_for(lambda: not pending(child))
let_go()
child.stdin.flush()
result = ended(child)
check("drained: the job is completed", result[0] == 130 and [r["status"] for r in result[1]] == ["completed"], result)
check("it is counted", "stopped by SIGINT: 1 job finished, 0 admitted and not finished; " in result[2], result[2])

# The grace is over: the job is cancelled, its child killed. Then the same by a second signal.
for numbers, options, code in (([signal.SIGTERM], ["--grace", "0"], 143), ([signal.SIGINT, signal.SIGTERM], ["--grace", "1h"], 130)):
    child = held(*options)
    for number in numbers:
        child.send_signal(number)
        waits_for(lambda: child.poll() is not None or not pending(child))
    result = ended(child)
    check(f"cancelled: exit {code}, that of the first signal", result[0] == code, result)
    if len(numbers) == 1:
        check("the job's record says so", [(r["status"], r["error"]) for r in result[1]] == [("cancelled", None)], result)
        check("and the end", result[2] == f"runnel: stopped by SIGTERM: 0 jobs finished, 1 admitted and not finished (cancelled); {NOT_COUNTED}; {CAN_RESUME}", result[2])

# --timeout is the same with exit 124.
child = start(quick, "--timeout", "1ms", "--grace", "1h", "--summary", "-", **PIPES)
result, said = child.wait(TIMEOUT), child.stderr.read().decode()
check("--timeout: 124", result == 124, (result, said))
check("said whole", said.startswith(f"runnel: --timeout 1ms is over: 0 jobs finished, 0 admitted and not finished; {NOT_COUNTED}; {CAN_RESUME}"), said)
check("with its summary", said.splitlines()[1].startswith('{"posted":0,"completed":0,"failed":0,"cancelled":0,"bad_input":0,"seconds":'), said)
child.stdin.close()

# With a file nothing is written of it, and a resume does it.
out = PLACE / "out.jsonl"
state = PLACE / "out.jsonl.state"
(PLACE / "one.jsonl").write_text('{"n":1}\n')
child = held(str(PLACE / "one.jsonl"), "--output", str(out), "--grace", "0", stdin=subprocess.DEVNULL)
child.send_signal(signal.SIGHUP)
result = ended(child)
check("with --output it is not done", result[0] == 129 and out.read_text() == "", result)
command = result[2].rsplit("go on with: ", 1)[-1].strip()
check("the command to go on is said", result[2].startswith("runnel: stopped by SIGHUP: 0 jobs done, 1 admitted and not finished (not written); ") and command.endswith(" --grace 0 --resume"), result[2])
child = subprocess.Popen(["sh", "-c", command])
with open(os.environ["THERE"]) as there:
    there.readline()
let_go()
check("and works", child.wait(TIMEOUT) == 0 and json.loads(out.read_text())["status"] == "completed")

# Ctrl-C of a terminal reaches runnel; children of exec are in a group of their own and go on to their end.
process, terminal = pty.fork()
if process == 0:
    os.execv(RUNNEL, ["runnel", "run", exec_flow, "-j", "1"])
os.write(terminal, b'{"n":1}\n')
with open(os.environ["THERE"]) as there:
    there.readline()
os.write(terminal, b"\x03")
shown = b""
while b"^C" not in shown:
    shown += os.read(terminal, 4096)
let_go()
try:
    while piece := os.read(terminal, 4096):
        shown += piece
except OSError:
    pass  # its end
_, status = os.waitpid(process, 0)
check("Ctrl-C on a terminal: the child ends its work, 130", os.waitstatus_to_exitcode(status) == 130 and b'"status":"completed"' in shown, shown)

# A reader that reads nothing does not keep a second signal: whole lines only, also when a line is longer than a pipe.
for width, stalls in ((200, True), (3000, True), (300_000, False)):
    big = PLACE / "big.jsonl"
    big.write_text("".join(f'{{"n":{i},"text":"{"x" * width}"}}\n' for i in range(2_000_000 // width)))
    ours, theirs = os.pipe()
    child = start(quick, str(big), "-j", "2", "--metadata", "text=" + "y" * min(width, 100_000),
                   stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    size = fcntl.fcntl(ours, fcntl.F_GETPIPE_SZ)

    def lies():
        return int.from_bytes(fcntl.ioctl(ours, termios.FIONREAD, b"\0\0\0\0"), "little")

    waits_for(lambda: lies() > size - 4 * 4096)
    child.send_signal(signal.SIGTERM)
    waits_for(lambda: not pending(child))
    child.send_signal(signal.SIGTERM)
    if stalls:
        check(f"lines of {width} bytes, a reader that stalls: 143", child.wait(TIMEOUT) == 143)
    with os.fdopen(ours, "rb") as reader:
        text = reader.read()
    check("it ended", child.wait(TIMEOUT) == 143)
    check("with a whole line", text.endswith(b"}\n") and all(json.loads(line) for line in text.splitlines()))
    said = child.stderr.read().decode()
    check("and says so", said.startswith("runnel: stopped ") and NOT_COUNTED in said, said)

# Partitioned jobs, jobs that wait, slots of a worker, a critical routine: all come to their end by one signal.
flows = {
    "parts": "execution: {partition_by: data.n % 7}\nroutines:\n  main: {class: delay, config: {seconds: 1h}}\nconnections: []\n",
    "waits": "routines:\n  main: {class: delay, config: {seconds: 1h}}\nconnections: []\n",
    "slots": "routines:\n  main: {class: batcher, config: {size: 1000000}, scope: worker}\nconnections: []\n",
    "critical": "routines:\n  main: {class: delay, error_handler: {is_critical: true}, config: {seconds: 1h}}\nconnections: []\n",
}
for name, text in flows.items():
    path = flow(name, text)
    for workers in ("1", "3"):
        child = start(path, "-j", workers, "--grace", "0", "--window", "600", "--quiet", **PIPES)
        child.stdin.write(lines.read_bytes() * 2)  # more than the window: admission waits, too
        child.stdin.flush()
        waits_for(lambda: signals(child, "SigBlk") & 2 or child.poll() is not None)  # the run has begun
        child.send_signal(signal.SIGINT)
        result = ended(child)
        done = [record["status"] for record in result[1]]
        check(f"{name} on {workers}: 130, each admitted job has a record", result[0] == 130 and set(done) <= {"cancelled", "completed"}, (result[0], result[2], set(done)))
        counted = result[2].split(": ", 2)[2]
        check("as many as are counted", counted.startswith(f"{done.count('completed')} job") and f" {done.count('cancelled')} admitted" in counted, (result[2], len(done)))

check("a run nobody stops is as ever", run(quick, str(lines), "--grace", "0").returncode == 0)
for path in PLACE.iterdir():
    path.unlink()
PLACE.rmdir()
