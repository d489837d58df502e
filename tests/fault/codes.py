#!/usr/bin/env python3
"""Exit codes that need a system call to fail: 70 and 71, each with its message; nothing is written then. The other codes:
tests/cli/exit_codes.py, calls.py and disk.py. That counts which do not add up are 70 is a unit test: no input makes them so."""
import errno
import os
import resource
import sys

from program import SANITIZED, Place, check

SHIM = sys.argv[2]
if SANITIZED:
    print("skipped: sanitizers start threads of their own")
    sys.exit(0)


def expect(place, promise, code, said, *options, **shim):
    environment = {f"SHIM_{name.upper()}": str(value) for name, value in shim.items()}
    env = dict(os.environ, LD_PRELOAD=SHIM, SHIM_TOLD=str(place.folder / "told"), **environment)
    process = place.run(*options, env=env)
    check(f"{promise}: {code}", process.returncode == code and process.said == said, (process.returncode, process.said))
    check("no record is written", not place.output.exists() or place.output.read_bytes() == b"")
    check("it was made to fail", (place.folder / "told").exists())
    (place.folder / "told").unlink()
    place.clear()


with Place(100) as place:
    none = "Resource temporarily unavailable"
    expect(place, "no thread for signals", 71, f"runnel: cannot start the thread for signals: {none}\n",
           "-j", "2", call="thread", nth=1, error=errno.EAGAIN)
    expect(place, "no descriptor for signals", 71, "runnel: cannot start the thread for signals: eventfd: Too many open files\n",
           "-j", "2", call="eventfd", nth=1, error=errno.EMFILE)
    expect(place, "no thread for a worker", 71, f"runnel: cannot start worker 2 of 3: {none}\n",
           "-j", "3", call="thread", nth=2, error=errno.EAGAIN)
    expect(place, "what nobody reckons with", 70, "runnel: internal error: eventfd: Too many open files\n",
           "-j", "2", call="eventfd", nth=2, error=errno.EMFILE)

# No memory: the line alone is half of what the process may have.
with Place(1, text="x" * 15_000_000) as place:
    process = place.run("-j", "1", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (28_000_000, 28_000_000)))
    check("no memory: 71", process.returncode == 71 and process.said == "runnel: out of memory\n", (process.returncode, process.said))
    check("no record is written", not place.output.exists() or place.output.read_bytes() == b"")
