#!/usr/bin/env python3
"""A reader of the output that goes away is a quiet exit 141, also while runnel waits for input."""
import os
import subprocess

from program import FLOWS, TIMEOUT, check, start

flow = str(FLOWS / "traced_workflow/flow.yaml")
endless = subprocess.Popen(["yes", '{"user_id":"a"}'], stdout=subprocess.PIPE)
child = start(flow, stdin=endless.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
endless.stdout.close()
child.stdout.readline()
child.stdout.close()
check("endless input, reader gone: 141", child.wait(TIMEOUT) == 141)
check("and not a word", child.stderr.read() == b"")
endless.kill()
endless.wait()

for workers in ("1", "4"):
    source, sink = os.pipe()
    child = start("-j", workers, flow, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(sink, b'{"user_id":"a"}\n')
    child.stdout.readline()
    child.stdout.close()
    check(f"idle input, {workers} workers, reader gone: 141", child.wait(TIMEOUT) == 141)
    check("and not a word", child.stderr.read() == b"")
    os.close(sink)
    os.close(source)
