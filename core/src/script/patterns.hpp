// Compiled regular expressions (RE2) of one worker, the least recently used given up first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace re2 {
class RE2;
}

namespace runnel::core {

// Offsets into the subject; begin < 0: the group took no part.
struct Match {
  int64_t begin;
  int64_t end;
};

class Patterns {
 public:
  static constexpr size_t kMost = 64;
  static constexpr int kMostGroups = 32;

  Patterns();
  ~Patterns();

  // Null when it is no pattern: problem() says why. Valid until the next call.
  const re2::RE2* find(std::string_view pattern);
  const std::string& problem() const { return problem_; }
  // The first match at or after `from`: the whole and its groups. How many of them at() has, 0 for no match; without
  // `groups` only whether there is one.
  int match(const re2::RE2&, std::string_view subject, size_t from, bool groups);
  static int groups(const re2::RE2&);
  const Match& at(int i) const { return matches_[static_cast<size_t>(i)]; }
  size_t size() const { return cache_.size(); }

 private:
  struct Entry;
  std::unordered_map<std::string, Entry> cache_;
  uint64_t clock_ = 0;
  std::string key_;
  std::string problem_;
  std::vector<Match> matches_;
};

}  // namespace runnel::core
