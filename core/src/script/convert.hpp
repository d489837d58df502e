// Values to Lua and back.
#pragma once

#include "script/box.hpp"
#include "script/engine.hpp"
#include "script/lua_api.hpp"

namespace runnel::core {

// Pushes a scalar or a proxy. foreign: the value lives in worker state.
void push_value(lua_State*, Value, bool foreign = false);
void push_number(lua_State*, Value number, bool foreign);
// The value in a box, if it is of this run; raises otherwise.
const ValueBox& live_box(lua_State*, int index);

// What stands at `index` as a value in the context's arena; missing for nil. Raises a message that names the path
// within the value when it is no JSON.
Value to_value(lua_State*, int index);
// A string argument as a value; raises when it is not UTF-8.
Value string_value(lua_State*, int index);
// What print, tostring and %s make of a value, pushed as a string: JSON for proxies and tables; no addresses, which
// differ from run to run.
void push_text(lua_State*, int index);
// JSON text of a value, pushed.
void push_json(lua_State*, Value);
// Ends the run if the arena is exhausted.
inline void require_memory(LuaEngine& engine) {
  if (check_memory(engine.context())) engine.end_failed();
}

}  // namespace runnel::core
