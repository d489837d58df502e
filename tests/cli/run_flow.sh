#!/bin/sh
# run_flow.sh FOLDER RUNNEL: every flow file of the folder must turn its input into expect.jsonl, byte for byte, on 1, 2 and 7
# workers, as threads and as processes. The input is jobs.jsonl, or what FOLDER/inputs names, one file a line; more options (--input-format csv) stand in
# FOLDER/options. A flow whose records differ has its own <flow>.expect.jsonl. RUNNEL_UPDATE=1 writes the expectation from a
# run on 1 worker instead; read the difference before you commit it.
set -u
folder=$1
runnel=$2
RUNNEL_PLUGINS=$(cd "$(dirname "$runnel")/../flows" && pwd)  # the flows' own libraries, in the build
export RUNNEL_PLUGINS
cd "$folder" || exit 1
options=
[ -f options ] && options=$(cat options)
inputs=jobs.jsonl
[ -f inputs ] && inputs=$(cat inputs)
actual=$(mktemp)
trap 'rm -f "$actual" "$actual.err"' EXIT
failed=0
for flow in *.yaml; do
  expected=expect.jsonl
  [ -f "${flow%.yaml}.expect.jsonl" ] && expected=${flow%.yaml}.expect.jsonl
  for workers in 1 2 7 "3 --isolate"; do
    # shellcheck disable=SC2086  # several options and inputs
    "$runnel" run --quiet --deterministic -j $workers $options "$flow" $inputs >"$actual" 2>"$actual.err"
    status=$?
    if [ $status -gt 1 ]; then  # 1: a job failed, which the records show
      cat "$actual.err"
      echo "$flow on $workers workers: exit code $status"
      failed=1
    elif [ "${RUNNEL_UPDATE:-}" = 1 ] && [ $workers = 1 ]; then
      cp "$actual" "$expected"
    fi
    diff -u "$expected" "$actual" || { echo "$flow on $workers workers"; failed=1; }
  done
done
exit $failed
