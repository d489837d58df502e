#!/usr/bin/env python3
"""Runs what README.md shows: readme.py SOURCE_DIR RUNNEL

A fenced block whose info string names a file (```yaml hello.yaml) is written to a fresh folder, or is what a command before it has
made there (and the
flows of flows/README.md must pass `runnel check --strict`); in a ```console block
each `$ command` is run there by sh, and the lines below it are what it must print (stdout and stderr together).
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

source, runnel = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
blocks = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", (source / "README.md").read_text(encoding="utf-8"), re.M | re.S)
failures = commands = 0
for name, text in re.findall(r"^```yaml (\S+)\n(.*?)^```$", (source / "flows/README.md").read_text(encoding="utf-8"), re.M | re.S):
    result = subprocess.run([runnel, "check", "--strict", "-"], input=text, text=True, capture_output=True)
    if result.returncode:
        failures += 1
        print(f"{name} of flows/README.md:\n{result.stdout}")
with tempfile.TemporaryDirectory() as folder:
    environment = dict(os.environ, PATH=f"{runnel.parent}:{os.environ['PATH']}")
    for language, name, text in blocks:
        if name:
            path = pathlib.Path(folder, name)
            if path.exists() and path.read_text(encoding="utf-8") != text:
                failures += 1
                print(f"{name} is not what README.md shows:\n{path.read_text(encoding='utf-8')}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif language == "console":
            for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                commands += 1
                result = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
                if result.stdout != expected:
                    failures += 1
                    print(f"$ {command}\nREADME says:\n{expected}\nit printed (exit {result.returncode}):\n{result.stdout}")
print(f"{commands} commands of README.md, {failures} differ")
sys.exit(1 if failures or not commands else 0)
