// string and utf8 without Lua's patterns, which run out of reach of the instruction hook.
#include <algorithm>

#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

// Upvalue 1 of all of these is Lua's own function.

int utf8_length(lua_State* L) {
  if (lua_type(L, 1) == LUA_TSTRING) engine_of(L).charge(lua_rawlen(L, 1) / 32);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

int repeat(lua_State* L) {
  size_t size = 0;
  size_t separator = 0;
  luaL_checklstring(L, 1, &size);
  const lua_Integer times = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &separator);
  if (times <= 0 || size + separator == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  engine_of(L).charge(static_cast<uint64_t>(times));
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// string.byte and utf8.codepoint, from `i` to `j`.
int codes(lua_State* L) {
  const lua_Integer size = lua_type(L, 1) == LUA_TSTRING ? static_cast<lua_Integer>(lua_rawlen(L, 1)) : 0;
  const auto place = [&](lua_Integer i) { return i >= 0 ? std::min(i, size) : std::max<lua_Integer>(size + i + 1, 0); };
  const lua_Integer first = place(luaL_optinteger(L, 2, 1));
  const lua_Integer last = place(luaL_optinteger(L, 3, first));
  luaL_argcheck(L, last - first < static_cast<lua_Integer>(kMostResults), 3, "too many results");
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// Arguments that are not Lua's own strings and numbers become what tostring and tonumber make of them.
int format(lua_State* L) {
  size_t size = 0;
  const char* at = luaL_checklstring(L, 1, &size);
  const char* const end = at + size;
  engine_of(L).charge(size / 32);
  int argument = 1;
  while (at < end) {
    if (*at++ != '%') continue;
    if (at < end && *at == '%') {
      ++at;
      continue;
    }
    ++argument;
    while (at < end &&
           ((*at >= '0' && *at <= '9') || *at == '-' || *at == '+' || *at == '#' || *at == ' ' || *at == '.'))
      ++at;
    if (at >= end || argument > lua_gettop(L)) break;
    if (*at == 'p') return luaL_error(L, "'%%p' is not available");
    const int type = lua_type(L, argument);
    if (*at == 's' && (type == LUA_TTABLE || type == LUA_TUSERDATA || type == LUA_TFUNCTION)) {
      push_text(L, argument);
      lua_replace(L, argument);
    } else if (is_box(L, argument, BoxKind::number)) {
      lua_pushnumber(L, double_of_box(live_box(L, argument)));
      lua_replace(L, argument);
    }
  }
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// Replaces a function of the library on top of the stack by one that gets it as upvalue 1.
void wrap(lua_State* L, const char* name, lua_CFunction wrapper) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, wrapper, 1);
  lua_setfield(L, -2, name);
}

void take_away(lua_State* L, const char* name) {
  lua_pushnil(L);
  lua_setfield(L, -2, name);
}

}  // namespace

void add_strings(lua_State* L, int globals) {
  lua_pushcfunction(L, luaopen_string);
  lua_call(L, 0, 1);
  for (const char* name : {"find", "match", "gmatch", "gsub", "dump"}) take_away(L, name);
  wrap(L, "byte", codes);
  wrap(L, "rep", repeat);
  wrap(L, "format", format);
  lua_pushliteral(L, "");  // methods of strings: the metatable luaopen_string made reads this table
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
  add_library(L, globals, "string");

  lua_pushcfunction(L, luaopen_utf8);
  lua_call(L, 0, 1);
  take_away(L, "charpattern");
  wrap(L, "len", utf8_length);
  wrap(L, "codepoint", codes);
  add_library(L, globals, "utf8");
}

}  // namespace runnel::core
