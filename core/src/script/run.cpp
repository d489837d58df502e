// One run: from a context to a value.
#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"
#include "script/engine.hpp"
#include "script/sandbox.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

constexpr size_t kReopenAbove = size_t{16} * 1024 * 1024;

// Arguments: the globals. Puts a scalar, or the userdata in the registry, under `data`.
int set_data_to_proxy(lua_State* L) {
  const Value data = engine_of(L).context().data;
  push_kept(L, data.kind == RUNNEL_OBJECT ? kObjectData : kArrayData);
  lua_setfield(L, 1, "data");
  return 0;
}

int set_data_to_scalar(lua_State* L) {
  push_value(L, engine_of(L).context().data);
  lua_setfield(L, 1, "data");
  return 0;
}

int set_job(lua_State* L) {
  if (engine_of(L).context().job) {
    push_kept(L, kJob);
  } else {
    lua_pushnil(L);
  }
  lua_setfield(L, 1, "job");
  return 0;
}

// Arguments: the result of an expression and where its value goes.
int convert_result(lua_State* L) {
  auto* out = static_cast<Value*>(lua_touserdata(L, 2));
  *out = to_value(L, 1);
  return 0;
}

}  // namespace

bool LuaEngine::evaluate(size_t expression, runnel_context& context, Value& out) {
  out = missing();
  if (context.has_failed) return false;
  if (must_reopen_) {
    close();
    open();
  }
  const Unit* unit = expression < units_.size() ? &units_[expression] : nullptr;
  if (!unit || !unit->problem.empty()) {
    fail(context, "script.error", unit ? unit->problem : "there is no such expression");
    return false;
  }
  begin(context);
  const bool done =
      unit->chunk >= 0
          ? run_chunk(unit->chunk, chunks_[static_cast<size_t>(unit->chunk)].kind != ExpressionKind::lua_script, out)
          : run_text(*unit, out);
  end();
  if (done && !context.has_failed) return true;
  out = missing();
  return false;
}

void LuaEngine::begin(runnel_context& context) {
  const bool same_activation = &context == budget_of_ && context.activation == activation_ && !context.is_condition;
  if (!same_activation) budget_ = limits_.instructions;
  budget_of_ = &context;
  activation_ = context.activation;
  context_ = &context;
  ++run_;
  doomed_ = false;
  started_us_ = 0;
  number_texts.clear();
  if (job_is_there_ != (context.job != nullptr)) set_job_global();
}

void LuaEngine::end() {
  lua_settop(state_, kBase);
  if (environment_changed_) reset_environment();
  if (allocator_->reserved() - reserved_at_start_ > std::min(kReopenAbove, limits_.memory / 2)) must_reopen_ = true;
  if (scratch.text.capacity() > size_t{1} << 20) scratch.text = std::string();
  context_ = nullptr;
}

void LuaEngine::set_job_global() {
  lua_pushcfunction(state_, set_job);
  lua_pushvalue(state_, kGlobals);
  if (lua_pcall(state_, 1, 0, 0) == LUA_OK) {
    job_is_there_ = context_->job != nullptr;
  } else {
    must_reopen_ = true;
  }
  lua_settop(state_, kBase);
}

// A container becomes one of two userdata that are used again and again; so nothing is allocated for it.
bool LuaEngine::set_data_global() {
  const Value data = context_->data;
  lua_CFunction setter = nullptr;
  if (is_container(data)) {
    push_kept(state_, data.kind == RUNNEL_OBJECT ? kObjectData : kArrayData);
    auto* box = static_cast<ValueBox*>(lua_touserdata(state_, -1));
    box->value = data;
    box->run = run_;
    lua_pop(state_, 1);
    if (data_kind_ == data.kind) return true;
    setter = set_data_to_proxy;
    data_kind_ = data.kind;
  } else {
    if (is_nothing(data) && data_kind_ == RUNNEL_MISSING) return true;
    setter = set_data_to_scalar;
    data_kind_ = is_nothing(data) ? uint8_t{RUNNEL_MISSING} : data.kind;
  }
  lua_pushcfunction(state_, setter);
  lua_pushvalue(state_, kGlobals);
  return lua_pcall(state_, 1, 0, 0) == LUA_OK;
}

void LuaEngine::set_mode(Mode mode) {
  if (mode == mode_) return;
  mode_ = mode;
  lua_pushnil(state_);
  if (mode == Mode::expression) {
    push_kept(state_, kNilMeta);
  } else {
    lua_pushnil(state_);
  }
  lua_setmetatable(state_, -2);
  lua_pop(state_, 1);
}

bool LuaEngine::run_chunk(int index, bool wants_value, Value& out) {
  const Chunk& chunk = chunks_[static_cast<size_t>(index)];
  set_mode(chunk.kind == ExpressionKind::lua_script ? Mode::script : Mode::expression);
  set_hook(chunk.may_loop);
  error_line_ = 0;
  if (chunk.names_data && !set_data_global()) {
    report(LUA_ERRRUN, chunk);
    return false;
  }
  lua_rawgeti(state_, kChunks, index + 1);
  const int status = lua_pcall(state_, 0, wants_value ? 1 : 0, kHandler);
  if (chunk.names_env) environment_changed_ = true;
  if (status != LUA_OK || doomed_) {
    report(status, chunk);
    return false;
  }
  return !wants_value || take_result(chunk, out);
}

bool LuaEngine::take_result(const Chunk& chunk, Value& out) {
  switch (lua_type(state_, -1)) {
    case LUA_TNIL:
      break;
    case LUA_TBOOLEAN:
      out = make_bool(lua_toboolean(state_, -1) != 0);
      break;
    default:
      if (lua_isinteger(state_, -1)) {
        out = make_int(lua_tointeger(state_, -1));
        break;
      }
      lua_pushcfunction(state_, convert_result);
      lua_insert(state_, -2);
      lua_pushlightuserdata(state_, &out);
      error_line_ = 0;
      if (const int status = lua_pcall(state_, 2, 0, kHandler); status != LUA_OK || doomed_) {
        report(status, chunk);
        return false;
      }
      return true;
  }
  lua_pop(state_, 1);
  return true;
}

bool LuaEngine::run_text(const Unit& unit, Value& out) {
  std::string text;
  for (const Piece& piece : unit.pieces) {
    text += piece.literal;
    if (piece.chunk < 0) continue;
    Value value{};
    if (!run_chunk(piece.chunk, true, value)) return false;
    if (value.kind == RUNNEL_STRING) {
      text += to_std_string(value);
    } else if (!is_missing(value)) {
      text += to_json(value);
    }
    if (text.size() > context_->arena->limit()) {
      fail(*context_, "limit.memory", "a text of more than " + std::to_string(context_->arena->limit()) + " bytes");
      return false;
    }
  }
  out = make_string(*context_->arena, text);
  return !check_memory(*context_);
}

}  // namespace runnel::core
