// The table library. Lua's own functions run through ranges as long as __len or their arguments say, out of reach of
// the instruction hook: these charge for what they do before they do it.
#include <algorithm>
#include <bit>

#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

void check_readable(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) luaL_checktype(L, index, LUA_TTABLE);
}

// How many numbers from `first` to `last`, charged for.
lua_Unsigned charge_range(lua_State* L, lua_Integer first, lua_Integer last) {
  if (first > last) return 0;
  const lua_Unsigned count = static_cast<lua_Unsigned>(last) - static_cast<lua_Unsigned>(first) + 1;
  engine_of(L).charge(count == 0 ? UINT64_MAX : count);
  return count;
}

int insert(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const lua_Integer end = luaL_intop(+, luaL_len(L, 1), 1);
  switch (lua_gettop(L)) {
    case 2:
      lua_seti(L, 1, end);
      return 0;
    case 3: {
      const lua_Integer at = luaL_checkinteger(L, 2);
      luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of bounds");
      charge_range(L, at, end);
      for (lua_Integer i = end; i > at; --i) {
        lua_geti(L, 1, i - 1);
        lua_seti(L, 1, i);
      }
      lua_seti(L, 1, at);
      return 0;
    }
    default:
      return luaL_error(L, "wrong number of arguments to 'insert'");
  }
}

int remove(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const lua_Integer size = luaL_len(L, 1);
  lua_Integer at = luaL_optinteger(L, 2, size);
  if (!lua_isnone(L, 2)) {
    luaL_argcheck(
        L,
        static_cast<lua_Unsigned>(size) + 1U - static_cast<lua_Unsigned>(at) <= static_cast<lua_Unsigned>(size) ||
            (size == 0 && at == 0) || at == luaL_intop(+, size, 1),
        2, "position out of bounds");
  }
  charge_range(L, at, size);
  lua_geti(L, 1, at);
  for (; at < size; ++at) {
    lua_geti(L, 1, at + 1);
    lua_seti(L, 1, at);
  }
  lua_pushnil(L);
  lua_seti(L, 1, at);
  return 1;
}

int move(lua_State* L) {
  const lua_Integer first = luaL_checkinteger(L, 2);
  const lua_Integer last = luaL_checkinteger(L, 3);
  const lua_Integer to = luaL_checkinteger(L, 4);
  const int target = lua_isnoneornil(L, 5) ? 1 : 5;
  check_readable(L, 1);
  luaL_checktype(L, target, LUA_TTABLE);
  const auto count = static_cast<lua_Integer>(charge_range(L, first, last));
  luaL_argcheck(L, count == 0 || to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
  const bool forward = to > last || to <= first || (target != 1 && !lua_compare(L, 1, target, LUA_OPEQ));
  for (lua_Integer n = 0; n < count; ++n) {
    const lua_Integer i = forward ? n : count - 1 - n;
    lua_geti(L, 1, first + i);
    lua_seti(L, target, to + i);
  }
  lua_pushvalue(L, target);
  return 1;
}

int concat(lua_State* L) {
  check_readable(L, 1);
  size_t size = 0;
  const char* separator = luaL_optlstring(L, 2, "", &size);
  const lua_Integer first = luaL_optinteger(L, 3, 1);
  const lua_Integer last = lua_isnoneornil(L, 4) ? luaL_len(L, 1) : luaL_checkinteger(L, 4);
  const lua_Unsigned count = charge_range(L, first, last);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (lua_Unsigned n = 0; n < count; ++n) {
    if (n > 0) luaL_addlstring(&buffer, separator, size);
    const lua_Integer i = luaL_intop(+, first, static_cast<lua_Integer>(n));
    lua_geti(L, 1, i);
    if (is_box(L, -1, BoxKind::number)) {
      push_text(L, -1);
      lua_remove(L, -2);
    }
    if (!lua_isstring(L, -1)) {
      return luaL_error(L, "invalid value (at index %I) in table for 'concat'", static_cast<LUAI_UACINT>(i));
    }
    luaL_addvalue(&buffer);
  }
  luaL_pushresult(&buffer);
  return 1;
}

int unpack(lua_State* L) {
  const lua_Integer first = luaL_optinteger(L, 2, 1);
  const lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
  const lua_Unsigned count = charge_range(L, first, last);
  if (count > kMostResults || !lua_checkstack(L, static_cast<int>(count))) {
    return luaL_error(L, "too many results to unpack");
  }
  for (lua_Unsigned n = 0; n < count; ++n) lua_geti(L, 1, luaL_intop(+, first, static_cast<lua_Integer>(n)));
  return static_cast<int>(count);
}

bool less_by_operator(lua_State* L, int) { return lua_compare(L, -2, -1, LUA_OPLT) != 0; }

bool less_by_function(lua_State* L, int comparator) {
  lua_pushvalue(L, comparator);
  lua_pushvalue(L, -3);
  lua_pushvalue(L, -3);
  lua_call(L, 2, 1);
  const bool less = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  return less;
}

int sort(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const bool has_comparator = !lua_isnoneornil(L, 2);
  if (has_comparator) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  const lua_Integer n = luaL_len(L, 1);
  charge_range(L, 1, n);
  luaL_argcheck(L, n < INT32_MAX, 1, "array too big");
  lua_createtable(L, static_cast<int>(std::max<lua_Integer>(n, 0)), 0);
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_geti(L, 1, i);
    lua_rawseti(L, 3, i);
  }
  sort_sequence(L, 3, n, has_comparator ? less_by_function : less_by_operator, 2);
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, 3, i);
    lua_seti(L, 1, i);
  }
  return 0;
}

}  // namespace

// Merges runs of 1, 2, 4, ... elements from one table into another and back.
void sort_sequence(lua_State* L, int table, lua_Integer n, Less less, int comparator) {
  if (n < 2) return;
  luaL_checkstack(L, 8, nullptr);
  engine_of(L).charge(static_cast<uint64_t>(n) * static_cast<uint64_t>(std::bit_width(static_cast<uint64_t>(n))));
  table = lua_absindex(L, table);
  lua_createtable(L, static_cast<int>(n), 0);
  const int buffer = lua_gettop(L);
  int from = table;
  int to = buffer;
  for (lua_Integer width = 1; width < n; width *= 2) {
    for (lua_Integer low = 1; low <= n; low += 2 * width) {
      const lua_Integer middle = std::min(low + width, n + 1);
      const lua_Integer high = std::min(low + 2 * width, n + 1);
      lua_Integer left = low;
      lua_Integer right = middle;
      for (lua_Integer k = low; k < high; ++k) {
        bool take_right = left >= middle;
        if (!take_right && right < high) {
          lua_rawgeti(L, from, right);
          lua_rawgeti(L, from, left);
          take_right = less(L, comparator);
          lua_pop(L, 2);
        }
        lua_rawgeti(L, from, take_right ? right++ : left++);
        lua_rawseti(L, to, k);
      }
    }
    std::swap(from, to);
  }
  for (lua_Integer i = 1; from != table && i <= n; ++i) {
    lua_rawgeti(L, from, i);
    lua_rawseti(L, table, i);
  }
  lua_settop(L, buffer - 1);
}

void add_tables(lua_State* L, int globals) {
  constexpr luaL_Reg kOwn[] = {{"insert", insert}, {"remove", remove}, {"move", move},    {"concat", concat},
                               {"unpack", unpack}, {"sort", sort},     {nullptr, nullptr}};
  lua_pushcfunction(L, luaopen_table);
  lua_call(L, 0, 1);
  luaL_setfuncs(L, kOwn, 0);  // leaves `pack` as it is
  add_library(L, globals, "table");
}

}  // namespace runnel::core
