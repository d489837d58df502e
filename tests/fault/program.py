"""What the test programs of this folder share."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from check_output import mistakes

RUNNEL = sys.argv[1]
HERE = pathlib.Path(__file__).resolve().parent
SANITIZED = bool(os.environ.get("RUNNEL_SANITIZE"))
for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # in the background, and under nohup, they are ignored
    signal.signal(one, signal.SIG_DFL)
TIMEOUT = 300  # only ends a hang; nothing is measured


def check(promise, kept, detail=""):
    print(("kept:   " if kept else "BROKEN: ") + promise + (f"  {detail}" if not kept else ""), flush=True)
    if not kept:
        sys.exit(1)


class Place:
    """An empty folder with an input; out.jsonl is where runs write."""

    def __init__(self, count, flow="jobs", text=""):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where a sync costs nothing
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="runnel-fault-", dir=memory))
        self.flow = str(HERE / "flows" / f"{flow}.yaml")
        self.input = self.folder / "in.jsonl"
        self.output = self.folder / "out.jsonl"
        self.state = self.folder / "out.jsonl.state"
        self.count = count
        self.lines = [f'{{"n":{i},"text":"{text}"}}\n' for i in range(1, count + 1)]
        self.input.write_text("".join(self.lines))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def command(self, *options, stdin=False):
        files = ["-"] if stdin else [str(self.input)]
        return [RUNNEL, "run", self.flow, *files, "--output", str(self.output), *options]

    def start(self, *options, stdin=False, **more):
        source = open(self.input, "rb") if stdin else subprocess.DEVNULL
        return subprocess.Popen(self.command(*options, stdin=stdin), stdin=source, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, **more)

    def run(self, *options, stdin=False, **more):
        process = self.start(*options, stdin=stdin, **more)
        _, said = process.communicate(timeout=TIMEOUT)
        process.said = said.decode()
        return process

    def clear(self):
        for path in self.folder.glob("out.jsonl*"):
            path.unlink()

    def check_whole(self, promise, in_order=True):
        found = mistakes(self.output, self.count, in_order)
        check(promise, not found, found)
