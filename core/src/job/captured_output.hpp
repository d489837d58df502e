// What a job printed: at most `limit` bytes, the tail kept, the rest counted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace runnel::core {

class CapturedOutput {
 public:
  static constexpr size_t kLimit = 200'000;

  void print(std::string_view text);  // valid UTF-8; a character is never cut
  bool empty() const { return text_.empty() && dropped_ == 0; }
  std::string_view text() const;  // call after the last print
  uint64_t dropped() const;       // bytes
  void clear();

 private:
  std::string text_;  // up to twice the limit between trims
  uint64_t dropped_ = 0;
};

}  // namespace runnel::core
