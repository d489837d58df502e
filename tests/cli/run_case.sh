#!/bin/sh
# run_case.sh CASE RUNNEL: runs CASE/cmd by sh in the case's folder and compares what it did with the files beside it:
# stdout, stderr (absent: empty) and status (absent: 0); stdin is given to it if there. `runnel` is on the PATH, $scratch is
# an empty folder. RUNNEL_UPDATE=1 writes the files instead; read the difference before you commit it.
set -u
case=$1
PATH=$(dirname "$2"):$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PATH scratch
unset NO_COLOR
input=/dev/null
[ -f "$case/stdin" ] && input=$case/stdin

actual=$(mktemp -d)
trap 'rm -rf "$scratch" "$actual"' EXIT
(cd "$case" && sh ./cmd) <"$input" >"$actual/stdout" 2>"$actual/stderr"
echo $? >"$actual/status"

if [ "${RUNNEL_UPDATE:-}" = 1 ]; then
  for part in stdout stderr; do
    if [ -s "$actual/$part" ]; then cp "$actual/$part" "$case/$part"; else rm -f "$case/$part"; fi
  done
  if [ "$(cat "$actual/status")" = 0 ]; then rm -f "$case/status"; else cp "$actual/status" "$case/status"; fi
  exit 0
fi

failed=0
for part in stdout stderr status; do
  expected=$case/$part
  if [ ! -f "$expected" ]; then
    expected=$actual/expected
    : >"$expected"
    [ $part = status ] && echo 0 >"$expected"
  fi
  diff -u "$expected" "$actual/$part" || failed=1
done
exit $failed
