// Value: JSON as a routine sees it, a thin view over plugin.h. Valid until the call of the host that lent it returns.
#pragma once

#include <runnel/plugin.h>

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace runnel {

namespace detail {
// The host's table; every library has its own copy of this pointer, set before any routine runs. Hidden, because the
// linker would make one of those of all libraries.
[[gnu::visibility("hidden")]] inline const runnel_host* host = nullptr;

constexpr runnel_text text(std::string_view view) { return {view.data(), view.size()}; }
constexpr std::string_view view(runnel_text text) { return {text.data, text.size}; }

constexpr bool is_clean(std::string_view text) {
  for (char c : text) {
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') return false;
  }
  return true;
}
}  // namespace detail

// A key, an action or a name. A literal is known at compile time: never copied, and never scanned when it needs no
// escape. Other text is lent until the call it is passed to returns.
class Text {
 public:
  template <size_t n>
  consteval Text(const char (&text)[n])
      : raw_(make({text, n - 1}, RUNNEL_STATIC)) {  // NOLINT(google-explicit-constructor)
    if (detail::is_clean({text, n - 1})) raw_.flags |= RUNNEL_CLEAN;
  }
  Text(std::string_view text) : raw_(make(text, 0)) {}    // NOLINT
  Text(const std::string& text) : raw_(make(text, 0)) {}  // NOLINT
  constexpr runnel_value raw() const { return raw_; }
  constexpr std::string_view view() const { return {raw_.as.text, raw_.size}; }

 private:
  static constexpr runnel_value make(std::string_view text, uint8_t flags) {
    runnel_value raw{};
    raw.kind = RUNNEL_STRING;
    raw.flags = flags;
    raw.size = static_cast<uint32_t>(text.size());
    raw.as.text = text.data();
    return raw;
  }
  runnel_value raw_;
};

class Value {
 public:
  Value() = default;
  Value(runnel_context* context, runnel_value raw) : raw_(raw), context_(context) {}
  template <size_t n>
  consteval Value(const char (&text)[n]) : raw_(Text(text).raw()) {}  // NOLINT
  Value(std::string_view text) : raw_(Text(text).raw()) {}            // NOLINT: lent, as Text says
  Value(const std::string& text) : raw_(Text(text).raw()) {}          // NOLINT
  Value(std::nullptr_t) { raw_.kind = RUNNEL_NULL; }                  // NOLINT
  Value(std::same_as<bool> auto b) {                                  // NOLINT
    raw_.kind = RUNNEL_BOOL;
    raw_.as.integer = b;
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T integer) {  // NOLINT
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(int64_t)) {
      if (integer > static_cast<T>(INT64_MAX)) {
        raw_.kind = RUNNEL_DOUBLE;
        raw_.as.number = static_cast<double>(integer);
        return;
      }
    }
    raw_.kind = RUNNEL_INT;
    raw_.as.integer = static_cast<int64_t>(integer);
  }
  Value(std::floating_point auto number) {  // NOLINT
    raw_.kind = RUNNEL_DOUBLE;
    raw_.as.number = static_cast<double>(number);
  }

  bool is_missing() const { return raw_.kind == RUNNEL_MISSING; }
  bool is_null() const { return raw_.kind <= RUNNEL_NULL; }  // null or missing
  bool is_bool() const { return raw_.kind == RUNNEL_BOOL; }
  bool is_number() const { return raw_.kind >= RUNNEL_INT && raw_.kind <= RUNNEL_NUMBER; }
  bool is_string() const { return raw_.kind == RUNNEL_STRING; }
  bool is_array() const { return raw_.kind == RUNNEL_ARRAY; }
  bool is_object() const { return raw_.kind == RUNNEL_OBJECT; }

  std::optional<bool> as_bool() const { return is_bool() ? std::optional(raw_.as.integer != 0) : std::nullopt; }
  std::optional<int64_t> as_int() const {  // only exact ones
    if (raw_.kind == RUNNEL_INT) return raw_.as.integer;
    int64_t out = 0;
    return is_number() && detail::host->integer(context_, raw_, &out) ? std::optional(out) : std::nullopt;
  }
  std::optional<double> as_number() const {
    if (raw_.kind == RUNNEL_DOUBLE) return raw_.as.number;
    if (raw_.kind == RUNNEL_INT) return static_cast<double>(raw_.as.integer);
    double out = 0;
    return is_number() && detail::host->number(context_, raw_, &out) ? std::optional(out) : std::nullopt;
  }
  std::optional<std::string_view> as_string() const {
    if (!is_string()) return std::nullopt;
    if (!(raw_.flags & RUNNEL_ESCAPED)) return std::string_view(raw_.as.text, raw_.size);
    return detail::view(detail::host->text(context_, raw_));
  }
  bool bool_or(bool fallback) const { return as_bool().value_or(fallback); }
  int64_t int_or(int64_t fallback) const { return as_int().value_or(fallback); }
  double number_or(double fallback) const { return as_number().value_or(fallback); }
  std::string string_or(std::string_view fallback) const { return std::string(as_string().value_or(fallback)); }

  // Elements of an array or members of an object; 0 for anything else.
  uint32_t size() const { return is_array() || is_object() ? raw_.size : 0; }
  // Missing when there is none.
  Value operator[](std::string_view key) const {
    return {context_, detail::host->get(context_, raw_, detail::text(key))};
  }
  Value at(uint32_t index) const { return {context_, detail::host->at(context_, raw_, index)}; }
  std::pair<std::string_view, Value> member(uint32_t index) const {
    const runnel_member m = detail::host->member(context_, raw_, index);
    return {{m.key.as.text, m.key.size}, {context_, m.value}};
  }
  // As the host keeps it: passed on, its key is neither checked nor copied again.
  runnel_member raw_member(uint32_t index) const { return detail::host->member(context_, raw_, index); }
  std::string json() const { return std::string(detail::view(detail::host->write_json(context_, raw_))); }

  constexpr runnel_value raw() const { return raw_; }

 private:
  runnel_value raw_{};
  runnel_context* context_ = nullptr;
};

// A key and its value, as lists in braces are made of: {{"user", id}, {"ok", true}}.
struct Pair {
  Pair(Text key, Value value) : raw{key.raw(), value.raw()} {}
  runnel_member raw;
};
static_assert(sizeof(Pair) == sizeof(runnel_member), "a list of pairs is passed on as a list of members");

using Pairs = std::initializer_list<Pair>;

}  // namespace runnel
