#!/usr/bin/env python3
"""A replaced or removed value of the worker's state is freed: ten times as many updates take no more memory."""
import pathlib
import subprocess
import sys
import tempfile

from program import SANITIZED, TIMEOUT, check, start

LUA = """
for i = data.from, data.from + 9999 do
  local key = "k" .. i % 100
  worker.update(key, function(old) return VALUE end)
end
"""
VALUES = {
    "numbers": "i",
    "strings that grow and shrink": "string.rep('x', i * 37 % 700)",
    "objects and lists": "{list = {i, i + 0.5, {deep = 'text' .. i}}, name = string.rep('n', i % 50)}",
    "values of changing kind": "i % 3 == 0 and 'text' .. i or i % 3 == 1 and {i, {}} or old",
}
PEAKS = {"keys that come and go": "worker.set('id' .. data.from .. '-' .. i, {i}) worker.set('id' .. data.from - 10000 .. '-' .. i - 10000, nil)"}
# Jobs of 10,000 updates in a long run: state_memory_is_flat.py RUNNEL 1000 makes 10 million of each kind.
LONG = int(sys.argv[2]) if len(sys.argv) > 2 else 20 if SANITIZED else 100


def peak(flow, jobs):
    """KiB of the largest resident set, read while the process still waits for input."""
    child = start("-q", "--fields", "status", flow, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(jobs):
        child.stdin.write(b'{"from":%d}\n' % (10000 * number))
        child.stdin.flush()
        answer = child.stdout.readline()
        if b"completed" not in answer:
            check("the job is completed", False, answer)
    status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
    child.stdin.close()
    check("exit 0", child.wait(TIMEOUT) == 0)
    return int(status.split("VmHWM:")[1].split()[0])


with tempfile.TemporaryDirectory() as folder:
    flow = pathlib.Path(folder) / "flow.yaml"
    bodies = {name: LUA.replace("VALUE", value) for name, value in VALUES.items()}
    bodies |= {name: f"for i = data.from, data.from + 9999 do {body} end" for name, body in PEAKS.items()}
    for name, lua in bodies.items():
        text = "".join("        " + line + "\n" for line in lua.strip().splitlines())
        flow.write_text("flow_id: churn\nroutines:\n  a:\n    class: script\n    slots: [x]\n    config:\n      lua: |\n" + text)
        few, many = peak(str(flow), LONG // 10), peak(str(flow), LONG)
        print(f"        {name}: {few} KiB after {LONG * 1000} updates, {many} KiB after {LONG * 10000}")
        if not SANITIZED:  # they keep what was freed for a while
            check(f"{name}: memory stays flat", many < few * 1.3 + 2048, (few, many))
