// Lua source of a flow file to functions, and mistakes to their places.
#pragma once

#include <optional>

#include "base/diagnostic.hpp"
#include "routine/expression.hpp"
#include "script/lua_api.hpp"

namespace runnel::core {

// Pushes the function of a lua_expression, lua_script or lua_record. On a mistake pushes nothing. Lua's lines are those
// of the flow file.
std::optional<Diagnostic> compile(lua_State*, ExpressionKind, const ExpressionSource&);

}  // namespace runnel::core
