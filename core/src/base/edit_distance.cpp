#include "base/edit_distance.hpp"

#include <algorithm>

namespace runnel::core {

size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the table are alive: two back (for swaps), the last and the current one.
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr size_t kLongest = 64;  // nobody misspells a longer name by a letter, and the table is quadratic
  if (name.empty() || name.size() > kLongest) return {};
  const size_t most = std::min<size_t>(3, 1 + name.size() / 4);
  size_t best = most + 1;
  std::string result;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongest || candidate.size() + most < name.size() || name.size() + most < candidate.size()) {
      continue;
    }
    const size_t distance = edit_distance(name, candidate);
    if (distance < best && distance < std::max(name.size(), candidate.size())) {
      best = distance;
      result = candidate;
    }
  }
  return result;
}

}  // namespace runnel::core
