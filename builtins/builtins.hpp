// The routine classes that come with runnel.
#pragma once

#include <runnel/plugin.h>

#include <vector>

namespace runnel {

struct Builtin {
  const runnel_plugin* plugin;
  bool listed;  // false: linked in for an example flow, not shown by `list`
};

const std::vector<Builtin>& builtins();

}  // namespace runnel
