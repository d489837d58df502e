#include "sink/state_line.hpp"

#include <charconv>
#include <cstdio>
#include <vector>

#include "sink/crc32c.hpp"

namespace runnel::core {
namespace {

constexpr size_t kSumSize = 8;

std::string sum_of(std::string_view text) {
  char sum[kSumSize + 1];
  std::snprintf(sum, sizeof sum, "%08x", static_cast<unsigned>(crc32c(text)));
  return sum;
}

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(' ', start), text.size());
    words.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

}  // namespace

std::string sealed(std::string_view text) { return std::string(text) + " " + sum_of(text) + "\n"; }

std::optional<std::string_view> unsealed(std::string_view line) {
  if (line.size() <= kSumSize || line[line.size() - kSumSize - 1] != ' ') return std::nullopt;
  const std::string_view text = line.substr(0, line.size() - kSumSize - 1);
  if (line.substr(line.size() - kSumSize) != sum_of(text)) return std::nullopt;
  return text;
}

std::string text_of(const StateLine& line) {
  const std::string first = std::to_string(line.first);
  switch (line.event) {
    case StateEvent::started:
      return "S " + first + " " + std::to_string(line.last);
    case StateEvent::died:
      return "X " + first + " " + line.signal;
    case StateEvent::quarantined:
      return "Q " + first;
    case StateEvent::ended:
      return "E " + first;
  }
  return "";
}

std::optional<StateLine> state_line_of(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < 2 || words[0].size() != 1) return std::nullopt;
  StateLine line;
  const auto first = number_of(words[1]);
  if (!first) return std::nullopt;
  line.first = *first;
  const char letter = words[0][0];
  if (letter == 'S' && words.size() == 3) {
    const auto last = number_of(words[2]);
    if (!last || *last < *first) return std::nullopt;
    line.last = *last;
    return line;
  }
  if (letter == 'X' && words.size() == 3 && !words[2].empty()) {
    line.event = StateEvent::died;
    line.signal = words[2];
    return line;
  }
  if (words.size() != 2 || (letter != 'Q' && letter != 'E')) return std::nullopt;
  line.event = letter == 'Q' ? StateEvent::quarantined : StateEvent::ended;
  return line;
}

}  // namespace runnel::core
