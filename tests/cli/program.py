"""What the test programs of this folder share: the runner under test and how heavy the build is."""
import os
import pathlib
import signal
import subprocess
import sys

RUNNEL = sys.argv[1]
FLOWS = pathlib.Path(__file__).resolve().parents[2] / "flows"
SANITIZED = bool(os.environ.get("RUNNEL_SANITIZE"))
os.environ.setdefault("RUNNEL_PLUGINS", str(pathlib.Path(RUNNEL).resolve().parents[1] / "flows"))  # the flows' own libraries
for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # in the background, and under nohup, they are ignored
    signal.signal(one, signal.SIG_DFL)
TIMEOUT = 300  # only ends a hang; nothing is measured


def run(*arguments, **options):
    """Runs runnel to its end; returns the CompletedProcess with bytes."""
    return subprocess.run([RUNNEL, "run", *arguments], capture_output=True, timeout=TIMEOUT, **options)


def start(*arguments, **options):
    return subprocess.Popen([RUNNEL, "run", *arguments], **options)


def check(promise, kept, detail=""):
    print(("kept:   " if kept else "BROKEN: ") + promise + (f"  {detail}" if not kept else ""))
    if not kept:
        sys.exit(1)
