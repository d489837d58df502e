// What one quick look at a whole text tells the reader about all of its strings.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace runnel::core {

// What decides how strings and subtrees can be written back.
struct TextTraits {
  bool ascii;
  bool has_backslash;
  bool has_control;  // tabs and line breaks between tokens: inside strings, raw ones are errors
};

inline TextTraits traits_of(std::string_view text) {
  typedef unsigned char Bytes __attribute__((vector_size(16)));
  constexpr size_t kStep = sizeof(Bytes);
  Bytes all{};
  Bytes escapes{};
  Bytes least = ~Bytes{};
  const auto look = [&](const char* at) {
    Bytes bytes;
    std::memcpy(&bytes, at, kStep);
    all |= bytes;
    escapes |= reinterpret_cast<Bytes>(bytes == '\\');
    least = bytes < least ? bytes : least;
  };
  const char* const end = text.data() + text.size();
  if (text.size() < kStep) {
    char padded[kStep];
    std::memset(padded, ' ', kStep);
    std::memcpy(padded, text.data(), text.size());
    look(padded);
  } else {
    for (const char* at = text.data(); at + kStep <= end; at += kStep) look(at);
    look(end - kStep);  // the rest, and some once more
  }
  const auto any = [](Bytes bytes, uint64_t mask) {
    uint64_t words[2];
    std::memcpy(words, &bytes, sizeof words);
    return ((words[0] | words[1]) & mask) != 0;
  };
  return {!any(all, 0x8080808080808080u), any(escapes, ~uint64_t{0}),
          any(reinterpret_cast<Bytes>(least < ' '), ~uint64_t{0})};
}

}  // namespace runnel::core
