// Lua's base functions without those that load code, show addresses or reach the collector.
#include <array>

#include "base/utf8.hpp"
#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

constexpr const char* kTaken[] = {"assert", "error",  "getmetatable", "rawequal",
                                  "rawget", "rawlen", "rawset",       "select"};

int type_name(lua_State* L) {
  luaL_checkany(L, 1);
  const char* name = luaL_typename(L, 1);
  if (const Box* box = box_at(L, 1)) {
    const bool container = box->kind == BoxKind::value || box->kind == BoxKind::slot ||
                           box->kind == BoxKind::job_data || box->kind == BoxKind::slots;
    name = container ? "table" : box->kind == BoxKind::number ? "number" : name;
  }
  lua_pushstring(L, name);
  return 1;
}

int to_text(lua_State* L) {
  luaL_checkany(L, 1);
  push_text(L, 1);
  return 1;
}

int to_number(lua_State* L) {
  if (is_box(L, 1, BoxKind::number) && lua_isnoneornil(L, 2)) {
    lua_pushnumber(L, double_of_box(live_box(L, 1)));
    return 1;
  }
  if (lua_type(L, 1) == LUA_TSTRING) engine_of(L).charge(lua_rawlen(L, 1) / 32);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// An error that ends the run goes on up; the others are the script's to handle.
void pass_on_doom(lua_State* L, int status) {
  constexpr uint64_t kCost = 50;  // Lua walks over all calls to see whether its stack may shrink
  LuaEngine& engine = engine_of(L);
  if (status == LUA_ERRMEM) {
    if (engine.last_refusal() == LuaAllocator::Refusal::stack) {
      lua_pop(L, 1);
      lua_pushliteral(L, "stack overflow");
    } else {
      engine.lose_memory();
    }
  }
  if (engine.is_doomed()) lua_error(L);
  engine.charge(kCost);
}

int protected_call(lua_State* L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  const int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
  if (status == LUA_OK) return lua_gettop(L);
  pass_on_doom(L, status);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

// The handler is called after the stack is unwound: as a message handler of Lua's it would run with hooks off when the
// error came from our hook, and could go on for ever.
int protected_call_with_handler(lua_State* L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);  // function, handler, true, function, arguments
  int status = lua_pcall(L, lua_gettop(L) - 4, LUA_MULTRET, 0);
  if (status == LUA_OK) return lua_gettop(L) - 2;
  pass_on_doom(L, status);
  lua_pushvalue(L, 2);
  lua_insert(L, -2);
  status = lua_pcall(L, 1, LUA_MULTRET, 0);
  if (status != LUA_OK) pass_on_doom(L, status);
  lua_pushboolean(L, 0);
  lua_replace(L, 3);
  return lua_gettop(L) - 2;
}

int set_metatable(lua_State* L) {
  const int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "'__gc' is not available");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

int json_of_argument(lua_State* L) {
  push_json(L, to_value(L, 1));
  return 1;
}

// Raises where a script catches nothing but the end of the run.
void push_json_or(lua_State* L, int index, const char* otherwise) {
  lua_pushvalue(L, index);
  lua_pushcfunction(L, json_of_argument);
  lua_insert(L, -2);
  const int status = lua_pcall(L, 1, 1, 0);
  if (status == LUA_OK) return;
  pass_on_doom(L, status);
  lua_pop(L, 1);
  lua_pushstring(L, otherwise);
}

}  // namespace

void push_text(lua_State* L, int index) {
  index = lua_absindex(L, index);
  luaL_checkstack(L, 4, nullptr);
  switch (lua_type(L, index)) {
    case LUA_TTABLE:
      if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        luaL_tolstring(L, index, nullptr);
      } else {
        push_json_or(L, index, "table");
      }
      return;
    case LUA_TFUNCTION:
      lua_pushliteral(L, "function");
      return;
    case LUA_TUSERDATA: {
      const Box& box = *box_at(L, index);
      if (box.kind == BoxKind::number || box.kind == BoxKind::value || box.kind == BoxKind::null ||
          box.kind == BoxKind::slot || box.kind == BoxKind::job_data) {
        push_json(L, to_value(L, index));
      } else {
        luaL_getmetafield(L, index, "__name");
      }
      return;
    }
    default:
      luaL_tolstring(L, index, nullptr);
  }
}

void add_base(lua_State* L, int globals) {
  lua_pushcfunction(L, luaopen_base);
  lua_call(L, 0, 1);
  for (const char* name : kTaken) {
    lua_getfield(L, -1, name);
    lua_setfield(L, globals, name);
  }
  lua_getfield(L, -1, "tonumber");
  lua_pushcclosure(L, to_number, 1);
  lua_setfield(L, globals, "tonumber");
  lua_pop(L, 1);
  constexpr luaL_Reg kOwn[] = {{"type", type_name},
                               {"tostring", to_text},
                               {"pcall", protected_call},
                               {"xpcall", protected_call_with_handler},
                               {"setmetatable", set_metatable},
                               {nullptr, nullptr}};
  lua_pushvalue(L, globals);
  luaL_setfuncs(L, kOwn, 0);
  lua_pop(L, 1);
  lua_pushliteral(L, LUA_VERSION);
  lua_setfield(L, globals, "_VERSION");
}

}  // namespace runnel::core
