#include "script/patterns.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace runnel::core {

struct Patterns::Entry {
  std::unique_ptr<re2::RE2> pattern;
  uint64_t used = 0;
};

Patterns::Patterns() = default;
Patterns::~Patterns() = default;

const re2::RE2* Patterns::find(std::string_view pattern) {
  constexpr int64_t kMemory = int64_t{2} * 1024 * 1024;
  key_.assign(pattern);
  if (auto known = cache_.find(key_); known != cache_.end()) {
    known->second.used = ++clock_;
    return known->second.pattern.get();
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMemory);
  auto compiled = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) {
    problem_ = compiled->error();
    return nullptr;
  }
  if (compiled->NumberOfCapturingGroups() > kMostGroups) {
    problem_ = "more than " + std::to_string(kMostGroups) + " groups";
    return nullptr;
  }
  if (cache_.size() >= kMost) {
    cache_.erase(std::min_element(cache_.begin(), cache_.end(),
                                  [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  return (cache_[key_] = Entry{std::move(compiled), ++clock_}).pattern.get();
}

int Patterns::groups(const re2::RE2& pattern) { return pattern.NumberOfCapturingGroups(); }

int Patterns::match(const re2::RE2& pattern, std::string_view subject, size_t from, bool wants_groups) {
  std::array<re2::StringPiece, kMostGroups + 1> found;
  const int count = wants_groups ? groups(pattern) + 1 : 0;
  const re2::StringPiece text(subject.data(), subject.size());
  if (!pattern.Match(text, from, subject.size(), re2::RE2::UNANCHORED, found.data(), count)) return 0;
  if (!wants_groups) return 1;
  matches_.clear();
  for (int i = 0; i < count; ++i) {
    const re2::StringPiece& group = found[static_cast<size_t>(i)];
    if (!group.data()) {
      matches_.push_back({-1, -1});
    } else {
      const int64_t begin = group.data() - subject.data();
      matches_.push_back({begin, begin + static_cast<int64_t>(group.size())});
    }
  }
  return count;
}

}  // namespace runnel::core
