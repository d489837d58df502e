#include "value/value.hpp"

#include <charconv>

#include "value/escape.hpp"
#include "value/number.hpp"
#include "value/object_index.hpp"

namespace runnel::core {

namespace {

const Member* find_member(Value object, std::string_view key) {
  const Member* members = members_of(object);
  if (const uint32_t* index = node_of(object)->index) {
    const uint32_t found = *find_entry(index, index_size(object.size), members, key);
    return found ? members + (found - 1) : nullptr;
  }
  for (const Member* member = members; member != members + object.size; ++member) {
    if (same_text(raw_text(member->key), key)) return member;
  }
  return nullptr;
}

}  // namespace

Value get(Value object, std::string_view key) {
  if (object.kind != RUNNEL_OBJECT) return missing();
  const Member* member = find_member(object, key);
  return member ? member->value : missing();
}

std::string_view string_of(Value string, Arena& arena) {
  if (string.kind != RUNNEL_STRING) return {};
  if (!(string.flags & RUNNEL_ESCAPED)) return raw_text(string);
  auto* text = static_cast<char*>(arena.allocate(string.size));
  if (!text) return {};
  const auto size = static_cast<size_t>(decode_escapes(text, raw_text(string)) - text);
  arena.shrink_last(text, string.size, size);
  return {text, size};
}

std::string to_std_string(Value string) {
  if (string.kind != RUNNEL_STRING) return {};
  std::string result(raw_text(string));
  if (string.flags & RUNNEL_ESCAPED) {
    result.resize(static_cast<size_t>(decode_escapes(result.data(), raw_text(string)) - result.data()));
  }
  return result;
}

std::optional<int64_t> to_int(Value v) {
  if (v.kind == RUNNEL_INT) return v.as.integer;
  if (v.kind != RUNNEL_NUMBER) return std::nullopt;
  int64_t result = 0;
  const auto [stop, error] = std::from_chars(v.as.text, v.as.text + v.size, result);
  if (error != std::errc{} || stop != v.as.text + v.size) return std::nullopt;
  return result;
}

std::optional<double> to_double(Value v) {
  switch (v.kind) {
    case RUNNEL_INT:
      return static_cast<double>(v.as.integer);
    case RUNNEL_DOUBLE:
      return v.as.number;
    case RUNNEL_NUMBER:
      return double_of_text(raw_text(v));
    default:
      return std::nullopt;
  }
}

namespace {

// An int64 against a double without rounding the integer.
bool equals_double(int64_t integer, double number) {
  constexpr double kTwo63 = 9223372036854775808.0;
  return number >= -kTwo63 && number < kTwo63 && number == std::trunc(number) &&
         static_cast<int64_t>(number) == integer;
}

bool is_integer(Value v) { return v.kind == RUNNEL_INT || (v.kind == RUNNEL_NUMBER && is_integer_text(raw_text(v))); }

bool equal_numbers(Value a, Value b) {
  const auto a_int = to_int(a);
  const auto b_int = to_int(b);
  if (a_int && b_int) return *a_int == *b_int;
  if (is_integer(a) && is_integer(b)) {
    // Beyond int64 on one side at least; JSON has one way to write such an integer.
    return !a_int && !b_int && raw_text(a) == raw_text(b);
  }
  const auto a_double = to_double(a);
  const auto b_double = to_double(b);
  if (!a_double || !b_double) {  // 1e400: as text
    return !a_double && !b_double && raw_text(a) == raw_text(b);
  }
  if (a_int) return equals_double(*a_int, *b_double);
  if (b_int) return equals_double(*b_int, *a_double);
  return *a_double == *b_double;
}

bool equal_strings(Value a, Value b) {
  if (!((a.flags | b.flags) & RUNNEL_ESCAPED)) return same_text(raw_text(a), raw_text(b));
  return to_std_string(a) == to_std_string(b);
}

}  // namespace

bool equal(Value a, Value b) {
  if (is_number(a)) return is_number(b) && equal_numbers(a, b);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case RUNNEL_BOOL:
      return a.as.integer == b.as.integer;
    case RUNNEL_STRING:
      return equal_strings(a, b);
    case RUNNEL_ARRAY: {
      if (a.size != b.size) return false;
      for (uint32_t i = 0; i < a.size; ++i) {
        if (!equal(items_of(a)[i], items_of(b)[i])) return false;
      }
      return true;
    }
    case RUNNEL_OBJECT: {
      if (a.size != b.size) return false;
      for (uint32_t i = 0; i < a.size; ++i) {
        const Member& member = members_of(a)[i];
        const Member* other = find_member(b, raw_text(member.key));
        if (!other || !equal(member.value, other->value)) return false;
      }
      return true;
    }
    case RUNNEL_EXPRESSION:
      return a.as.node == b.as.node;
    default:
      return true;
  }
}

std::string_view kind_name(Value v) {
  switch (v.kind) {
    case RUNNEL_MISSING:
      return "nothing";
    case RUNNEL_NULL:
      return "null";
    case RUNNEL_BOOL:
      return "boolean";
    case RUNNEL_INT:
    case RUNNEL_DOUBLE:
    case RUNNEL_NUMBER:
      return "number";
    case RUNNEL_STRING:
      return "string";
    case RUNNEL_ARRAY:
      return "array";
    case RUNNEL_OBJECT:
      return "object";
    default:
      return "expression";
  }
}

}  // namespace runnel::core
