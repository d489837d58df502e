// Lua 5.4 behind the interfaces of routine/script_engine.hpp.
#pragma once

#include <atomic>
#include <memory>

#include "routine/script_engine.hpp"

namespace runnel::core {

// [load] Checks expressions, scripts and texts with placeholders.
std::unique_ptr<ScriptCompiler> make_lua_compiler();

// [worker] Compiles what is Lua in the table (lua_expression, lua_script, lua_record, text) and passes over the rest.
// The table must outlive the engine. cancelled: once it is true scripts end as at a deadline; null: they never do.
std::unique_ptr<ScriptEngine> make_lua_engine(const ExpressionTable&, const ScriptLimits&,
                                              const std::atomic<bool>* cancelled = nullptr);

}  // namespace runnel::core
