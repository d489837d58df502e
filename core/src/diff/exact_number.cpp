#include "diff/exact_number.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "value/hash.hpp"
#include "value/writer.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostExponentDigits = 15;

// [-]DIGITSeEXPONENT without zeros at either end of the digits; zero is "0". An exponent of so many digits that it is
// no number for us keeps its text.
std::string canonical(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  std::string_view mantissa = text.substr(0, exponent_at);
  std::string_view power = text.substr(std::min(exponent_at + 1, text.size()));
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, point));
  const std::string_view fraction = mantissa.substr(std::min(point + 1, mantissa.size()));
  digits += fraction;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  const size_t kept = digits.find_last_not_of('0') + 1;
  const auto moved = static_cast<int64_t>(digits.size() - kept) - static_cast<int64_t>(fraction.size());
  digits.resize(kept);
  if (power.starts_with('+')) power.remove_prefix(1);
  const bool power_is_negative = power.starts_with('-');
  if (power_is_negative) power.remove_prefix(1);
  power.remove_prefix(std::min(power.find_first_not_of('0'), power.size()));
  std::string result = (is_negative ? "-" : "") + digits + "e";
  if (power.size() > kMostExponentDigits)
    return result + (power_is_negative ? "-" : "") + std::string(power) + "+" + std::to_string(moved);
  int64_t exponent = 0;
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  return result + std::to_string((power_is_negative ? -exponent : exponent) + moved);
}

std::string canonical(Value number) {
  return number.kind == RUNNEL_NUMBER ? canonical(raw_text(number)) : canonical(to_json(number));
}

}  // namespace

bool same_number(Value a, Value b) {
  if (a.kind == RUNNEL_INT && b.kind == RUNNEL_INT) return a.as.integer == b.as.integer;
  return canonical(a) == canonical(b);
}

uint64_t number_hash(Value number) {
  if (number.kind != RUNNEL_INT || number.as.integer == 0) return content_hash(canonical(number));
  int64_t digits = number.as.integer;
  int64_t exponent = 0;
  for (; digits % 10 == 0; ++exponent) digits /= 10;
  char text[48];
  char* end = write_int(text, digits);
  *end++ = 'e';
  end = write_int(end, exponent);
  return content_hash({text, static_cast<size_t>(end - text)});
}

}  // namespace runnel::core
