#!/bin/sh
# run_flow.sh FOLDER RUNNEL: every flow file of the folder must turn jobs.jsonl into expect.jsonl, byte for byte, on 1, 2 and
# 7 workers. More options stand in FOLDER/options; a flow whose records differ has its own <flow>.expect.jsonl.
set -u
folder=$1
runnel=$2
cd "$folder" || exit 1
options=
[ -f options ] && options=$(cat options)
failed=0
for flow in *.yaml; do
  expected=expect.jsonl
  [ -f "${flow%.yaml}.expect.jsonl" ] && expected=${flow%.yaml}.expect.jsonl
  for workers in 1 2 7; do
    # shellcheck disable=SC2086  # several options
    "$runnel" run --quiet --deterministic -j $workers $options "$flow" jobs.jsonl | diff -u "$expected" - || { echo "$flow on $workers workers"; failed=1; }
  done
done
exit $failed
