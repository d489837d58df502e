// Lua to values: tables become arrays or objects, proxies are passed on as they are.
#include <algorithm>
#include <cmath>
#include <span>

#include "base/utf8.hpp"
#include "script/convert.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

void append_path(std::string& out, const std::vector<PathPart>& path) {
  if (path.empty() || !path.front().at_key) return;
  out += " (at ";
  for (const PathPart& part : path) {
    if (!part.at_key) break;
    if (!part.key) {
      out += '[' + std::to_string(part.index) + ']';
      continue;
    }
    if (&part != path.data()) out += '.';
    out.append(part.key, part.size);
  }
  out += ')';
}

// One conversion. Trivially destructible: its errors are longjmps.
class Converter {
 public:
  explicit Converter(lua_State* L) : L_(L), engine_(engine_of(L)), arena_(*engine_.context().arena) {}

  Value convert(int index) {
    switch (lua_type(L_, index)) {
      case LUA_TNIL:
      case LUA_TNONE:
        return missing();
      case LUA_TBOOLEAN:
        return make_bool(lua_toboolean(L_, index) != 0);
      case LUA_TNUMBER:
        return number(index);
      case LUA_TSTRING:
        return text(index);
      case LUA_TUSERDATA:
        return boxed(index);
      case LUA_TTABLE:
        return table(index);
      default:
        refuse("a function is no JSON value");
    }
  }

  Value text(int index) {
    size_t size = 0;
    const char* bytes = lua_tolstring(L_, index, &size);
    bool clean = true;
    bool ascii = true;
    for (size_t i = 0; i < size; ++i) {
      const auto c = static_cast<unsigned char>(bytes[i]);
      clean &= c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
      ascii &= c < 0x80;
    }
    if (!ascii && !is_utf8({bytes, size})) refuse("a string is not valid UTF-8");
    return make_string(arena_, {bytes, size}, clean ? uint8_t{RUNNEL_CLEAN} : uint8_t{0});
  }

 private:
  [[noreturn]] void refuse(const char* what) {
    std::string& message = engine_.scratch.text;
    message = what;
    append_path(message, engine_.scratch.path);
    luaL_error(L_, "%s", is_utf8(message) ? message.c_str() : what);
    __builtin_unreachable();
  }

  [[noreturn]] void refuse_depth() {
    std::string& message = engine_.scratch.text;
    message = "a value is nested deeper than " + std::to_string(kMaxDepth) + " levels";
    engine_.doom("limit.depth", message.c_str());
  }

  Value number(int index) {
    if (lua_isinteger(L_, index)) return make_int(lua_tointeger(L_, index));
    const double d = lua_tonumber(L_, index);
    if (!std::isfinite(d)) refuse(std::isnan(d) ? "NaN is no JSON value" : "infinity is no JSON value");
    const Value spelled = engine_.number_texts.find(d);
    return is_missing(spelled) ? make_double(d) : spelled;
  }

  Value boxed(int index) {
    const Box& box = *box_at(L_, index);
    switch (box.kind) {
      case BoxKind::value:
      case BoxKind::number: {
        const ValueBox& held = live_box(L_, index);
        if (engine_.scratch.path.size() + height_of(held.value) > kMaxDepth) refuse_depth();
        return held.foreign ? deep_copy(arena_, held.value) : held.value;
      }
      case BoxKind::null:
        return null_value();
      case BoxKind::slot: {
        const auto slots = engine_.context().slots;
        if (box.number >= slots.size()) return make_array(arena_, {});
        return make_array(arena_, {slots[box.number].items, slots[box.number].count});
      }
      case BoxKind::job_data:
        return job_field(engine_.context(), RUNNEL_JOB_DATA);
      case BoxKind::slots:
        refuse("`slots` is no JSON value; `slots.<name>` is");
      case BoxKind::job:
        refuse("`job` is no JSON value; `job.data` is");
      default:
        refuse("a library is no JSON value");
    }
  }

  bool is_marked(int index) {
    if (!lua_getmetatable(L_, index)) return false;
    push_kept(L_, kArrayMark);
    const bool marked = lua_rawequal(L_, -1, -2) != 0;
    lua_pop(L_, 2);
    return marked;
  }

  Value table(int index) {
    auto& path = engine_.scratch.path;
    auto& members = engine_.scratch.members;
    const void* const self = lua_topointer(L_, index);
    for (const PathPart& part : path) {
      if (part.table == self) refuse("a table contains itself");
    }
    if (path.size() >= kMaxDepth) refuse_depth();
    luaL_checkstack(L_, 8, "a deeply nested value");
    const size_t base = members.size();
    bool is_array = is_marked(index);
    bool in_order = true;
    path.push_back({self});
    lua_pushnil(L_);
    while (lua_next(L_, index)) {
      const int at = lua_gettop(L_);
      const Value key = table_key(at - 1, members.size() - base, is_array, in_order);
      const Value value = convert(at);
      members.push_back({key, value});
      lua_settop(L_, at - 1);
    }
    path.back().at_key = false;
    engine_.charge(1 + members.size() - base);
    const Value made = is_array ? array_of(base, in_order) : object_of(base);
    path.pop_back();
    members.resize(base);
    return made;
  }

  Value table_key(int index, size_t before, bool& is_array, bool& in_order) {
    PathPart& here = engine_.scratch.path.back();
    here.at_key = false;
    if (lua_type(L_, index) == LUA_TSTRING) {
      if (is_array) refuse_mixed(before);
      const Value key = text(index);
      here.key = lua_tolstring(L_, index, &here.size);
      here.at_key = true;
      return key;
    }
    if (!lua_isinteger(L_, index)) refuse("a key of a table is neither a string nor an integer");
    if (before > 0 && !is_array) refuse_mixed(before);
    is_array = true;
    here.key = nullptr;
    here.index = lua_tointeger(L_, index);
    here.at_key = true;
    in_order &= here.index == static_cast<lua_Integer>(before) + 1;
    return make_int(here.index);
  }

  [[noreturn]] void refuse_mixed(size_t before) {
    refuse(before > 0 ? "a table has both numbers and strings as keys"
                      : "a table made by json.array has a string as key");
  }

  Value array_of(size_t base, bool in_order) {
    auto& members = engine_.scratch.members;
    auto& items = engine_.scratch.items;
    const auto begin = members.begin() + static_cast<std::ptrdiff_t>(base);
    if (!in_order) {
      std::sort(begin, members.end(),
                [](const Member& a, const Member& b) { return a.key.as.integer < b.key.as.integer; });
      int64_t expected = 0;
      for (auto member = begin; member != members.end(); ++member) {
        if (member->key.as.integer != ++expected) refuse("a table with integer keys has holes");
      }
    }
    items.clear();
    for (auto member = begin; member != members.end(); ++member) items.push_back(member->value);
    return make_array(arena_, items);
  }

  Value object_of(size_t base) {
    auto& members = engine_.scratch.members;
    const auto begin = members.begin() + static_cast<std::ptrdiff_t>(base);
    std::sort(begin, members.end(), [](const Member& a, const Member& b) { return raw_text(a.key) < raw_text(b.key); });
    return make_object(arena_, std::span(members).subspan(base));
  }

  lua_State* L_;
  LuaEngine& engine_;
  Arena& arena_;
};

}  // namespace

Value to_value(lua_State* L, int index) {
  LuaEngine& engine = engine_of(L);
  engine.scratch.path.clear();
  engine.scratch.members.clear();
  const Value value = Converter(L).convert(lua_absindex(L, index));
  require_memory(engine);
  return value;
}

Value string_value(lua_State* L, int index) {
  LuaEngine& engine = engine_of(L);
  engine.scratch.path.clear();
  luaL_checktype(L, index, LUA_TSTRING);
  const Value value = Converter(L).text(index);
  require_memory(engine);
  return value;
}

void push_json(lua_State* L, Value value) {
  LuaEngine& engine = engine_of(L);
  OutBuffer& out = engine.scratch.json;
  out.clear();
  out.set_end(write_value(out, out.end(), value));
  engine.charge(1 + out.size() / 64);
  const std::string_view json = out.view();
  lua_pushlstring(L, json.data(), json.size());
  out.release_above(size_t{1} << 20);
}

}  // namespace runnel::core
