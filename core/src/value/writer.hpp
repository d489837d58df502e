// Values to JSON text. The cursor is passed in and returned so that it stays in a register.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "value/value.hpp"

namespace runnel::core {

// A growing output buffer. Cursors point into it; ensure() may move it and returns the moved cursor.
class OutBuffer {
 public:
  explicit OutBuffer(size_t capacity = 64 * 1024);
  char* begin() { return bytes_.get(); }
  char* end() { return bytes_.get() + used_; }  // where the next piece goes
  char* ensure(char* cursor, size_t more) {
    if (more <= static_cast<size_t>(limit_ - cursor)) return cursor;
    return grow(cursor, more);
  }
  void set_end(char* cursor) { used_ = static_cast<size_t>(cursor - bytes_.get()); }
  void clear() { used_ = 0; }
  void release_above(size_t capacity);  // gives memory back after an unusually large record
  std::string_view view() const { return {bytes_.get(), used_}; }
  size_t size() const { return used_; }
  void append(std::string_view text) {
    if (text.empty()) return;
    char* to = ensure(end(), text.size());
    std::memcpy(to, text.data(), text.size());
    set_end(to + text.size());
  }

 private:
  char* grow(char* cursor, size_t more);
  std::unique_ptr<char[]> bytes_;
  char* limit_;
  size_t used_ = 0;
};

struct WriteOptions {
  bool splice = true;  // copy a subtree's own text; off with --ascii or where secrets must be found
  bool ascii = false;  // \uXXXX for everything above 0x7f
};

// One character sequence without check; the caller has ensured the room.
inline char* put(char* to, std::string_view text) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());  // an empty text may have no data
  return to + text.size();
}

// The same for what is mostly short (ids, keys): two overlapping moves are cheaper than a call of memcpy.
inline char* put_short(char* to, const char* from, size_t size) {
  const auto ends = [&](auto word) {
    std::memcpy(&word, from, sizeof word);
    auto last = word;
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &word, sizeof word);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  };
  struct Sixteen {
    uint64_t half[2];
  };
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    ends(Sixteen{});
  } else if (size >= 8) {
    ends(uint64_t{});
  } else if (size >= 4) {
    ends(uint32_t{});
  } else {
    for (size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

// Quoted and escaped. `flags` are the value flags of the text: RUNNEL_CLEAN and RUNNEL_ESCAPED save the scan.
char* write_string(OutBuffer&, char* cursor, std::string_view text, uint8_t flags, const WriteOptions& = {});
char* write_value(OutBuffer&, char* cursor, Value, const WriteOptions& = {});
// Shortest text that reads back as the same double; an integral value gets ".0".
char* write_double(char* cursor, double);  // at most 32 bytes
char* write_int(char* cursor, int64_t);    // at most 20 bytes

std::string to_json(Value, const WriteOptions& = {});
// Indented by two spaces, for people.
std::string to_pretty_json(std::string_view json);

}  // namespace runnel::core
