// re: regular expressions by RE2, whose time is linear in the subject.
#include <string_view>

#include "base/clock.hpp"
#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

std::string_view text_argument(lua_State* L, int index) {
  size_t size = 0;
  const char* text = luaL_checklstring(L, index, &size);
  return {text, size};
}

const re2::RE2& pattern_argument(lua_State* L, int index) {
  const std::string_view pattern = text_argument(L, index);
  LuaEngine& engine = engine_of(L);
  const re2::RE2* compiled = engine.patterns.find(pattern);
  if (!compiled) {
    engine.charge(1000);
    luaL_error(L, "bad pattern: %s", engine.patterns.problem().c_str());
  }
  return *compiled;
}

// The first byte to search from: Lua's `init`, counted from 1, from the end when negative. Past the end: size + 1.
size_t start_argument(lua_State* L, int index, size_t size) {
  const lua_Integer init = luaL_optinteger(L, index, 1);
  if (init > 0) return static_cast<lua_Unsigned>(init) > size + 1 ? size + 1 : static_cast<size_t>(init - 1);
  if (init == 0 || init < -static_cast<lua_Integer>(size)) return 0;
  return size - static_cast<size_t>(-init);
}

// One search, charged for: a little by size, and by the time it took where it took long (a search that fails reads all
// the rest, and a script may make many).
int search(LuaEngine& engine, const re2::RE2& pattern, std::string_view subject, size_t from, bool groups = true) {
  if (from > subject.size()) return 0;
  constexpr size_t kLong = 16 * 1024;
  constexpr int64_t kLongTime = 20;
  constexpr uint64_t kPerMicrosecond = 20;
  engine.charge(10);
  if (subject.size() - from < kLong) return engine.patterns.match(pattern, subject, from, groups);
  const int64_t before = monotonic_us();
  const int count = engine.patterns.match(pattern, subject, from, groups);
  const int64_t took = monotonic_us() - before;
  if (took > kLongTime) {
    engine.check_time();
    engine.charge(static_cast<uint64_t>(took) * kPerMicrosecond);
  }
  return count;
}

// Pushes the groups of the latest match, or the whole where the pattern has none; a group that took no part is "".
int push_groups(lua_State* L, std::string_view subject, int count) {
  const Patterns& patterns = engine_of(L).patterns;
  const int first = count > 1 ? 1 : 0;
  luaL_checkstack(L, count + 2, "too many groups");
  for (int i = first; i < count; ++i) {
    const Match match = patterns.at(i);
    if (match.begin < 0) {
      lua_pushliteral(L, "");
    } else {
      lua_pushlstring(L, subject.data() + match.begin, static_cast<size_t>(match.end - match.begin));
    }
  }
  return count - first;
}

int match(lua_State* L) {
  const std::string_view subject = text_argument(L, 1);
  const re2::RE2& pattern = pattern_argument(L, 2);
  const int count = search(engine_of(L), pattern, subject, start_argument(L, 3, subject.size()));
  if (count > 0) return push_groups(L, subject, count);
  lua_pushnil(L);
  return 1;
}

int test(lua_State* L) {
  const std::string_view subject = text_argument(L, 1);
  const re2::RE2& pattern = pattern_argument(L, 2);
  lua_pushboolean(L, search(engine_of(L), pattern, subject, 0, false) > 0);
  return 1;
}

int find(lua_State* L) {
  const std::string_view subject = text_argument(L, 1);
  const re2::RE2& pattern = pattern_argument(L, 2);
  const int count = search(engine_of(L), pattern, subject, start_argument(L, 3, subject.size()));
  if (count == 0) {
    lua_pushnil(L);
    return 1;
  }
  const Match whole = engine_of(L).patterns.at(0);
  lua_pushinteger(L, whole.begin + 1);
  lua_pushinteger(L, whole.end);
  return count > 1 ? 2 + push_groups(L, subject, count) : 2;
}

// Where to search after a match: one character on after an empty one, so that it is not found again.
size_t after(const Match& whole, std::string_view subject) {
  auto next = static_cast<size_t>(whole.end);
  if (whole.begin != whole.end) return next;
  for (++next; next < subject.size() && (static_cast<unsigned char>(subject[next]) & 0xC0) == 0x80;) ++next;
  return next;
}

// Moves on to the next match. An empty one right behind the match before is none. `from` and `behind_match` carry over
// from call to call, starting with 0 and false.
int next_search(LuaEngine& engine, const re2::RE2& pattern, std::string_view subject, size_t& from,
                bool& behind_match) {
  for (;;) {
    const int count = search(engine, pattern, subject, from);
    if (count == 0) return 0;
    const Match whole = engine.patterns.at(0);
    const bool empty = whole.begin == whole.end;
    const bool passed_over = empty && behind_match && static_cast<size_t>(whole.begin) == from;
    from = after(whole, subject);
    behind_match = !empty;
    if (!passed_over) return count;
  }
}

// Upvalues: subject, pattern, where to go on, whether a match ends there.
int next_match(lua_State* L) {
  const std::string_view subject = text_argument(L, lua_upvalueindex(1));
  const re2::RE2& pattern = pattern_argument(L, lua_upvalueindex(2));
  auto from = static_cast<size_t>(lua_tointeger(L, lua_upvalueindex(3)));
  bool behind_match = lua_toboolean(L, lua_upvalueindex(4)) != 0;
  const int count = next_search(engine_of(L), pattern, subject, from, behind_match);
  if (count == 0) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, static_cast<lua_Integer>(from));
  lua_replace(L, lua_upvalueindex(3));
  lua_pushboolean(L, behind_match);
  lua_replace(L, lua_upvalueindex(4));
  return push_groups(L, subject, count);
}

int gmatch(lua_State* L) {
  text_argument(L, 1);
  pattern_argument(L, 2);
  lua_settop(L, 2);
  lua_pushinteger(L, 0);
  lua_pushboolean(L, 0);
  lua_pushcclosure(L, next_match, 4);
  return 1;
}

// \0 to \9 and \\; the highest number used, or -1.
int check_replacement(std::string_view replacement) {
  int most = 0;
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '\\') continue;
    if (++i == replacement.size()) return -1;
    if (replacement[i] >= '0' && replacement[i] <= '9') {
      most = replacement[i] - '0' > most ? replacement[i] - '0' : most;
    } else if (replacement[i] != '\\') {
      return -1;
    }
  }
  return most;
}

void append_replacement(std::string& out, const Patterns& patterns, std::string_view subject,
                        std::string_view replacement) {
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '\\') {
      out += replacement[i];
    } else if (replacement[++i] == '\\') {
      out += '\\';
    } else if (const Match group = patterns.at(replacement[i] - '0'); group.begin >= 0) {
      out.append(subject, static_cast<size_t>(group.begin), static_cast<size_t>(group.end - group.begin));
    }
  }
}

int gsub(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  const std::string_view subject = text_argument(L, 1);
  const re2::RE2& pattern = pattern_argument(L, 2);
  const std::string_view replacement = text_argument(L, 3);
  const lua_Integer most = luaL_optinteger(L, 4, LUA_MAXINTEGER);
  const int highest = check_replacement(replacement);
  if (highest < 0) return luaL_error(L, "bad replacement: \\ must be followed by a digit or by \\");
  if (highest > Patterns::groups(pattern)) {
    return luaL_error(L, "bad replacement: \\%d, but the pattern has %d groups", highest, Patterns::groups(pattern));
  }
  std::string& out = engine.scratch.text;
  out.clear();
  size_t from = 0;
  size_t copied = 0;
  lua_Integer done = 0;
  bool behind_match = false;
  while (done < most && next_search(engine, pattern, subject, from, behind_match) > 0) {
    const Match whole = engine.patterns.at(0);
    out.append(subject, copied, static_cast<size_t>(whole.begin) - copied);
    append_replacement(out, engine.patterns, subject, replacement);
    engine.charge(replacement.size() / 16);
    engine.require_room(out.size());
    copied = static_cast<size_t>(whole.end);
    ++done;
  }
  out.append(subject, copied, std::string_view::npos);
  lua_pushlstring(L, out.data(), out.size());
  lua_pushinteger(L, done);
  return 2;
}

}  // namespace

void add_regular_expressions(lua_State* L, int globals) {
  constexpr luaL_Reg kFunctions[] = {{"match", match},   {"test", test}, {"find", find},
                                     {"gmatch", gmatch}, {"gsub", gsub}, {nullptr, nullptr}};
  lua_newtable(L);
  luaL_setfuncs(L, kFunctions, 0);
  add_library(L, globals, "re");
}

}  // namespace runnel::core
