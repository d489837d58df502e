#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

int refuse_library_write(lua_State* L) { return luaL_error(L, "libraries are read-only"); }

// A name that is not among the globals of a run yet.
int new_global(lua_State* L) {
  engine_of(L).environment_changed();
  lua_rawset(L, 1);
  return 0;
}

int no_ordering(lua_State* L) {
  lua_pushboolean(L, 0);
  return 1;
}

}  // namespace

void push_metatable(lua_State* L, const char* name, const luaL_Reg* functions) {
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}

Box* push_box(lua_State* L, BoxKind kind, uint32_t number) {
  auto* box = static_cast<Box*>(lua_newuserdatauv(L, sizeof(Box), 0));
  *box = Box{kind, number};
  return box;
}

void push_reader(lua_State* L, BoxKind kind, const char* name, lua_CFunction refuse_write) {
  const luaL_Reg functions[] = {{"__newindex", refuse_write}, {nullptr, nullptr}};
  push_box(L, kind);
  push_metatable(L, name, functions);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_remove(L, -2);
}

void add_library(lua_State* L, int globals, const char* name) {
  push_reader(L, BoxKind::library, name, refuse_library_write);
  lua_setfield(L, globals, name);
}

void add_nil_rules(lua_State* L) {
  const luaL_Reg functions[] = {{"__lt", no_ordering}, {"__le", no_ordering}, {nullptr, nullptr}};
  push_metatable(L, "nil", functions);
  lua_newtable(L);
  lua_setfield(L, -2, "__index");
  keep_top(L, kNilMeta);
}

int set_up_sandbox(lua_State* L) {
  lua_settop(L, 0);
  lua_newtable(L);
  constexpr int kGlobals = 1;
  add_proxies(L);
  add_nil_rules(L);
  add_base(L, kGlobals);
  add_iteration(L, kGlobals);
  add_strings(L, kGlobals);
  add_tables(L, kGlobals);
  add_math(L, kGlobals);
  add_json(L, kGlobals);
  add_regular_expressions(L, kGlobals);
  add_activation(L, kGlobals);
  add_slots(L, kGlobals);
  add_job(L, kGlobals);
  add_worker(L, kGlobals);
  add_served_jobs(L, kGlobals);
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);  // what luaopen_base filled

  // The globals of a run: a table of its own that falls back on ours.
  const luaL_Reg functions[] = {{"__newindex", new_global}, {nullptr, nullptr}};
  push_metatable(L, "_ENV", functions);
  lua_pushvalue(L, kGlobals);
  lua_setfield(L, -2, "__index");
  keep_top(L, kEnvironmentMeta);
  lua_settop(L, kGlobals);
  return 1;
}

}  // namespace runnel::core
