// worker: state that outlives jobs. Writes are held back until the activation returns without failing; reads see them.
#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

int refuse_write(lua_State* L) { return luaL_error(L, "worker is read-only: use worker.set"); }

// Upvalue 1 of all of these: whether they mean the object all routines share.
bool is_shared(lua_State* L) { return lua_toboolean(L, lua_upvalueindex(1)) != 0; }

StateWrites& state_of(lua_State* L) {
  StateWrites* state = engine_of(L).context().state;
  if (!state) luaL_error(L, "there is no worker state here");
  return *state;
}

std::string_view key_argument(lua_State* L, const char* usage) {
  refuse_colon(L, BoxKind::worker, usage);
  luaL_checktype(L, 1, LUA_TSTRING);
  size_t size = 0;
  const char* key = lua_tolstring(L, 1, &size);
  return {key, size};
}

int get_state(lua_State* L) {
  const std::string_view key = key_argument(L, "worker.get(key, default)");
  const Value value = state_of(L).get(is_shared(L), key);
  if (is_nothing(value)) {
    lua_settop(L, 2);
  } else {
    push_value(L, value, true);
  }
  return 1;
}

void write_state(lua_State* L, int value_index) {
  const Value key = string_value(L, 1);
  const Value value = to_value(L, value_index);
  state_of(L).set(is_shared(L), key, value);
}

int set_state(lua_State* L) {
  effect_context(L, "worker.set");
  key_argument(L, "worker.set(key, value)");
  lua_settop(L, 2);
  write_state(L, 2);
  return 0;
}

int update_state(lua_State* L) {
  effect_context(L, "worker.update");
  const std::string_view key = key_argument(L, "worker.update(key, function)");
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  push_value(L, state_of(L).get(is_shared(L), key), true);
  lua_call(L, 1, 1);
  write_state(L, 3);
  return 1;
}

void push_methods(lua_State* L, bool shared) {
  constexpr luaL_Reg kMethods[] = {
      {"get", get_state}, {"set", set_state}, {"update", update_state}, {nullptr, nullptr}};
  lua_newtable(L);
  lua_pushboolean(L, shared);
  luaL_setfuncs(L, kMethods, 1);
}

}  // namespace

void add_worker(lua_State* L, int globals) {
  push_methods(L, false);
  push_methods(L, true);
  push_reader(L, BoxKind::worker, "worker.shared", refuse_write);
  lua_setfield(L, -2, "shared");
  push_reader(L, BoxKind::worker, "worker", refuse_write);
  lua_setfield(L, globals, "worker");
}

}  // namespace runnel::core
