#!/usr/bin/env python3
"""The n-th open, write, sync and close of output and state fails, for every n: never exit 0 or 1, and a resume makes it whole."""
import errno
import os
import sys

from check_output import mistakes
from program import SANITIZED, Place, check

SHIM = sys.argv[2]
FAULTS = {
    "open": ["EACCES", "ENOSPC", "EINTR"],
    "write": ["ENOSPC", "EIO", "EINTR", "short"],
    "sync": ["EIO", "ENOSPC", "EINTR"],
    "close": ["EIO", "ENOSPC", "EINTR"],
}
HARMLESS = ("EINTR", "short")
NEW, TORN, DONE = range(3)  # what is there when the run starts
WAYS = [
    (NEW, ["-j", "2", "--window", "8"]),
    (TORN, ["--resume", "--durability", "record", "-j", "1"]),
    (DONE, ["--retry-failed"]),
]


def run_with(place, call, fault, nth, options):
    told = place.folder / "told"
    told.unlink(missing_ok=True)
    error = fault if fault == "short" else str(getattr(errno, fault))
    env = dict(os.environ, LD_PRELOAD=SHIM, SHIM_FILE="out.jsonl", SHIM_CALL=call, SHIM_NTH=str(nth), SHIM_ERROR=error, SHIM_TOLD=str(told))
    result = place.run(*options, env=env)
    return result, told.exists()


if SANITIZED:
    print("left out: the sanitizer's own calls come first")
    sys.exit(0)

for there, options in WAYS:
    for call, faults in FAULTS.items():
        for fault in faults:
            nth = 0
            while True:
                nth += 1
                with Place(20) as place:
                    if there != NEW:
                        place.run("-j", "2")
                    if there == TORN:
                        text = place.output.read_bytes()
                        place.output.write_bytes(text[: len(text) // 2])
                    result, happened = run_with(place, call, fault, nth, options)
                    if not happened:
                        break
                    what = f"{fault} in {call} {nth} of {options}"
                    if fault in HARMLESS:
                        if result.returncode != 1:
                            check(f"{what} does no harm", False, (result.returncode, result.said))
                    elif result.returncode not in (73, 74):
                        check(f"{what} is 73 or 74", False, (result.returncode, result.said))
                    again = place.run("--resume")
                    if again.returncode != 1:
                        check(f"{what}: a resume is done", False, (again.returncode, again.said))
                    if found := mistakes(place.output, place.count):
                        check(f"{what}: then the file is whole", False, found)
            check(f"{fault} in each of {nth - 1} calls of {call}, {' '.join(options)}", nth > 1)
