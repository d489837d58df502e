// Values to Lua: scalars and proxies.
#include <array>
#include <cmath>

#include "script/convert.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

enum class Spelling { integer, usual, other };

// Reads the common forms exactly: integers of up to 18 digits, and decimals of up to 15 digits that write_double would
// spell the same way (a mantissa below 2^53 divided by a power of ten up to 10^22 is rounded once, hence right).
Spelling read_number(std::string_view text, int64_t& integer, double& number) {
  constexpr std::array<double, 16> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool negative = text.front() == '-';
  size_t i = negative ? 1 : 0;
  if (text.size() - i > 18) return Spelling::other;
  int64_t mantissa = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) mantissa = mantissa * 10 + (text[i] - '0');
  if (i == text.size()) {
    if (negative && mantissa == 0) return Spelling::other;
    integer = negative ? -mantissa : mantissa;
    return Spelling::integer;
  }
  if (text[i] != '.' || mantissa == 0) return Spelling::other;
  const size_t point = i++;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) mantissa = mantissa * 10 + (text[i] - '0');
  const size_t decimals = i - point - 1;
  constexpr int64_t kMostMantissa = 1'000'000'000'000'000;
  if (i != text.size() || mantissa >= kMostMantissa) return Spelling::other;
  if (text.back() == '0' && decimals > 1) return Spelling::other;
  number = static_cast<double>(mantissa) / kPowers[decimals];
  if (negative) number = -number;
  return Spelling::usual;
}

// Whether a double holds what the text says, up to rounding: at most 17 significant digits, no overflow, no underflow.
bool fits_double(std::string_view text, double number) {
  size_t digits = 0;
  bool nonzero = false;
  bool fraction = false;
  for (char c : text) {
    if (c == 'e' || c == 'E') {
      fraction = true;
      break;
    }
    if (c == '.') fraction = true;
    if (c >= '1' && c <= '9') nonzero = true;
    if (nonzero && c >= '0' && c <= '9') ++digits;
  }
  if (!nonzero) return true;
  return fraction && digits <= 17 && std::isnormal(number);
}

void push_boxed(lua_State* L, Value value, bool foreign, RegistryKey meta, BoxKind kind) {
  auto* box = static_cast<ValueBox*>(lua_newuserdatauv(L, sizeof(ValueBox), 0));
  *box = ValueBox{{kind, 0}, foreign, engine_of(L).run(), value};
  push_kept(L, meta);
  lua_setmetatable(L, -2);
}

}  // namespace

void push_number(lua_State* L, Value value, bool foreign) {
  LuaEngine& engine = engine_of(L);
  const std::string_view text = raw_text(value);
  int64_t integer = 0;
  double number = 0;
  switch (read_number(text, integer, number)) {
    case Spelling::integer:
      lua_pushinteger(L, integer);
      return;
    case Spelling::usual:
      engine.number_texts.remember(number, missing());
      lua_pushnumber(L, number);
      return;
    case Spelling::other:
      break;
  }
  if (const auto exact = to_int(value); exact && text != "-0") {
    lua_pushinteger(L, *exact);
    return;
  }
  const auto rounded = to_double(value);
  if (!rounded || !fits_double(text, *rounded)) {
    push_boxed(L, value, foreign, kNumberMeta, BoxKind::number);
    return;
  }
  std::array<char, 40> usual{};
  const char* end = write_double(usual.data(), *rounded);
  const bool is_usual = text == std::string_view(usual.data(), static_cast<size_t>(end - usual.data()));
  if (!is_usual && foreign) value = deep_copy(*engine.context().arena, value);
  engine.number_texts.remember(*rounded, is_usual ? missing() : value);
  lua_pushnumber(L, *rounded);
}

void push_value(lua_State* L, Value value, bool foreign) {
  switch (value.kind) {
    case RUNNEL_BOOL:
      lua_pushboolean(L, value.as.integer != 0);
      return;
    case RUNNEL_INT:
      lua_pushinteger(L, value.as.integer);
      return;
    case RUNNEL_DOUBLE:
      lua_pushnumber(L, value.as.number);
      return;
    case RUNNEL_NUMBER:
      push_number(L, value, foreign);
      return;
    case RUNNEL_STRING: {
      LuaEngine& engine = engine_of(L);
      const std::string_view text = string_of(value, *engine.context().arena);
      if (value.flags & RUNNEL_ESCAPED) require_memory(engine);
      lua_pushlstring(L, text.data(), text.size());
      return;
    }
    case RUNNEL_ARRAY:
      push_boxed(L, value, foreign, kArrayMeta, BoxKind::value);
      return;
    case RUNNEL_OBJECT:
      push_boxed(L, value, foreign, kObjectMeta, BoxKind::value);
      return;
    default:
      lua_pushnil(L);
      return;
  }
}

const ValueBox& live_box(lua_State* L, int index) {
  const auto* box = static_cast<const ValueBox*>(lua_touserdata(L, index));
  if (box->run != engine_of(L).run()) luaL_error(L, "value of an earlier activation");
  return *box;
}

}  // namespace runnel::core
