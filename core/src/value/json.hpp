// To and from nlohmann::json, where speed does not matter: configuration, reports, tests.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "value/value.hpp"

namespace runnel::core {

nlohmann::ordered_json to_nlohmann(Value);
Value from_nlohmann(Arena&, const nlohmann::ordered_json&);

}  // namespace runnel::core
