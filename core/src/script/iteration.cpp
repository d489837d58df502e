// pairs, ipairs and next: over tables in an order that does not differ from run to run (Lua's own depends on a random
// seed), over arrays through to their end even where an element is null.
#include <algorithm>

#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

enum Rank { kNumberKey, kStringKey, kOtherKey };

Rank rank_of(int type) { return type == LUA_TNUMBER ? kNumberKey : type == LUA_TSTRING ? kStringKey : kOtherKey; }

// Orders keys by rank, numbers by value, strings by bytes; others stay as they come.
bool comes_before(lua_State* L, int a, int b) {
  const Rank rank_a = rank_of(lua_type(L, a));
  const Rank rank_b = rank_of(lua_type(L, b));
  if (rank_a != rank_b) return rank_a < rank_b;
  if (rank_a == kNumberKey) return lua_compare(L, a, b, LUA_OPLT) != 0;
  if (rank_a == kOtherKey) return false;
  size_t size_a = 0;
  size_t size_b = 0;
  const char* text_a = lua_tolstring(L, a, &size_a);
  const char* text_b = lua_tolstring(L, b, &size_b);
  return std::string_view(text_a, size_a) < std::string_view(text_b, size_b);
}

bool precedes(lua_State* L, int) { return comes_before(L, -2, -1); }

// Upvalues: table, its keys, how many were given.
int next_of_table(lua_State* L) {
  lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
  for (;;) {
    if (lua_rawgeti(L, lua_upvalueindex(2), ++i) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break;  // else it was removed since
    lua_settop(L, 0);
  }
  lua_pushinteger(L, i);
  lua_replace(L, lua_upvalueindex(3));
  return 2;
}

int pairs(lua_State* L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_sorted_keys(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_of_table, 3);
  return 1;
}

int next_element(lua_State* L) {
  const lua_Integer i = luaL_intop(+, luaL_checkinteger(L, 2), 1);
  lua_pushinteger(L, i);
  return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

// As next_element, but null elements do not end it.
int next_array_element(lua_State* L) {
  const lua_Integer i = luaL_checkinteger(L, 2) + 1;
  if (i > luaL_len(L, 1)) return 0;
  lua_pushinteger(L, i);
  lua_geti(L, 1, i);
  return 2;
}

int ipairs(lua_State* L) {
  luaL_checkany(L, 1);
  const bool is_array =
      (is_box(L, 1, BoxKind::value) && live_box(L, 1).value.kind == RUNNEL_ARRAY) || is_box(L, 1, BoxKind::slot);
  lua_pushcfunction(L, is_array ? next_array_element : next_element);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

// The key after `key` in the order of pairs.
int next(lua_State* L) {
  lua_settop(L, 2);
  if (lua_type(L, 1) == LUA_TUSERDATA && luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    bool found = lua_isnil(L, 2);
    for (;;) {
      lua_pushvalue(L, 3);
      lua_call(L, 0, 2);
      if (found || lua_isnil(L, -2)) return lua_isnil(L, -2) ? 1 : 2;
      engine_of(L).charge(4);
      found = lua_rawequal(L, -2, 2) != 0;
      lua_settop(L, 3);
    }
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_isnil(L, 2)) {
    lua_pushnil(L);
    if (!lua_next(L, 1)) {
      lua_pushnil(L);
      return 1;
    }
    lua_settop(L, 2);
  }
  push_sorted_keys(L, 1);
  lua_Integer i = 1;
  if (!lua_isnil(L, 2)) {
    for (;; ++i) {
      if (lua_rawgeti(L, 3, i) == LUA_TNIL) return luaL_error(L, "invalid key to 'next'");
      if (lua_rawequal(L, -1, 2)) break;
      lua_pop(L, 1);
    }
    lua_settop(L, 3);
    ++i;
  }
  if (lua_rawgeti(L, 3, i) == LUA_TNIL) return 1;
  lua_pushvalue(L, -1);
  lua_rawget(L, 1);
  return 2;
}

}  // namespace

void push_sorted_keys(lua_State* L, int table) {
  table = lua_absindex(L, table);
  luaL_checkstack(L, 8, nullptr);
  lua_newtable(L);
  const int keys = lua_gettop(L);
  lua_Integer count = 0;
  bool sorted = true;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (count > 0 && sorted) {
      lua_rawgeti(L, keys, count);
      sorted = !comes_before(L, -2, -1);
      lua_pop(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys, ++count);
  }
  engine_of(L).charge(static_cast<uint64_t>(count));
  if (!sorted) sort_sequence(L, keys, count, precedes, 0);
}

void add_iteration(lua_State* L, int globals) {
  constexpr luaL_Reg kOwn[] = {{"pairs", pairs}, {"ipairs", ipairs}, {"next", next}, {nullptr, nullptr}};
  lua_pushvalue(L, globals);
  luaL_setfuncs(L, kOwn, 0);
  lua_pop(L, 1);
}

}  // namespace runnel::core
