#!/usr/bin/env python3
"""The output cut at each of its last 600 bytes; a bit flipped in every line of output and state; the input changed."""
import json
import os
import random

from program import SANITIZED, Place, check
from check_output import mistakes

pick = random.Random(int(os.environ.get("RUNNEL_SEED", "7")))
STEP = 17 if SANITIZED else 1

with Place(30) as place:
    check("a run", place.run().returncode == 1)
    whole = place.output.read_bytes()
    state = place.state.read_bytes()
    without_times = lambda text: [{k: v for k, v in json.loads(line).items() if not k.endswith("_at") and k not in ("trace_log", "worker_id")} for line in text.splitlines()]
    for cut in range(1, 601, STEP):
        place.output.write_bytes(whole[:-cut])
        place.state.write_bytes(state)
        result = place.run("--resume")
        if result.returncode != 1 or without_times(place.output.read_bytes()) != without_times(whole):
            check(f"cut by {cut} bytes it is made whole", False, result.said)
        torn = len(whole[:-cut]) - (whole[:-cut].rfind(b"\n") + 1)
        said = f"runnel: {place.output}: cut off {torn} byte{'' if torn == 1 else 's'} of a record that was not whole\n"
        if result.said != (said if torn else ""):
            check(f"cut by {cut} bytes it says how many go", False, result.said)
    check("cut at each of its last 600 bytes it is made whole", True)

    codes = {}
    lines = whole.splitlines(keepends=True)
    for number in range(len(lines)):
        for _ in range(1 if SANITIZED else 3):
            at = sum(map(len, lines[:number])) + pick.randrange(len(lines[number]))
            flipped = bytearray(whole)
            flipped[at] ^= 1 << pick.randrange(8)
            place.output.write_bytes(flipped)
            place.state.write_bytes(state)
            result = place.run("--resume")
            codes[result.returncode] = codes.get(result.returncode, 0) + 1
            after = place.output.read_bytes()
            if result.returncode in (65, 2):
                if after != bytes(flipped):
                    check(f"line {number + 1}: what is refused stays as it is", False, result.said)
            elif result.returncode not in (0, 1) or mistakes(place.output, 30):
                # inside a value that stays valid JSON it is not found, and does no further harm
                if after != bytes(flipped):
                    check(f"line {number + 1}, byte {at}: found, or harmless", False, (result.returncode, result.said))
    check("a bit flipped in a line is found, or inside a value", codes.get(65, 0) > 0, codes)

    second = len(lines[0])
    places = [second + 2 + i for i in range(len('"job_id":"2-0123456789abcdef"'))]
    places += range(whole.index(b'"ordinal":', second), len(lines[0]) + len(lines[1]))
    for at in places[:: 5 if SANITIZED else 1]:
        place.state.write_bytes(state)
        place.output.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        result = place.run("--resume")
        if result.returncode != 65:
            check(f"byte {at}: what does not fit its job_id is 65", False, (whole[at - 5:at + 5], result.returncode, result.said))
    check("a bit flipped in the id, ordinal or hash of a record is found", True)

    state_lines = state.splitlines(keepends=True)
    for number in range(len(state_lines)):
        for _ in range(1 if SANITIZED else 2):
            at = sum(map(len, state_lines[:number])) + pick.randrange(len(state_lines[number]))
            flipped = bytearray(state)
            flipped[at] ^= 1 << pick.randrange(8)
            place.output.write_bytes(whole)
            place.state.write_bytes(flipped)
            result = place.run("--resume")
            last = b"\n" not in flipped[at:].rstrip(b"\n")  # no whole line behind it
            if result.returncode != (1 if last else 65):
                check(f"state line {number + 1}: damage in the middle is 65, at the end cut off", False, (result.returncode, result.said))
            if not last and place.state.read_bytes() != bytes(flipped):
                check("a damaged state stays as it is", False)
    check("a bit flipped in a line of the state is found", True)

    begin = state.index(b"begin")
    for size in range(0, len(state), 3 * STEP):
        place.output.write_bytes(whole)
        place.state.write_bytes(state[:size])
        wanted = 1 if size > state.index(b"\n", begin) else 2
        result = place.run("--resume")
        if result.returncode != wanted:
            check(f"a state of {size} bytes: exit {wanted}", False, (result.returncode, result.said))
    check("a state cut anywhere is gone on with, or refused when its header is not whole", True)

with Place(30) as place:
    def after_changing(change, promise, code, *options):
        """Run, changed input, resume: from the file, and from standard input. What was said of the file."""
        said = []
        for stdin in (True, False):
            place.clear()
            place.input.write_text("".join(place.lines))
            place.run(*options, stdin=stdin)
            before = place.output.read_bytes()
            lines = list(place.lines)
            change(lines)
            place.input.write_text("".join(lines))
            result = place.run(*options, "--resume", stdin=stdin)
            check(f"{promise}: exit {code}", result.returncode == code, result.said)
            if code == 2:
                check("what is refused stays as it is", place.output.read_bytes() == before)
            said.append(result.said)
        return said[-1]

    def edit(lines): lines[11] = '{"n":12,"text":"other"}\n'
    def insert(lines): lines.insert(4, '{"n":0}\n')
    def reorder(lines): lines[20], lines[21] = lines[21], lines[20]
    def remove(lines): del lines[7]
    def shorten(lines): del lines[25:]
    def append(lines): lines.extend('{"n":%d}\n' % n for n in (31, 32))

    said = after_changing(edit, "an edited line", 2)
    check("it says which line", f"{place.input}:12: " in said, said)
    said = after_changing(insert, "a line between", 2)
    check("it says which line", f"{place.input}:5: " in said, said)
    said = after_changing(reorder, "lines that changed places", 2, "--order", "completion", "-j", "2")
    check("it says which line", f"{place.input}:21: " in said, said)
    after_changing(remove, "a line that went", 2)
    said = after_changing(shorten, "an end that went", 2)
    check("it says where the input ends", "the input ends after record 25" in said, said)
    after_changing(append, "lines at the end", 1)
    place.count = 32
    place.check_whole("they run, and nothing else")

with Place(30) as place:
    place.run()
    found = place.run("--resume", stdin=True)
    check("another source is another run", found.returncode == 2 and "the inputs were" in found.said, found.said)
