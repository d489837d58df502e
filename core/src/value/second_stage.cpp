#include "value/second_stage.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "value/escape.hpp"
#include "value/number.hpp"
#include "value/object_index.hpp"
#include "value/text_traits.hpp"

namespace runnel::core {
namespace {

constexpr ptrdiff_t kMostDigits = 18;  // always fit an int64

constexpr auto kEndsScalar = [] {
  std::array<bool, 256> table{};
  for (const char c : {' ', '\t', '\r', '\n', ',', ':', '[', ']', '{', '}'})
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

inline bool ends_scalar(char c) { return kEndsScalar[static_cast<unsigned char>(c)]; }
inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// One store for all of a value but its pointer: it is written into memory that is read again soon.
inline Value text_value(uint8_t kind, uint8_t flags, const char* begin, const char* end) {
  Value v;
  const auto size = static_cast<uint32_t>(end - begin);
  if constexpr (std::endian::native == std::endian::little) {
    const uint64_t head = uint64_t{size} << 32 | static_cast<uint64_t>(flags) << 8 | kind;
    std::memcpy(&v, &head, sizeof head);
  } else {
    v = Value{kind, flags, 0, size, {}};
  }
  v.as.text = begin;
  return v;
}

inline Value small_integer(uint64_t digits, bool negative) {
  return make_int(negative ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits));
}

// Fraction and exponent; the end of the number, or null.
inline const char* skip_fraction(const char* at) {
  const auto skip_digits = [&] {
    if (!is_digit(*at)) return false;
    while (is_digit(*at)) ++at;
    return true;
  };
  if (*at == '.' && (++at, !skip_digits())) return nullptr;
  if (*at == 'e' || *at == 'E') {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    if (!skip_digits()) return nullptr;
  }
  return at;
}

// False when it is none. Something that no number contains follows in the text.
inline bool read_number(const char* start, Value& out) {
  const char* at = start;
  const bool negative = *at == '-';
  at += negative;
  uint64_t integer = 0;
  if (*at == '0') {
    ++at;
  } else {
    const char* const digits = at;
    for (; is_digit(*at); ++at) integer = integer * 10 + static_cast<uint64_t>(*at - '0');
    if (at == digits) return false;
  }
  if (ends_scalar(*at)) {
    const bool small = at - start <= kMostDigits && !(negative && integer == 0);
    out = small ? small_integer(integer, negative) : text_value(RUNNEL_NUMBER, 0, start, at);
    return true;
  }
  at = skip_fraction(at);
  if (!at || !ends_scalar(*at)) return false;
  out = text_value(RUNNEL_NUMBER, 0, start, at);
  return true;
}

inline bool read_word(const char* start, ptrdiff_t room, Value& out) {
  const auto is = [&](std::string_view word) {
    const auto size = static_cast<ptrdiff_t>(word.size());
    return room >= size && std::memcmp(start, word.data(), word.size()) == 0 && ends_scalar(start[size]);
  };
  if (*start == 't') return out = make_bool(true), is("true");
  if (*start == 'f') return out = make_bool(false), is("false");
  return out = null_value(), is("null");
}

[[gnu::noinline]] ReadError check_escapes(const char* at, const char* end) {
  const std::string_view raw(at, static_cast<size_t>(end - at));
  for (size_t offset = 0; offset < raw.size(); offset = raw.find('\\', offset)) {
    const EscapeError error = check_escape(raw, offset);
    if (error != EscapeError::none) {
      return error == EscapeError::surrogate ? ReadError::surrogate : ReadError::syntax;
    }
  }
  return ReadError::none;
}

// One bit for a key, from what is at hand. The quotes around it make an empty key readable too.
inline uint64_t key_bit(const char* begin, const char* end) {
  const auto byte = [](const char* at) { return static_cast<uint32_t>(static_cast<unsigned char>(*at)); };
  const uint32_t mixed = byte(begin) + 5 * byte(end - 1) + 11 * static_cast<uint32_t>(end - begin);
  return uint64_t{1} << (mixed & 63);
}

[[gnu::noinline]] bool has_key(const Value* first, const Value* last, std::string_view key) {
  if (last - first >= 2 * ptrdiff_t{kIndexFrom}) return false;  // the index will tell
  for (; first < last; first += 2) {
    if (same_text(raw_text(*first), key)) return true;
  }
  return false;
}

// Many keys: found by hash from now on, and any two of them that are the same.
[[gnu::noinline]] ReadError index_object(Arena& arena, Node* node, uint32_t size) {
  uint32_t* index = make_index(arena, size);
  if (!index) return ReadError::memory;
  const auto* members = reinterpret_cast<const Member*>(node + 1);
  for (uint32_t i = 0; i < size; ++i) {
    uint32_t* entry = find_entry(index, index_size(size), members, raw_text(members[i].key));
    if (*entry != 0) return ReadError::duplicate_key;
    *entry = i + 1;
  }
  node->index = index;
  return ReadError::none;
}

// Copies a closed container's elements from the scratch stack into the arena. Null when that is exhausted.
inline Node* make_node(Arena& arena, const OpenContainer& container, const Value* top) {
  const auto count = static_cast<size_t>(top - container.first);
  auto* node = static_cast<Node*>(arena.allocate(sizeof(Node) + count * sizeof(Value)));
  if (!node) return nullptr;
  node->height = static_cast<uint16_t>(container.height + 1);
  node->reserved = 0;
  node->index = nullptr;
  auto* to = reinterpret_cast<Value*>(node + 1);
  // Half by half: a load as wide as both would have to wait until the two stores that wrote a value have left the
  // store buffer.
  for (const Value* from = container.first; from < top; ++from, ++to) {
    uint64_t halves[2];
    std::memcpy(halves, from, sizeof halves);
    asm("" : "+r"(halves[0]), "+r"(halves[1]));
    std::memcpy(to, halves, sizeof halves);
  }
  return node;
}

}  // namespace

Value number_value(std::string_view text) {
  Value v{};
  v.kind = RUNNEL_NUMBER;
  v.size = static_cast<uint32_t>(text.size());
  v.as.text = text.data();
  if (!is_integer_text(text) || static_cast<ptrdiff_t>(text.size()) > kMostDigits || text == "-0") return v;
  return make_int(*to_int(v));
}

ReadError build_tree(const SecondStage& stage, Arena& arena, Value& out) {
  const char* const text = stage.text.data();
  const TextTraits traits = traits_of(stage.text);
  const uint8_t plain = traits.ascii ? RUNNEL_CLEAN | kPlainText : kPlainText;
  const auto find_backslash = [&](const char* from) {
    const char* const end = stage.text.data() + stage.text.size();
    const auto* found = static_cast<const char*>(std::memchr(from, '\\', static_cast<size_t>(end - from)));
    return found ? found : end;
  };
  const char* backslash = traits.has_backslash ? find_backslash(text) : text + stage.text.size();  // the next one
  const uint32_t* next = stage.places;
  Value* top = stage.scratch;
  OpenContainer* self = stage.open;  // the one being built; the first stands for what is around the text
  *self = OpenContainer{top, nullptr, 0, 0, '\0'};
  char bracket = '\0';  // of self, and so is `seen`: in registers
  uint64_t seen = 0;

  // The closing quote of the string that begins before `next`.
  const auto closing_quote = [&] {
    const char* quote = text + *next - 1;
    while (*quote != '"') --quote;
    return quote;
  };
  const auto check = [&](const char* quote) {
    const ReadError error = check_escapes(backslash, quote);
    backslash = find_backslash(quote);
    return error;
  };

  for (;;) {
    const char* start = text + *next++;
    if (bracket == '{') {
      if (*start != '"') [[unlikely]]
        return ReadError::syntax;
      const char* quote = closing_quote();
      if (text[*next++] != ':') [[unlikely]]
        return ReadError::syntax;
      Value key = text_value(RUNNEL_STRING, plain, ++start, quote);
      if (backslash < quote) [[unlikely]] {
        if (const ReadError error = check(quote); error != ReadError::none) return error;
        key.flags = RUNNEL_ESCAPED;
        const std::string_view decoded = string_of(key, arena);
        if (arena.exhausted()) return ReadError::memory;
        key = string_view_value(decoded);
        start = decoded.data();
        quote = start + decoded.size();
      }
      *top = key;
      const uint64_t bit = key_bit(start, quote);
      if ((seen & bit) && has_key(self->first, top, {start, static_cast<size_t>(quote - start)})) {
        return ReadError::duplicate_key;
      }
      seen |= bit;
      ++top;
      start = text + *next++;
    }
    switch (*start) {
      case '"': {
        const char* const quote = closing_quote();
        *top = text_value(RUNNEL_STRING, plain, start + 1, quote);
        if (backslash < quote) [[unlikely]] {
          if (const ReadError error = check(quote); error != ReadError::none) return error;
          top->flags = RUNNEL_ESCAPED;
        }
        ++top;
        break;
      }
      case '{':
      case '[':
        if (self == stage.deepest) return ReadError::too_deep;
        self->seen = seen;
        bracket = *start;
        *++self = OpenContainer{top, start, 0, 0, bracket};
        seen = 0;
        if (text[*next] != bracket + 2) continue;  // in ASCII each closing bracket is two after its opening one
        break;
      case 't':
      case 'f':
      case 'n':
        if (!read_word(start, text + *next - start, *top++)) [[unlikely]]
          return ReadError::syntax;
        break;
      default:
        if (!read_number(start, *top++)) [[unlikely]]
          return ReadError::syntax;
        break;
    }
    // After a value: a comma, or as many closing brackets as there are.
    for (char c; (c = text[*next++]) != ',';) {
      if (c != bracket + 2) [[unlikely]]
        return ReadError::syntax;
      Node* node = make_node(arena, *self, top);
      if (!node) [[unlikely]]
        return ReadError::memory;
      const char* const end = text + next[-1] + 1;
      node->text = traits.has_control ? nullptr : self->text;
      node->text_size = static_cast<uint32_t>(end - self->text);
      const auto count = static_cast<uint32_t>(top - self->first);
      Value made = Value{RUNNEL_ARRAY, 0, 0, count, {}};
      if (bracket == '{') {
        made = Value{RUNNEL_OBJECT, 0, 0, count / 2, {}};
        if (made.size >= kIndexFrom) [[unlikely]] {
          if (const ReadError error = index_object(arena, node, made.size); error != ReadError::none) return error;
        }
      }
      made.as.node = node;
      top = self->first;
      --self;
      bracket = self->bracket;
      seen = self->seen;
      self->height = std::max(self->height, node->height);
      *top++ = made;
      if (next == stage.places_end || self == stage.open) {
        out = made;
        return next == stage.places_end && self == stage.open ? ReadError::none : ReadError::syntax;
      }
    }
  }
}

}  // namespace runnel::core
