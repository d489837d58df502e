// Random JSON texts, with everything that is allowed and looks odd.
#pragma once

#include <cstdint>
#include <random>
#include <string>

class RandomJson {
 public:
  explicit RandomJson(uint64_t seed, bool spaces = true, bool escaped_keys = true)
      : random_(seed), spaces_(spaces), escaped_keys_(escaped_keys) {}

  std::string value(int depth = 5) {
    std::string result = space();
    switch (pick(depth > 0 ? 9 : 5)) {
      case 0:
        result += coin() ? "true" : "false";
        break;
      case 1:
        result += "null";
        break;
      case 2:
        result += number();
        break;
      case 3:
      case 4:
        result.append("\"").append(text()).append("\"");
        break;
      case 5:
      case 6:
        result += array(depth);
        break;
      default:
        result += object(depth);
    }
    return result += space();
  }

  std::string number() {
    std::string result(coin() ? "-" : "");
    result += pick(4) == 0 ? "0" : digits(true, coin() ? 5 : 22);
    if (pick(3) == 0) result.append(".").append(digits(false, coin() ? 3 : 20));
    if (pick(4) == 0) {
      result += coin() ? 'e' : 'E';
      result += coin() ? "" : coin() ? "-" : "+";
      result += digits(false, 2);
    }
    return result;
  }

  // Between the quotes.
  std::string text(size_t most = 24) {
    static const char* const pieces[] = {
        "a",       "key", " ",      "ä",         "李雷",    "😀",       "\\\"",
        "\\\\",    "\\/", "\\b\\f", "\\n\\r\\t", "\\u0000", "\\u00e4", "\\uD83D\\uDE00",
        "\\u0041", "}",   "]",      ",",         ":",       "\x7f",    "\\u2028"};
    std::string result;
    const size_t wanted = pick(3) == 0 ? pick(most) : pick(4);
    while (result.size() < wanted)
      result += coin() ? std::string(1, static_cast<char>('a' + pick(26))) : pieces[pick(std::size(pieces))];
    return result;
  }

  uint64_t pick(uint64_t below) { return random_() % below; }
  bool coin() { return pick(2) == 0; }

 private:
  std::string digits(bool no_leading_zero, size_t most) {
    std::string result(1, static_cast<char>(no_leading_zero ? '1' + pick(9) : '0' + pick(10)));
    for (size_t more = pick(most); more > 0; --more) result += static_cast<char>('0' + pick(10));
    return result;
  }
  std::string space() {
    if (!spaces_ || pick(6) != 0) return "";
    static const char* const kinds[] = {" ", "\t", "\n", "\r", "   ", "\r\n  "};
    return kinds[pick(std::size(kinds))];
  }
  std::string array(int depth) {
    std::string result("[");
    result += space();
    const uint64_t count = pick(5);
    for (uint64_t i = 0; i < count; ++i) {
      if (i > 0) result += ',';
      result += value(depth - 1);
    }
    result += ']';
    return result;
  }
  std::string object(int depth) {
    std::string result("{");
    result += space();
    const uint64_t count = pick(12) == 0 ? 15 + pick(30) : pick(5);
    for (uint64_t i = 0; i < count; ++i) {
      if (i > 0) result += ',';
      result.append(space()).append("\"").append(escaped_keys_ ? text() : "key");
      result += '#' + std::to_string(i) + '"';  // the number keeps keys apart, whatever stands before it
      result.append(space()).append(":").append(value(depth - 1));
    }
    result += '}';
    return result;
  }

  std::mt19937_64 random_;
  bool spaces_;
  bool escaped_keys_;
};
