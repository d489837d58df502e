#include "diff/pairing.hpp"

#include <algorithm>

namespace runnel::core {
namespace {

using Keys = std::vector<uint64_t>;
using Keyed = std::vector<std::pair<uint64_t, uint32_t>>;  // key, record

// By key, then as they stand. Those without a key are not among them.
Keyed sorted(const Keys& keys, std::vector<uint32_t>& without) {
  Keyed result;
  result.reserve(keys.size());
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (keys[i]) {
      result.emplace_back(keys[i], i);
    } else {
      without.push_back(i);
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

bool have_common(const Keys& a, const Keys& b) {
  std::vector<uint32_t> without;
  const Keyed x = sorted(a, without);
  const Keyed y = sorted(b, without);
  for (size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    if (x[i].first == y[j].first) return true;
    x[i].first < y[j].first ? ++i : ++j;
  }
  return false;
}

void find_twice(const Keyed& keyed, std::vector<std::pair<uint32_t, uint32_t>>& out) {
  for (size_t i = 1; i < keyed.size(); ++i) {
    if (keyed[i].first == keyed[i - 1].first) out.emplace_back(keyed[i - 1].second, keyed[i].second);
  }
  std::sort(out.begin(), out.end());
}

Pairing pair_by(const Keys& a, const Keys& b, std::string_view by) {
  Pairing result;
  result.by = by;
  const Keyed x = sorted(a, result.only_a);
  const Keyed y = sorted(b, result.only_b);
  find_twice(x, result.twice_a);
  find_twice(y, result.twice_b);
  size_t i = 0;
  size_t j = 0;
  while (i < x.size() || j < y.size()) {
    if (j == y.size() || (i < x.size() && x[i].first < y[j].first)) {
      result.only_a.push_back(x[i++].second);
    } else if (i == x.size() || y[j].first < x[i].first) {
      result.only_b.push_back(y[j++].second);
    } else {
      result.both.emplace_back(x[i++].second, y[j++].second);
    }
  }
  std::sort(result.both.begin(), result.both.end());
  std::sort(result.only_a.begin(), result.only_a.end());
  std::sort(result.only_b.begin(), result.only_b.end());
  return result;
}

Pairing pair_in_order(size_t a, size_t b) {
  Pairing result;
  result.by = "their order, as nothing else tells which is which";
  for (uint32_t i = 0; i < std::min(a, b); ++i) result.both.emplace_back(i, i);
  for (uint32_t i = static_cast<uint32_t>(b); i < a; ++i) result.only_a.push_back(i);
  for (uint32_t i = static_cast<uint32_t>(a); i < b; ++i) result.only_b.push_back(i);
  return result;
}

}  // namespace

Pairing pair_records(const RecordIndex& a, const RecordIndex& b) {
  constexpr std::string_view kReplay = "replay_of";
  if (!b.replays.empty() && have_common(a.ids, b.replays)) return pair_by(a.ids, b.replays, kReplay);
  if (!a.replays.empty() && have_common(a.replays, b.ids)) return pair_by(a.replays, b.ids, kReplay);
  if (have_common(a.replays, b.replays)) return pair_by(a.replays, b.replays, kReplay);
  const bool have_ordinals = a.ordinals.size() == a.size() && b.ordinals.size() == b.size();
  if (have_ordinals && a.size() + b.size() > 0) return pair_by(a.ordinals, b.ordinals, "input.ordinal");
  if (have_common(a.ids, b.ids)) return pair_by(a.ids, b.ids, "job_id");
  return pair_in_order(a.size(), b.size());
}

}  // namespace runnel::core
