// Making the state of an engine and compiling a flow's chunks into it.
#include "script/engine.hpp"

#include <algorithm>
#include <new>

#include "script/compile.hpp"
#include "script/sandbox.hpp"
#include "script/text.hpp"
#include "script/tokens.hpp"

namespace runnel::core {

namespace {

// The globals of scripts start empty: a table that falls back on ours.
int make_environment(lua_State* L) {
  lua_newtable(L);
  push_kept(L, kEnvironmentMeta);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_setfield(L, 1, "_G");
  push_kept(L, kAnchor);
  lua_insert(L, -2);
  lua_setupvalue(L, -2, 1);
  return 0;
}

int find_global(lua_State* L) {
  lua_pushvalue(L, 2);
  lua_rawget(L, 1);
  return 1;
}

}  // namespace

// The message handler of every run: the stack is still there.
int find_line_of_error(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  engine.error_line_ = engine.current_line();
  return 1;
}

LuaEngine::LuaEngine(const ExpressionTable& table, const ScriptLimits& limits, const std::atomic<bool>* cancelled)
    : table_(table), limits_(limits), cancelled_(cancelled) {
  open();
}

LuaEngine::~LuaEngine() { close(); }

void LuaEngine::close() {
  if (state_) lua_close(state_);
  state_ = nullptr;
  allocator_.reset();
}

void LuaEngine::open() {
  allocator_ = std::make_unique<LuaAllocator>(*this);
  state_ = lua_newstate(LuaAllocator::reallocate, allocator_.get());
  if (!state_) throw std::bad_alloc();
  lua_State* L = state_;
  *static_cast<LuaEngine**>(lua_getextraspace(L)) = this;
  lua_gc(L, LUA_GCSTOP);
  lua_settop(L, 0);
  lua_pushcfunction(L, find_line_of_error);  // kHandler
  lua_newtable(L);                           // kChunks
  lua_pushcfunction(L, set_up_sandbox);
  if (lua_pcall(L, 0, 1, 0) != LUA_OK) throw std::bad_alloc();  // kGlobals
  constexpr int kStackSlots = 1000;
  if (!lua_checkstack(L, kStackSlots)) throw std::bad_alloc();
  allocator_->stack_was_made();

  luaL_loadbufferx(L, "return", 6, "=anchor", "t");
  keep_top(L, kAnchor);
  data_kind_ = RUNNEL_MISSING;
  job_is_there_ = true;
  mode_ = Mode::none;
  hook_armed_ = false;
  hook_dirty_ = false;
  must_reopen_ = false;
  compile_all();
  reset_environment();
  // Two userdata that `data` is run by run; see set_data_global.
  for (const RegistryKey meta : {kObjectMeta, kArrayMeta}) {
    auto* box = static_cast<ValueBox*>(lua_newuserdatauv(L, sizeof(ValueBox), 0));
    *box = ValueBox{{BoxKind::value, 0}, false, 0, missing()};
    push_kept(L, meta);
    lua_setmetatable(L, -2);
    keep_top(L, meta == kObjectMeta ? kObjectData : kArrayData);
  }
  lua_gc(L, LUA_GCRESTART);
  constexpr int kPause = 400;
  lua_gc(L, LUA_GCINC, kPause, 0, 0);
  reserved_at_start_ = allocator_->reserved();
  const size_t room = static_cast<size_t>(-1) - reserved_at_start_;
  allocator_->set_limit(reserved_at_start_ + std::min(room, limits_.memory));
}

void LuaEngine::compile_all() {
  units_.assign(table_.size(), Unit());
  chunks_.clear();
  for (size_t i = 0; i < table_.size(); ++i) {
    const Expression& expression = table_[i];
    Unit& unit = units_[i];
    const ExpressionKind kind = expression.kind;
    if (kind == ExpressionKind::lua_expression || kind == ExpressionKind::lua_script ||
        kind == ExpressionKind::lua_record) {
      unit.chunk = compile_chunk(expression.kind, expression.source, unit);
    } else if (expression.kind == ExpressionKind::text) {
      std::vector<TextPiece> pieces;
      if (const auto mistake = split_text(expression.source, pieces)) unit.problem = mistake->message;
      for (TextPiece& piece : pieces) {
        const int chunk =
            piece.has_placeholder ? compile_chunk(ExpressionKind::lua_expression, piece.placeholder, unit) : -1;
        unit.pieces.push_back({std::move(piece.literal), chunk});
      }
    } else {
      unit.problem = "the expression is not Lua";
    }
  }
}

int LuaEngine::compile_chunk(ExpressionKind kind, const ExpressionSource& source, Unit& unit) {
  if (const auto mistake = compile(state_, kind, source)) {
    if (unit.problem.empty()) unit.problem = mistake->message;
    return -1;
  }
  push_kept(state_, kAnchor);
  lua_upvaluejoin(state_, -2, 1, -1, 1);
  lua_pop(state_, 1);
  const SourceFacts facts = facts_of(tokens_of(source.text));
  chunks_.push_back(
      {source, kind, facts.may_loop, facts.names_env, facts.names_data || kind == ExpressionKind::lua_record});
  lua_rawseti(state_, kChunks, static_cast<lua_Integer>(chunks_.size()));
  return static_cast<int>(chunks_.size()) - 1;
}

void LuaEngine::reset_environment() {
  environment_changed_ = false;
  lua_settop(state_, kBase);
  lua_pushcfunction(state_, make_environment);
  lua_pushvalue(state_, kGlobals);
  if (lua_pcall(state_, 1, 0, 0) != LUA_OK) must_reopen_ = true;
  lua_settop(state_, kBase);
}

bool LuaEngine::knows_global(const std::string& name) {
  const auto& names = context_names();
  if (name == "_ENV" || std::find(names.begin(), names.end(), name) != names.end()) return true;
  lua_settop(state_, kBase);
  lua_pushcfunction(state_, find_global);
  lua_pushvalue(state_, kGlobals);
  lua_pushstring(state_, name.c_str());
  const bool known = lua_pcall(state_, 2, 1, 0) == LUA_OK && !lua_isnil(state_, -1);
  lua_settop(state_, kBase);
  return known;
}

std::vector<std::string> LuaEngine::global_names() {
  std::vector<std::string> names = context_names();
  lua_settop(state_, kBase);
  lua_pushnil(state_);
  while (lua_next(state_, kGlobals)) {
    const std::string name = lua_tostring(state_, -2);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    lua_pop(state_, 1);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace runnel::core
