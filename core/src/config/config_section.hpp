// A routine's `config:` against the parameters of its class.
#pragma once

#include <optional>

#include "config/loading.hpp"

namespace runnel::core {

// `body`: the routine's map; `config_misspelt`: one of its keys was probably meant to be `config`. Sets routine.config
// and routine.keeps_state. False: something was reported.
bool read_config(Loading&, Routine&, const YamlEntry& entry, bool config_misspelt);

}  // namespace runnel::core
