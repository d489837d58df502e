#!/bin/sh
# Installs what is missing, builds runnel and runs all tests: `sh tests/run.sh [PRESET...]`. Without a preset the demo comes
# first, then release, asan (AddressSanitizer and UBSan) and tsan (ThreadSanitizer), as CI does it.
set -eu
cd "$(dirname "$0")/.."
sh core/cmake/install_packages.sh
[ $# -gt 0 ] || { sh flows/demo.sh; set -- release asan tsan; }
for preset in "$@"; do
  echo "== $preset"
  cmake --preset "$preset"
  cmake --build --preset "$preset"
  ctest --preset "$preset" -j "$(nproc)"
done
