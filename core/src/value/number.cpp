#include "value/number.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace runnel::core {
namespace {

// Of valid number text out of a double's range: whether it is too near to zero (otherwise it is too large). Out of
// range is hundreds of digits away from 1, so the count of digits before the point decides.
bool is_tiny(std::string_view text) {
  if (text.front() == '-') text.remove_prefix(1);
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  int64_t exponent = 0;
  if (e < text.size()) {
    constexpr int64_t kHuge = 1'000'000'000'000;
    const bool negative = text[e + 1] == '-';
    for (const char c : text.substr(e + 1)) {
      if (c >= '0' && c <= '9') exponent = std::min(exponent * 10 + (c - '0'), kHuge);
    }
    if (negative) exponent = -exponent;
  }
  const std::string_view digits = text.substr(0, e);
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  const auto before_point = static_cast<int64_t>(point) - static_cast<int64_t>(first);
  return before_point + exponent < 0;
}

}  // namespace

std::optional<double> double_of_text(std::string_view text) {
  double result = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, result);
  if (error == std::errc::result_out_of_range) {
    if (!is_tiny(text)) return std::nullopt;
    return text.front() == '-' ? -0.0 : 0.0;
  }
  if (error != std::errc{} || stop != end) return std::nullopt;
  return result;
}

}  // namespace runnel::core
