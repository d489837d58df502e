// The routine classes that come with runnel.
#pragma once

#include <runnel/plugin.h>

#include <vector>

namespace runnel {

const std::vector<const runnel_plugin*>& builtins();

}  // namespace runnel
