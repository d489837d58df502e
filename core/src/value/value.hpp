// Value: immutable JSON as a 16-byte view (runnel_value of plugin.h) over memory that something else owns: a job's
// arena, the input line, a constant of the flow, or static text. Copying one copies no data.
#pragma once

#include <runnel/plugin.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "value/arena.hpp"

namespace runnel::core {

using Value = runnel_value;
using Member = runnel_member;

static_assert(sizeof(Value) == 16 && sizeof(Member) == 32);

// A value flag of our own, next to those of plugin.h: no byte of the text needs an escape, but some may be above 0x7f.
constexpr uint8_t kPlainText = 8;

constexpr uint32_t kMaxDepth = 256;
constexpr uint32_t kRecordDepth = kMaxDepth + 16;  // a record wraps values that are as deep as they may be
constexpr uint32_t kIndexFrom = 17;                // members from which an object gets a hash index

// What an array's or object's as.node points to; the elements (Value or Member) follow it directly.
struct Node {
  // Where it stands in the input line; null if a routine made it, or the line has tabs or line breaks between tokens.
  const char* text;
  uint32_t text_size;  // of that text; without one an estimate of what the value is as text, at most UINT32_MAX
  uint16_t height;     // 1 + that of its highest child; a scalar has 0
  uint16_t reserved;
  const uint32_t* index;  // open-addressing table of member numbers + 1, or null; bit_ceil(2 * size) entries
};

constexpr Value missing() { return Value{}; }
constexpr Value null_value() {
  Value v{};
  v.kind = RUNNEL_NULL;
  return v;
}
constexpr Value make_bool(bool b) {
  Value v{};
  v.kind = RUNNEL_BOOL;
  v.as.integer = b;
  return v;
}
constexpr Value make_int(int64_t i) {
  Value v{};
  v.kind = RUNNEL_INT;
  v.as.integer = i;
  return v;
}
inline Value make_double(double d) {
  Value v{};
  v.kind = RUNNEL_DOUBLE;
  v.as.number = d;
  return v;
}
// A view: the text must outlive the value.
constexpr Value string_view_value(std::string_view text, uint8_t flags = 0) {
  Value v{};
  v.kind = RUNNEL_STRING;
  v.flags = flags;
  v.size = static_cast<uint32_t>(text.size());
  v.as.text = text.data();
  return v;
}
// For literals of ours that need no escape.
constexpr Value literal(std::string_view text) { return string_view_value(text, RUNNEL_STATIC | RUNNEL_CLEAN); }

constexpr bool is_missing(Value v) { return v.kind == RUNNEL_MISSING; }
constexpr bool is_nothing(Value v) { return v.kind <= RUNNEL_NULL; }  // missing or null
constexpr bool is_container(Value v) { return v.kind == RUNNEL_ARRAY || v.kind == RUNNEL_OBJECT; }
constexpr bool is_number(Value v) { return v.kind == RUNNEL_INT || v.kind == RUNNEL_DOUBLE || v.kind == RUNNEL_NUMBER; }

inline const Node* node_of(Value container) { return static_cast<const Node*>(container.as.node); }
inline const Value* items_of(Value array) { return reinterpret_cast<const Value*>(node_of(array) + 1); }
inline const Member* members_of(Value object) { return reinterpret_cast<const Member*>(node_of(object) + 1); }
// About how many bytes of JSON a value makes, what it shares with others counted each time.
inline size_t weight_of(Value v) {
  if (is_container(v)) return node_of(v)->text_size;
  return v.kind == RUNNEL_STRING || v.kind == RUNNEL_NUMBER ? v.size : 4;
}
inline uint16_t height_of(Value v) { return is_container(v) ? node_of(v)->height : 0; }
// The text as stored; for a string without RUNNEL_ESCAPED that is the string.
inline std::string_view raw_text(Value v) { return {v.as.text, v.size}; }

// Writes a value half by half from registers. A load as wide as both would have to wait until the two stores that wrote
// it have left the store buffer: 3 to 5 ns each in the hot path.
inline void store(Value& to, Value value) {
  uint64_t halves[2];
  std::memcpy(halves, &value, sizeof halves);
  asm("" : "+r"(halves[0]), "+r"(halves[1]));
  std::memcpy(&to, halves, sizeof halves);
}

// Member of an object, or missing.
Value get(Value object, std::string_view key);
// The string itself, decoded into the arena where it has escapes. Empty for other kinds.
std::string_view string_of(Value string, Arena&);
std::string to_std_string(Value string);

// Exactly an int64: integers, and number text without fraction and exponent.
std::optional<int64_t> to_int(Value);
// As double; nothing for what is not a number or overflows a double.
std::optional<double> to_double(Value);

// Structural equality: numbers by value (1 == 1.0), strings decoded, objects regardless of order.
bool equal(Value a, Value b);
std::string_view kind_name(Value);  // "object", "string", "number", ...: the words of messages

}  // namespace runnel::core
