#!/usr/bin/env python3
"""The house rules a compiler does not see: house.py SOURCE_DIR

- a layer of core/src includes only what the table below lets it (core/README.md, "Layers");
- an outside library is included only where it belongs;
- public headers include no header of ours but public ones; builtins and flows include public headers only;
- no source file is longer than 400 lines.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {  # direct and, through them, indirect
    "base": [], "value": ["base"], "job": ["value"], "source": ["job"], "routine": ["job"], "flow": ["routine"], "policy": ["flow"],
    "runtime": ["policy"], "sink": ["job"], "config": ["flow"], "script": ["routine"], "plugin": ["routine"], "isolate": ["job"], "diff": ["source", "sink"], "embed": ["config", "script", "plugin", "runtime", "source", "sink", "isolate"],
}
ONLY_IN = {  # pattern of an include -> folders
    r"yaml-cpp/": ["core/src/config"], r"lua\.h|lauxlib\.h|lualib\.h|lua\.hpp|re2/": ["core/src/script"], r"dlfcn\.h": ["core/src/plugin"],
    r"simdjson": ["core/src/value", "core/src/source"], r"asio": ["core/src/runtime", "builtins/exec"], r"CLI/": ["cli"], r"xxhash": ["core/src/value"], r"zlib\.h|zstd\.h": ["core/src/source"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def reachable(layer):
    found = {layer}
    for below in MAY_INCLUDE[layer]:
        found |= reachable(below)
    return found


def mistakes(root):
    files = [f for f in sorted(root.rglob("*")) if f.suffix in (".cpp", ".hpp", ".h") and "build" not in f.relative_to(root).parts]
    for file in files:
        name = file.relative_to(root).as_posix()
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > 400:
            yield f"{name}: {text.count(chr(10))} lines; a file has at most 400"
        layer = name.split("/")[2] if name.startswith("core/src/") else None
        for quote, target in INCLUDE.findall(text):
            first = target.split("/")[0]
            if layer and quote == '"' and first in MAY_INCLUDE and first not in reachable(layer):
                yield f"{name}: layer {layer} includes {target}; it may include {', '.join(sorted(reachable(layer)))}"
            if name.startswith(("core/include/", "builtins/", "flows/")) and first in MAY_INCLUDE and "/" in target:
                yield f"{name}: includes {target}; only public headers (<runnel/...>) are allowed here"
            for pattern, folders in ONLY_IN.items():
                if re.match(pattern, target) and not name.startswith("tests/") and not any(name.startswith(f + "/") for f in folders):
                    yield f"{name}: includes {target}, which belongs in {', '.join(folders)}"
    for layer in (root / "core/src").iterdir():
        if layer.is_dir() and layer.name not in MAY_INCLUDE:
            yield f"core/src/{layer.name}: not a layer of the table"


found = list(mistakes(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "the house is in order")
sys.exit(1 if found else 0)
