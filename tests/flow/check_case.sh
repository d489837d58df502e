#!/bin/sh
# check_case.sh CASE.expect RUNNEL: CASE.yaml or CASE.json is checked in its folder; options stand in CASE.options.
# RUNNEL_UPDATE=1 writes CASE.expect instead; read the difference before you commit it.
set -u
case=${1%.expect}
cd "$(dirname "$case")" || exit 1
name=$(basename "$case")
flow=$name.yaml
[ -f "$name.json" ] && flow=$name.json
options=
[ -f "$name.options" ] && options=$(cat "$name.options")
actual=$(mktemp)
trap 'rm -f "$actual"' EXIT
# shellcheck disable=SC2086  # several options
env -i PATH="$PATH" "$2" check $options "$flow" >"$actual" 2>&1
echo "exit $?" >>"$actual"
if [ "${RUNNEL_UPDATE:-}" = 1 ]; then cp "$actual" "$name.expect"; else diff -u "$name.expect" "$actual"; fi
