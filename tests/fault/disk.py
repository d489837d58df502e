#!/usr/bin/env python3
"""A disk that fills up is exit 74, and a resume on a larger one goes on. Two runs on one output: the second is 75."""
import resource
import subprocess

from program import RUNNEL, SANITIZED, Place, check

with Place(200, text="x" * 100) as place:
    def may_grow_to(size):
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    grown = 0
    if SANITIZED:
        print("left out: the sanitizer's own files may not grow, either")
    for size in () if SANITIZED else (0, 100, 600, 20 * 1024, 20 * 1024 + 1, 40 * 1024):
        result = place.run("--resume", "-j", "2", preexec_fn=may_grow_to(size))
        check(f"a file that may hold {size} bytes: exit 74", result.returncode == 74, (result.returncode, result.said))
        if place.output.exists():
            check("what was done is kept", place.output.stat().st_size >= grown)
            grown = place.output.stat().st_size
    result = place.run("--resume")
    check("with room it is done", result.returncode == 1, result.said)
    place.check_whole("each job once")

with Place(200, text="x" * 100) as place:
    disk = place.folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20k", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    if mounted.returncode != 0:
        print("left out: a tmpfs of 20 KiB cannot be mounted here:", mounted.stderr.strip())
    else:
        try:
            place.output = disk / "out.jsonl"
            for _ in range(3):
                result = place.run("--resume", "-j", "2")
                check("a full disk: exit 74", result.returncode == 74, (result.returncode, result.said))
                check("it says so", "No space left on device" in result.said and "--resume" in result.said, result.said)
            larger = subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], capture_output=True, text=True)
            check("the disk is made larger", larger.returncode == 0, larger.stderr)
            result = place.run("--resume")
            check("with room it is done", result.returncode == 1, result.said)
            place.check_whole("each job once")
        finally:
            subprocess.run(["umount", str(disk)], check=False)

with Place(2) as place:
    # The first run reads from a pipe that stays open: it has the state until we say so.
    first = subprocess.Popen([RUNNEL, "run", place.flow, "-", "--output", str(place.output)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    first.stdin.write(b'{"n":1}\n')
    first.stdin.flush()
    while not place.output.exists() or place.output.stat().st_size == 0:  # its record is the event
        if first.poll() is not None:
            check("the first run lives", False, first.stderr.read())
    for options in ([], ["--resume"], ["--retry-failed"], ["--force"]):
        result = place.run(*options)
        check(f"a second run {options} is 75", result.returncode == 75, (result.returncode, result.said))
    first.communicate(b'{"n":2}\n')
    check("the first one ends as if nothing were", first.returncode == 0)
    place.check_whole("with each job once")
