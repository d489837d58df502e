#!/bin/sh
# consumer.sh PREFIX SOURCE: a project outside the tree, in C alone and in C++, found by CMAKE_PREFIX_PATH.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$2/tests/install/consumer/CMakeLists.txt" "$2/tests/plugin/plain_c.c" "$2/flows/plugin_greeter/greeter.cpp" "$folder"
cd "$folder"
for languages in C CXX; do
  cmake -B $languages -DCMAKE_PREFIX_PATH="$1" -DLANGUAGE=$languages >log 2>&1 && cmake --build $languages >>log 2>&1 || { cat log; exit 1; }
done
for library in C/plain_c.so CXX/greeter.so; do
  exported=$(nm -D --defined-only $library | cut -d' ' -f3-)
  [ "$exported" = runnel_plugin_entry ] || { echo "$library exports: $exported"; exit 1; }
done
cat >flow.yaml <<'FLOW'
flow_id: consumer
plugins: [C/plain_c.so, CXX/greeter.so]
routines:
  greet: {class: greeter}
  count: {class: word_count, config: {least: 4}}
connections: [greet.greeted -> count.input]
FLOW
echo '{"user_id":"Anna Maria"}' | runnel run flow.yaml --emit count.output >found
echo '{"words":3,"longest":"Hello"}' | diff - found
