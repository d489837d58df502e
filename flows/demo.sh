#!/bin/sh
# Installs what is missing, builds runnel and runs the flow traced_workflow on its two jobs: `sh flows/demo.sh`.
set -eu
cd "$(dirname "$0")/.."
sh core/cmake/install_packages.sh
cmake --preset release >&2
cmake --build --preset release >&2
echo '+ build/release/cli/runnel run flows/traced_workflow/flow.yaml flows/traced_workflow/jobs.jsonl' >&2
exec build/release/cli/runnel run flows/traced_workflow/flow.yaml flows/traced_workflow/jobs.jsonl
