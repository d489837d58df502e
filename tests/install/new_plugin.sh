#!/bin/sh
# new_plugin.sh PREFIX: what `runnel new plugin` writes builds, passes its own test, and fails it when it is wrong. PREFIX/bin is on
# the PATH, which is where CMake finds the package.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
runnel new plugin my-step >/dev/null
cd my-step
{ cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure; } >log 2>&1 || { cat log; exit 1; }
runnel check --strict flow.yaml
runnel describe my-step --plugin build/my-step.so | head -1
exported=$(nm -D --defined-only build/my-step.so | cut -d' ' -f3-)
[ "$exported" = runnel_plugin_entry ] || { echo "it exports: $exported"; exit 1; }
echo '{"user":"Eve"}' >>jobs.jsonl
if ctest --test-dir build >log 2>&1; then echo "its test does not look at its output"; exit 1; fi
