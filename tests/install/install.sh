#!/bin/sh
# install.sh CMAKE BUILD PREFIX: installs the build into an empty folder; exactly these files must be there.
set -eu
rm -rf "$3"
"$1" --install "$2" --prefix "$3" >/dev/null
cd "$3"
find . -type f | sed -e 's|lib[^/]*/cmake|lib/cmake|' -e 's|lib/[^/]*-linux-gnu[^/]*/|lib/|' -e '/runnelTargets-/d' | LC_ALL=C sort >../found
cat >../expected <<'FILES'
./bin/runnel
./include/runnel/activation.hpp
./include/runnel/failure.hpp
./include/runnel/later.hpp
./include/runnel/lying.hpp
./include/runnel/plugin.h
./include/runnel/routine.hpp
./include/runnel/routine_json.hpp
./include/runnel/spec.hpp
./include/runnel/value.hpp
./include/runnel/yaml.h
./lib/cmake/runnel/RunnelPlugin.cmake
./lib/cmake/runnel/plugin_exports.map
./lib/cmake/runnel/runnelConfig.cmake
./lib/cmake/runnel/runnelConfigVersion.cmake
./lib/cmake/runnel/runnelTargets.cmake
FILES
diff ../expected ../found
bin/runnel --version
