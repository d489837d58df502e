// What the fuzz targets share.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace runnel::fuzz {

// A promise of ours is broken: for a fuzzer that is a crash.
inline void require(bool kept, std::string_view promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()), promise.data());
  std::abort();
}

inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A byte that no UTF-8 text holds: what stands between the parts of an input.
constexpr char kSeparator = '\xff';

// The text up to the separator, which is taken off the front with it.
inline std::string_view next_part(std::string_view& text) {
  const size_t end = text.find(kSeparator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

}  // namespace runnel::fuzz
