#include "config/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace runnel::core {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> spellings) {
  return std::find(spellings.begin(), spellings.end(), text) != spellings.end();
}

// 0x1F and 0o17.
std::optional<Scalar> read_based(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0 || text.size() == 2) return std::nullopt;
  Scalar result;
  result.type = ScalarType::integer;
  for (const char c : text.substr(2)) {
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : base;
    if (digit >= base) return std::nullopt;
    result.number = result.number * base + digit;
  }
  int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), integer, base);
  if (error == std::errc{}) {
    result.integer = integer;
    result.json = std::to_string(integer);
  }
  return result;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
struct Decimal {
  bool negative = false;
  std::string_view whole, fraction, exponent;
  bool is_integer = false;
};

std::string_view take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

std::optional<Decimal> split_decimal(std::string_view text) {
  Decimal result;
  if (text.starts_with('-') || text.starts_with('+')) {
    result.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  result.whole = take_digits(text);
  bool has_point = false;
  if (text.starts_with('.')) {
    has_point = true;
    text.remove_prefix(1);
    result.fraction = take_digits(text);
  }
  if (result.whole.empty() && result.fraction.empty()) return std::nullopt;
  result.is_integer = !has_point && text.empty();
  if (text.starts_with('e') || text.starts_with('E')) {
    std::string_view rest = text.substr(1);
    if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
    if (take_digits(rest).empty() || !rest.empty()) return std::nullopt;
    result.exponent = text;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return result;
}

std::string json_of(const Decimal& decimal) {
  std::string_view whole = decimal.whole;
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  std::string json = decimal.negative ? "-" : "";
  json += whole.empty() ? "0" : whole;
  if (!decimal.fraction.empty()) json.append(".").append(decimal.fraction);
  json += decimal.exponent;
  return json;
}

double to_number(const std::string& json, bool negative) {
  double number = 0;
  const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), number);
  if (error != std::errc::result_out_of_range) return number;
  // Too small or too large: the sign of the exponent tells.
  const size_t exponent = json.find_first_of("eE");
  if (exponent != std::string::npos && json[exponent + 1] == '-') return 0;
  return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

}  // namespace

Scalar read_scalar(std::string_view plain) {
  Scalar result;
  if (is_one_of(plain, {"", "~", "null", "Null", "NULL"})) {
    result.type = ScalarType::null;
  } else if (is_one_of(plain, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    result.type = ScalarType::boolean;
    result.boolean = (plain[0] | 0x20) == 't';
  } else if (const auto based = read_based(plain)) {
    return *based;
  } else if (const auto decimal = split_decimal(plain)) {
    result.type = decimal->is_integer ? ScalarType::integer : ScalarType::number;
    result.json = json_of(*decimal);
    result.number = to_number(result.json, decimal->negative);
    int64_t integer = 0;
    const char* const end = result.json.data() + result.json.size();
    if (decimal->is_integer && std::from_chars(result.json.data(), end, integer).ec == std::errc{}) {
      result.integer = integer;
    }
  } else if (is_one_of(plain, {".nan", ".NaN", ".NAN"})) {
    result.type = ScalarType::number;
    result.number = std::numeric_limits<double>::quiet_NaN();
  } else {
    std::string_view magnitude = plain;
    if (plain[0] == '-' || plain[0] == '+') magnitude.remove_prefix(1);
    if (is_one_of(magnitude, {".inf", ".Inf", ".INF"})) {
      result.type = ScalarType::number;
      result.number = std::numeric_limits<double>::infinity() * (plain[0] == '-' ? -1 : 1);
    }
  }
  return result;
}

std::optional<double> read_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double seconds;
  };
  constexpr Unit kUnits[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"", 1}};
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto decimal = split_decimal(text.substr(0, text.size() - unit.name.size()));
    if (!decimal || decimal->negative) return std::nullopt;
    const double seconds = to_number(json_of(*decimal), false) * unit.seconds;
    return std::isfinite(seconds) ? std::optional(seconds) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<uint64_t> read_size(std::string_view text) {
  int shift = 0;
  if (text.ends_with("KiB")) shift = 10;
  if (text.ends_with("MiB")) shift = 20;
  if (text.ends_with("GiB")) shift = 30;
  if (shift > 0) text.remove_suffix(3);
  uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc{} || end != text.data() + text.size() || bytes > (UINT64_MAX >> 1 >> shift)) {
    return std::nullopt;
  }
  return bytes << shift;
}

}  // namespace runnel::core
