// The metatables of proxies: arrays and objects, numbers beyond double, json.null.
#include "script/sandbox.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

int index_object(lua_State* L) {
  const ValueBox& box = live_box(L, 1);
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  size_t size = 0;
  const char* key = lua_tolstring(L, 2, &size);
  push_value(L, get(box.value, {key, size}), box.foreign);
  return 1;
}

int index_array(lua_State* L) {
  const ValueBox& box = live_box(L, 1);
  int is_integer = 0;
  const lua_Integer i = lua_type(L, 2) == LUA_TNUMBER ? lua_tointegerx(L, 2, &is_integer) : 0;
  if (!is_integer || i < 1 || i > static_cast<lua_Integer>(box.value.size)) return 0;
  push_value(L, items_of(box.value)[i - 1], box.foreign);
  return 1;
}

int refuse_write(lua_State* L) {
  return luaL_error(L, "JSON values are read-only: json.merge(value, {...}) makes a changed copy");
}

int length(lua_State* L) {
  lua_pushinteger(L, live_box(L, 1).value.size);
  return 1;
}

// What a comparison reads, as far as it is known without reading it.
uint64_t cost_of(Value value) { return 1 + value.size + node_of(value)->text_size / 32; }

int equals(lua_State* L) {
  bool same = is_box(L, 1, BoxKind::value) && is_box(L, 2, BoxKind::value);
  if (same) {
    const Value a = live_box(L, 1).value;
    const Value b = live_box(L, 2).value;
    engine_of(L).charge(cost_of(a));
    same = equal(a, b);
  }
  lua_pushboolean(L, same);
  return 1;
}

// Upvalues: the proxy and how many pairs were given.
int next_pair(lua_State* L) {
  const int proxy = lua_upvalueindex(1);
  const ValueBox& box = live_box(L, proxy);
  const lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));
  if (i >= static_cast<lua_Integer>(box.value.size)) return 0;
  lua_pushinteger(L, i + 1);
  lua_replace(L, lua_upvalueindex(2));
  if (box.value.kind == RUNNEL_ARRAY) {
    lua_pushinteger(L, i + 1);
    push_value(L, items_of(box.value)[i], box.foreign);
  } else {
    const Member& member = members_of(box.value)[i];
    push_value(L, member.key);
    push_value(L, member.value, box.foreign);
  }
  return 2;
}

int proxy_pairs(lua_State* L) {
  live_box(L, 1);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_pair, 2);
  return 1;
}

// ---- Numbers kept as text: they compute as floats.

void push_operand(lua_State* L, int index) {
  if (!is_box(L, index, BoxKind::number)) {
    lua_pushvalue(L, index);
    return;
  }
  lua_pushnumber(L, double_of_box(live_box(L, index)));
}

template <int kOperation>
int arithmetic(lua_State* L) {
  push_operand(L, 1);
  push_operand(L, 2);
  lua_arith(L, kOperation);
  return 1;
}

int negate(lua_State* L) {
  push_operand(L, 1);
  lua_arith(L, LUA_OPUNM);
  return 1;
}

template <int kComparison>
int compare(lua_State* L) {
  push_operand(L, 1);
  push_operand(L, 2);
  lua_pushboolean(L, lua_compare(L, -2, -1, kComparison));
  return 1;
}

int equal_numbers(lua_State* L) {
  const bool comparable = is_box(L, 1, BoxKind::number) && is_box(L, 2, BoxKind::number);
  lua_pushboolean(L, comparable && equal(live_box(L, 1).value, live_box(L, 2).value));
  return 1;
}

int concatenate(lua_State* L) {
  for (int i = 1; i <= 2; ++i) {
    if (is_box(L, i, BoxKind::number)) {
      push_text(L, i);
    } else {
      lua_pushvalue(L, i);
    }
  }
  lua_concat(L, 2);
  return 1;
}

constexpr luaL_Reg kNumberFunctions[] = {{"__add", arithmetic<LUA_OPADD>},
                                         {"__sub", arithmetic<LUA_OPSUB>},
                                         {"__mul", arithmetic<LUA_OPMUL>},
                                         {"__div", arithmetic<LUA_OPDIV>},
                                         {"__mod", arithmetic<LUA_OPMOD>},
                                         {"__pow", arithmetic<LUA_OPPOW>},
                                         {"__idiv", arithmetic<LUA_OPIDIV>},
                                         {"__unm", negate},
                                         {"__lt", compare<LUA_OPLT>},
                                         {"__le", compare<LUA_OPLE>},
                                         {"__eq", equal_numbers},
                                         {"__concat", concatenate},
                                         {nullptr, nullptr}};
constexpr luaL_Reg kProxyFunctions[] = {
    {"__newindex", refuse_write}, {"__len", length}, {"__eq", equals}, {"__pairs", proxy_pairs}, {nullptr, nullptr}};

}  // namespace

double double_of_box(const ValueBox& box) {
  if (const auto number = to_double(box.value)) return *number;
  return raw_text(box.value).front() == '-' ? -HUGE_VAL : HUGE_VAL;
}

void add_proxies(lua_State* L) {
  push_metatable(L, "JSON object", kProxyFunctions);
  lua_pushcfunction(L, index_object);
  lua_setfield(L, -2, "__index");
  keep_top(L, kObjectMeta);

  push_metatable(L, "JSON array", kProxyFunctions);
  lua_pushcfunction(L, index_array);
  lua_setfield(L, -2, "__index");
  keep_top(L, kArrayMeta);

  push_metatable(L, "number beyond float", kNumberFunctions);
  keep_top(L, kNumberMeta);

  constexpr luaL_Reg kNone[] = {{nullptr, nullptr}};
  push_box(L, BoxKind::null);
  push_metatable(L, "json.null", kNone);
  lua_setmetatable(L, -2);
  keep_top(L, kNull);
}

}  // namespace runnel::core
