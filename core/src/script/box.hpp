// What the full userdata of our states hold: all begin with a Box that says what they are.
#pragma once

#include <cstdint>

#include "script/lua_api.hpp"
#include "value/value.hpp"

namespace runnel::core {

enum class BoxKind : uint32_t { value, number, null, slots, slot, job, job_data, worker, library };

struct Box {
  BoxKind kind;
  uint32_t number = 0;  // of the slot
};

// A proxy of an array or object (BoxKind::value), or a number that neither int64 nor double can hold (BoxKind::number).
struct ValueBox {
  Box box;
  bool foreign;  // the value's memory is the worker's: copied when it is passed on
  uint64_t run;  // of the engine; later ones may not touch it
  Value value;
};

inline Box* box_at(lua_State* L, int index) { return static_cast<Box*>(lua_touserdata(L, index)); }
inline bool is_box(lua_State* L, int index, BoxKind kind) {
  const Box* box = box_at(L, index);
  return box && box->kind == kind;
}

// Integer keys of what the registry keeps.
enum RegistryKey : int {
  kObjectMeta = 100,
  kArrayMeta,
  kNumberMeta,
  kSlotMeta,
  kNilMeta,    // makes nil mild while an expression runs
  kArrayMark,  // metatable of tables that json.array marked
  kEnvironmentMeta,
  kNull,        // json.null
  kJob,         // the userdata `job`
  kObjectData,  // `data` of a run when it is an object
  kArrayData,
  kSlotLists,  // by number of the slot + 1
  kAnchor      // a function whose upvalue 1 is the _ENV of all chunks
};

inline void push_kept(lua_State* L, RegistryKey key) { lua_rawgeti(L, LUA_REGISTRYINDEX, key); }
inline void keep_top(lua_State* L, RegistryKey key) { lua_rawseti(L, LUA_REGISTRYINDEX, key); }

}  // namespace runnel::core
