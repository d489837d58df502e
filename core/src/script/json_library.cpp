// json: encode, decode, and what Lua tables cannot say: null, the empty array, the order of keys.
#include <algorithm>
#include <span>

#include "script/sandbox.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

int encode(lua_State* L) {
  luaL_checkany(L, 1);
  push_json(L, to_value(L, 1));
  return 1;
}

int decode(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  Arena& arena = *engine.context().arena;
  size_t size = 0;
  luaL_checktype(L, 1, LUA_TSTRING);
  const char* text = lua_tolstring(L, 1, &size);
  engine.charge(1 + size / 16);
  const char* kept = arena.copy({text, size});
  require_memory(engine);
  Value value{};
  if (!engine.reader.read({kept, size}, arena, value)) {
    require_memory(engine);
    const ReadProblem& problem = engine.reader.problem();
    return luaL_error(L, "json.decode: %s at byte %I", problem.message.c_str(),
                      static_cast<LUAI_UACINT>(problem.offset + 1));
  }
  push_value(L, value);
  return 1;
}

// Marks a table, so that it becomes an array even when it is empty; an array from JSON is one already.
int array(lua_State* L) {
  if (is_box(L, 1, BoxKind::slot) || (is_box(L, 1, BoxKind::value) && live_box(L, 1).value.kind == RUNNEL_ARRAY)) {
    lua_settop(L, 1);
    return 1;
  }
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (lua_getmetatable(L, 1)) {
    push_kept(L, kArrayMark);
    if (!lua_rawequal(L, -1, -2)) return luaL_error(L, "json.array: the table has a metatable already");
    lua_settop(L, 1);
    return 1;
  }
  push_kept(L, kArrayMark);
  lua_setmetatable(L, 1);
  return 1;
}

int object(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  constexpr const char* kUsage = "json.object takes a list of pairs: {{key, value}, ...}";
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    lua_newtable(L);
    lua_replace(L, 1);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, 1));
  lua_pushnil(L);
  for (lua_Integer keys = 0; lua_next(L, 1); ++keys) {
    if (!lua_isinteger(L, -2) || keys >= count) return luaL_error(L, "%s", kUsage);
    lua_pop(L, 1);
  }
  engine.charge(static_cast<uint64_t>(count) + 1);
  // Converting a value uses the engine's buffers, so the members go straight to the arena.
  auto* members = static_cast<Member*>(engine.context().arena->allocate(static_cast<size_t>(count) * sizeof(Member)));
  require_memory(engine);
  for (lua_Integer i = 1; i <= count; ++i) {
    if (lua_rawgeti(L, 1, i) != LUA_TTABLE || lua_rawgeti(L, 2, 1) != LUA_TSTRING) return luaL_error(L, "%s", kUsage);
    members[i - 1].key = string_value(L, 3);
    lua_rawgeti(L, 2, 2);
    const Value value = to_value(L, 4);
    members[i - 1].value = is_missing(value) ? null_value() : value;
    lua_settop(L, 1);
  }
  const Value made = make_object(*engine.context().arena, {members, static_cast<size_t>(count)});
  require_memory(engine);
  push_value(L, made);
  return 1;
}

// The members of both objects, in order; of equal keys the second's value, at the first's place.
int merge(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  Value parts[2];
  size_t count = 0;
  for (int i = 0; i < 2; ++i) {
    luaL_checkany(L, i + 1);
    parts[i] = to_value(L, i + 1);
    if (parts[i].kind != RUNNEL_OBJECT) return luaL_error(L, "json.merge takes two objects");
    count += parts[i].size;
  }
  engine.charge(count + 1);
  auto* members = static_cast<Member*>(engine.context().arena->allocate(count * sizeof(Member)));
  require_memory(engine);
  Member* end = members;
  for (const Value& part : parts) end = std::copy_n(members_of(part), part.size, end);
  const Value made = make_object(*engine.context().arena, {members, count});
  require_memory(engine);
  push_value(L, made);
  return 1;
}

}  // namespace

void add_json(lua_State* L, int globals) {
  constexpr luaL_Reg kNone[] = {{nullptr, nullptr}};
  push_metatable(L, "JSON array", kNone);
  keep_top(L, kArrayMark);
  constexpr luaL_Reg kFunctions[] = {{"encode", encode}, {"decode", decode}, {"array", array},
                                     {"object", object}, {"merge", merge},   {nullptr, nullptr}};
  lua_newtable(L);
  luaL_setfuncs(L, kFunctions, 0);
  push_kept(L, kNull);
  lua_setfield(L, -2, "null");
  add_library(L, globals, "json");
}

}  // namespace runnel::core
