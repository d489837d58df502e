// slots.<name>[i]: the items the activation took. The userdata live as long as the state and ask the context of the
// run.
#include <algorithm>

#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

SlotItems items_of_slot(lua_State* L, int index) {
  const auto slots = engine_of(L).context().slots;
  const uint32_t number = box_at(L, index)->number;
  return number < slots.size() ? slots[number] : SlotItems{};
}

int refuse_write(lua_State* L) { return luaL_error(L, "slots are read-only: copy what you change into a table"); }

void push_slot(lua_State* L, uint32_t number) {
  push_kept(L, kSlotLists);
  if (lua_rawgeti(L, -1, static_cast<lua_Integer>(number) + 1) == LUA_TNIL) {
    lua_pop(L, 1);
    push_box(L, BoxKind::slot, number);
    push_kept(L, kSlotMeta);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, static_cast<lua_Integer>(number) + 1);
  }
  lua_remove(L, -2);
}

// Leaves the message of an unknown name in the engine's buffer.
bool find_slot(LuaEngine& engine, std::string_view name, uint32_t& number) {
  const std::vector<std::string>& names = engine.context().routine->slots;
  for (number = 0; number < names.size(); ++number) {
    if (names[number] == name) return true;
  }
  std::string& message = engine.scratch.text;
  message = "no slot \"" + printable(name) + "\"";
  if (const std::string hint = suggest(name, names); !hint.empty()) message += "; " + hint;
  return false;
}

int index_slots(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  if (lua_type(L, 2) != LUA_TSTRING || !engine.context().routine) return 0;
  size_t size = 0;
  const char* name = lua_tolstring(L, 2, &size);
  uint32_t number = 0;
  if (!find_slot(engine, {name, size}, number)) return luaL_error(L, "%s", engine.scratch.text.c_str());
  push_slot(L, number);
  return 1;
}

int count_slots(lua_State* L) {
  const RoutineNames* routine = engine_of(L).context().routine;
  lua_pushinteger(L, routine ? static_cast<lua_Integer>(routine->slots.size()) : 0);
  return 1;
}

// Upvalue: how many were given.
int next_slot(lua_State* L) {
  const RoutineNames* routine = engine_of(L).context().routine;
  const auto i = static_cast<size_t>(lua_tointeger(L, lua_upvalueindex(1)));
  if (!routine || i >= routine->slots.size()) return 0;
  lua_pushinteger(L, static_cast<lua_Integer>(i + 1));
  lua_replace(L, lua_upvalueindex(1));
  lua_pushlstring(L, routine->slots[i].data(), routine->slots[i].size());
  push_slot(L, static_cast<uint32_t>(i));
  return 2;
}

int slots_pairs(lua_State* L) {
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_slot, 1);
  return 1;
}

int index_slot(lua_State* L) {
  const SlotItems slot = items_of_slot(L, 1);
  int is_integer = 0;
  const lua_Integer i = lua_type(L, 2) == LUA_TNUMBER ? lua_tointegerx(L, 2, &is_integer) : 0;
  if (!is_integer || i < 1 || i > static_cast<lua_Integer>(slot.count)) return 0;
  push_value(L, slot.items[i - 1]);
  return 1;
}

int count_items(lua_State* L) {
  lua_pushinteger(L, items_of_slot(L, 1).count);
  return 1;
}

// Upvalues: the slot and how many items were given.
int next_item(lua_State* L) {
  const SlotItems slot = items_of_slot(L, lua_upvalueindex(1));
  const lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;
  if (i > static_cast<lua_Integer>(slot.count)) return 0;
  lua_pushinteger(L, i);
  lua_replace(L, lua_upvalueindex(2));
  lua_pushinteger(L, i);
  push_value(L, slot.items[i - 1]);
  return 2;
}

int slot_pairs(lua_State* L) {
  lua_settop(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_item, 2);
  return 1;
}

}  // namespace

void add_slots(lua_State* L, int globals) {
  constexpr luaL_Reg kSlots[] = {{"__index", index_slots},
                                 {"__newindex", refuse_write},
                                 {"__len", count_slots},
                                 {"__pairs", slots_pairs},
                                 {nullptr, nullptr}};
  constexpr luaL_Reg kSlot[] = {{"__index", index_slot},
                                {"__newindex", refuse_write},
                                {"__len", count_items},
                                {"__pairs", slot_pairs},
                                {nullptr, nullptr}};
  lua_newtable(L);
  keep_top(L, kSlotLists);
  push_metatable(L, "slot", kSlot);
  keep_top(L, kSlotMeta);
  push_box(L, BoxKind::slots);
  push_metatable(L, "slots", kSlots);
  lua_setmetatable(L, -2);
  lua_setfield(L, globals, "slots");
}

}  // namespace runnel::core
