// YAML text as a value, for routines: the extension of runnel/yaml.h.
#pragma once

#include <runnel/yaml.h>

namespace runnel::core {

const runnel_yaml& yaml_extension();

}  // namespace runnel::core
